"""Bookings and their parties."""

from realestate.models.bookings import Booking, BookingParty
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BOOKINGS, OUR_CUSTOMERS, OURS, May, Sentences

BOOKING_INTENT = (
    *(
        "status",
        "token_amount",
        "total_amount",
        "currency",
        "cost_sheet",
        "payment_plan",
        "plan_snapshot",
        "needs_loan",
        "special_requests",
    ),
    *("booking_date", "reserve_expires_at", "promised_possession_date", "version", "updated_at"),
)
"""What a reserve says of an enquiry that it goes on from. Once reserved, `invariants` let the terms stand."""
# Every column is named by an INSERT, whose privilege by columns therefore says nothing.
BEGINNING = """status IN ('inquiry', 'waitlisted', 'reserved') AND (status = 'reserved') = (reserve_expires_at IS NOT NULL)
    AND num_nonnulls(previous_status, status_reason, confirmed_at, cooling_off_until, agreement_no, agreement_date, agreement_url,
        expected_registration_date, actual_registration_date, loan_amount, lender, discount_approved_by, cancellation, cancellation_cause) = 0
    AND discount = 0 AND NOT loan_approved AND NOT at_risk"""

WALL: Sentences = {
    Booking: [
        May("customer", "read", f"{MINE} OR id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND agent_id IS NULL AND {BEGINNING}"),
        May(
            "customer",
            "change",
            f"{MINE} AND status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved')",
            becoming=f"{MINE} AND (status = 'cancelled' OR status = 'reserved' AND reserve_expires_at IS NOT NULL)",
            only=(*BOOKING_INTENT, "status_reason"),
        ),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND customer_id = {OUR_CUSTOMERS} AND {BEGINNING}"),
        May("builder", "change", OURS, only=(*BOOKING_INTENT, "status_reason", "confirmed_at", "agreement_no", "agreement_url")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    BookingParty: [
        May("customer", "read", f"{MINE} OR owner_id = {ME}"),
        May("customer", "add", f"{MINE} AND owner_id = {ME}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND customer_id = {OUR_CUSTOMERS}"),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
