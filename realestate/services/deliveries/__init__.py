"""What leaves the house by mail or phone: which ways an event takes, written down with it, sent later, at least once."""

from realestate.services.deliveries.choosing import available
from realestate.services.deliveries.posting import post
from realestate.services.deliveries.routing import preferences_of, route
from realestate.services.deliveries.sending import clear, deliver_due

__all__ = ["available", "clear", "deliver_due", "post", "preferences_of", "route"]
