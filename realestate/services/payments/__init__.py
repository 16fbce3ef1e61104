"""Money: received and cleared, allocated oldest first, demanded, given back. A folder's verbs, named once for those above."""

from realestate.services.payments.accruing import close, post
from realestate.services.payments.allocating import reallocate
from realestate.services.payments.charging import charge
from realestate.services.payments.crediting import credit, credit_delay
from realestate.services.payments.demanding import demand
from realestate.services.payments.firing import demand_passed, lift_notice, settle
from realestate.services.payments.loosening import lacks_token, loosen
from realestate.services.payments.receiving import arrive, bounce, clear, record, still_to_come
from realestate.services.payments.refunds import queue_full_refund, spread
from realestate.services.payments.withholding import withhold

__all__ = [
    "arrive",
    "bounce",
    "charge",
    "clear",
    "close",
    "credit",
    "credit_delay",
    "demand",
    "demand_passed",
    "lacks_token",
    "lift_notice",
    "loosen",
    "post",
    "queue_full_refund",
    "reallocate",
    "record",
    "settle",
    "spread",
    "still_to_come",
    "withhold",
]
