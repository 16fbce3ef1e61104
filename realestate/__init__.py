"""A platform API on which property developers sell homes that are still being built. `docs/` and README.md tell the plan of the house."""

__version__ = "0.1.0"
