"""Change requests. `invariants` hold the steps, `changes` that what has been agreed is charged."""

from realestate.models.change_requests import ChangeRequest
from realestate.tenancy.sentences.words import ALL, MINE, MY_BOOKINGS, OURS, May, Sentences

QUOTE = (
    *("quote_version", "quote_lines", "estimated_cost", "tax_amount", "estimated_timeline_days"),
    *("quote_valid_until", "quoted_by", "quoted_at"),
)
STEP = ("status", "version", "updated_at")
NEW = """status = 'submitted' AND quote_version = 0 AND quote_lines = '[]' AND num_nonnulls(estimated_cost, tax_amount, estimated_timeline_days,
    quote_valid_until, quoted_by, quoted_at, accepted_at, addendum_no, builder_response, customer_response, rejection_reason, completion_date,
    final_cost) = 0"""

WALL: Sentences = {
    ChangeRequest: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND {NEW}"),
        May(
            "customer",
            "change",
            f"{MINE} AND (status IN ('submitted', 'under_review') OR status = 'quoted' AND quote_valid_until > now())",
            becoming=f"{MINE} AND status IN ('approved', 'declined', 'withdrawn')",
            only=(*STEP, "accepted_at", "customer_response"),
        ),
        May("builder", "read", OURS),
        May(
            "builder",
            "change",
            OURS,
            becoming=f"{OURS} AND status IN ('under_review', 'quoted', 'rejected', 'in_progress', 'completed')",
            only=(*STEP, *QUOTE, "builder_response", "rejection_reason", "completion_date", "final_cost"),
        ),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
