"""What commits announce to every process: a word on a channel, ids only. PostgreSQL carries it, or Redis for many machines."""

from realestate.adapters.bus.ears import Ear
from realestate.adapters.bus.postgres import listen

__all__ = ["Ear", "listen"]
