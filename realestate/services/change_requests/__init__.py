"""Changes that buyers want, from the wish to the work. The team names a price; the customer alone accepts one."""

from realestate.services.change_requests.prices import accept, expire, quote
from realestate.services.change_requests.steps import STEPS, close, complete, create, reject, step, take

__all__ = ["STEPS", "accept", "close", "complete", "create", "expire", "quote", "reject", "step", "take"]
