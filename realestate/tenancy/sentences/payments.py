"""Money owed and money moved."""

from realestate.models.payments import Allocation, Installment, NumberCounter, Payment, Waiver
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BOOKINGS, OURS, May, Sentences

SETTLEMENT = (
    "status",
    "cleared_at",
    "receipt_no",
    "receipt_url",
    "approved_by",
    "payment_date",
    "transaction_id",
    "notes",
    "reason",
    "updated_at",
)
BEGINNING = f"""{OURS} AND created_by = {ME} AND approved_by IS NULL AND allocated = 0 AND going_back = 0
    AND status IN ('pending', 'clearance_pending')"""
"""Of a receipt or a refund: nobody writes one in somebody else's name, to approve it afterwards."""

WALL: Sentences = {
    Installment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND kind = 'installment' AND allocated = 0 AND status IN ('scheduled', 'demanded')"),
        May(
            "customer",
            "change",
            f"{MINE} AND kind = 'installment' AND allocated = 0",
            becoming=f"{MINE} AND status = 'cancelled'",
            only=("status", "updated_at"),
        ),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND allocated = 0"),
        May("builder", "change", OURS, only=("status", "due_date", "demanded_at", "demand_no", "demand_state", "proof", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "status", "updated_at")),
        May("worker", "read add change remove", ALL),
    ],
    Payment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", BEGINNING),
        May("builder", "change", OURS, only=SETTLEMENT),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "going_back", "refunded", "status", "updated_at")),
        May("worker", "read add change remove", ALL),
    ],
    Allocation: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read add", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Waiver: [
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND created_by = {ME} AND status = 'pending'"),
        May("builder", "change", OURS, only=("status", "decided_by", "decided_at", "rejection_reason", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    NumberCounter: [
        May("builder", "read add change", OURS),
        May("worker", "read add change remove", ALL),
    ],
}
