"""`python -m realestate`. The guard is for server processes, which import this file again."""

from realestate.cli import main

if __name__ == "__main__":
    main()
