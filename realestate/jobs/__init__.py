"""What happens later: services on a queue in the same database. `clock` lists them, `working` does them."""

from realestate.jobs.working import work

__all__ = ["work"]
