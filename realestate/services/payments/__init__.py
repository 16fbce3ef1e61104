"""Money: received and cleared, allocated oldest first, demanded, given back. A folder's verbs, named once for those above."""

from realestate.services.payments.allocating import reallocate, settle
from realestate.services.payments.demanding import demand
from realestate.services.payments.receiving import clear, record
from realestate.services.payments.refunds import queue_full_refund

__all__ = ["clear", "demand", "queue_full_refund", "reallocate", "record", "settle"]
