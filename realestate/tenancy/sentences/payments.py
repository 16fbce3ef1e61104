"""Money owed and money moved."""

from realestate.models.payments import (
    Allocation,
    CreditNote,
    DunningPause,
    GatewayEvent,
    Installment,
    NumberCounter,
    Payment,
    PaymentIssue,
    PlanAmendment,
    Reminder,
    Waiver,
)
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BOOKINGS, OURS, May, Sentences

SETTLEMENT = (
    "status",
    "cleared_at",
    "bounced_at",
    "receipt_no",
    "receipt_url",
    "approved_by",
    "approved_at",
    "payment_date",
    "transaction_id",
    "notes",
    "reason",
    "updated_at",
)
UNPAID = "allocated = 0 AND status IN ('scheduled', 'demanded')"
DEMAND = ("due_date", "demanded_at", "demand_no", "demand_state", "proof")
"""What a demand says, and a credit note takes back."""
BEGINNING = f"""{OURS} AND created_by = {ME} AND approved_by IS NULL AND NOT is_carried AND allocated = 0 AND going_back = 0
    AND status IN ('pending', 'clearance_pending') AND num_nonnulls(gateway, gateway_order_id, gateway_payment_id, checkout_url) = 0"""
"""Of a receipt or a refund: nobody writes one in somebody else's name, to approve it afterwards, nor in a gateway's."""
READ_OF_EVENTS = tuple(column.name for column in GatewayEvent.__table__.columns if column.name != "body")

WALL: Sentences = {
    Installment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND kind = 'installment' AND {UNPAID}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND {UNPAID}"),
        May("builder", "change", OURS, only=("status", *DEMAND, "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "status", *DEMAND, "updated_at")),
        May("worker", "read add change", ALL),
    ],
    Payment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", BEGINNING),
        May("builder", "change", OURS, only=SETTLEMENT),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "going_back", "refunded", "status", "updated_at")),
        May("worker", "read add change", ALL),
    ],
    Allocation: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read add", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add remove", ALL),
    ],
    Waiver: [
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND created_by = {ME} AND status = 'pending'"),
        May("builder", "change", OURS, only=("status", "decided_by", "decided_at", "rejection_reason", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change", ALL),
    ],
    PlanAmendment: [  # of both sides: written by the system alone
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("status", "decided_at", "updated_at")),
        May("worker", "read add change", ALL),
    ],
    PaymentIssue: [
        May("builder", "read", OURS),
        May("builder", "change", OURS, only=("status", "resolved_by", "resolved_at", "note", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change", ALL),
    ],
    GatewayEvent: [
        May("admin", "read", ALL, only=READ_OF_EVENTS),
        May("worker", "read add", ALL),
        May("worker", "change", ALL, only=("body",)),
    ],
    CreditNote: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND created_by = {ME}"),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add", ALL),
    ],
    Reminder: [
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("clerk", "read remove", ALL),
        May("worker", "read add change", ALL),
    ],
    DunningPause: [
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND created_by = {ME} AND lifted_at IS NULL"),
        May(
            "builder",
            "change",
            f"{OURS} AND lifted_at IS NULL",
            becoming=f"{OURS} AND lifted_by = {ME}",
            only=("lifted_at", "lifted_by", "updated_at"),
        ),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change", ALL),
    ],
    NumberCounter: [
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND last_number = 1"),
        May("builder", "change", OURS, only=("last_number",)),
        May("worker", "read add change remove", ALL),
    ],
}
