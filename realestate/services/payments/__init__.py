"""Money: received and cleared, allocated oldest first, demanded, given back. A folder's verbs, named once for those above."""

from realestate.services.payments.allocating import reallocate
from realestate.services.payments.demanding import demand
from realestate.services.payments.firing import demand_passed, settle
from realestate.services.payments.receiving import bounce, clear, record
from realestate.services.payments.refunds import queue_full_refund

__all__ = ["bounce", "clear", "demand", "demand_passed", "queue_full_refund", "reallocate", "record", "settle"]
