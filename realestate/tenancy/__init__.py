"""THE WALL: `sentences` says who may do what with which rows, `clerk` what is done beyond them, `install` makes PostgreSQL obey."""

from realestate.tenancy.install import admit, install, mark, remove

__all__ = ["admit", "install", "mark", "remove"]
