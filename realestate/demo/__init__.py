"""Demo data (`SEED=demo`): believable companies, homes and buyers, the same on every run, told relative to today. Development only."""

from realestate.demo.seed import seed

__all__ = ["seed"]
