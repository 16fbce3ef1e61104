"""The command line: `python -m realestate`."""

from realestate.cli.migration import migrate as migrate
