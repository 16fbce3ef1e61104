#!/usr/bin/env python3
"""Migrate and seed the database of DATABASE_OWNER_URL, or the embedded one. Repeatable: a second time changes nothing."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent

if __name__ == "__main__":
    if find_spec("psycopg") is None:  # a bare Python: continue in the environment that scripts/run makes
        sys.path.insert(0, str(ROOT / "scripts"))
        import_module("environment").start("requirements.lock", str(ROOT / "init_database.py"))
    from realestate.cli import main

    sys.argv[1:] = ["init"]
    main()
