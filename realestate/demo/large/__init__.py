"""A large data set for measuring (`SEED=large`): made by PostgreSQL itself from a few tables that Python hands over by COPY."""

from realestate.demo.large.ground import DOMAIN, LOGINS
from realestate.demo.large.seed import PASSWORD, fill, seed, vacuum

__all__ = ["DOMAIN", "LOGINS", "PASSWORD", "fill", "seed", "vacuum"]
