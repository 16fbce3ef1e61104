"""Bookings and their parties."""

from sqlalchemy import Column

from realestate.models.bookings import Booking, BookingMove, BookingParty, PartyInvite, Signature, Snag
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
    *("booking_date", "reserve_expires_at", "promised_possession_date", "offered_until", "version", "updated_at"),
)
"""What a reserve says of an enquiry that it goes on from. Once reserved, `invariants` let the terms stand."""
_COLUMNS = (attribute for attribute in Booking.__mapper__.column_attrs if isinstance(attribute.columns[0], Column))
SHOWN = tuple(column.key for column in _COLUMNS if column.group != "private")
INVITE = tuple(column.name for column in PartyInvite.__table__.columns if column.name != "code_hash")
# Every column is named by an INSERT, whose privilege by columns therefore says nothing.
BEGINNING = """status IN ('inquiry', 'waitlisted', 'reserved') AND (status = 'reserved') = (reserve_expires_at IS NOT NULL)
    AND num_nonnulls(previous_status, status_reason, confirmed_at, cooling_off_until, agreement_no, agreement_date, agreement_url,
        expected_registration_date, actual_registration_date, loan_amount, lender, discount_approved_by, cancellation, cancellation_cause) = 0
    AND num_nonnulls(offered_until, allotment_no, agreement_hash, registration_no, possession_offered_at, acknowledged_at, handed_over_at,
        discount_request, default_notice_at, transfer_to_id, transferred_from_id, swapped_from_id) = 0
    AND discount = 0 AND NOT loan_approved AND NOT at_risk AND kyc_checklist = '{}' AND handover_checklist = '{}' AND interest_terms = '{}'
    AND policy_terms = '{}'"""
# What a company's team writes by its own hand; what both sides have to say yes to is written by the system (`invariants` hold the steps).
TEAM_NOTES = ("status_reason", "agreement_no", "agreement_url")

WALL: Sentences = {
    Booking: [
        May("customer", "read", f"{MINE} OR id = {MY_BOOKINGS}", only=SHOWN),
        May("customer", "add", f"{MINE} AND agent_id IS NULL AND {BEGINNING}"),
        May(
            "customer",
            "change",
            f"{MINE} AND status IN ('inquiry', 'site_visit_scheduled', 'waitlisted', 'reserved')",
            becoming=f"{MINE} AND (status = 'cancelled' OR status = 'reserved' AND reserve_expires_at IS NOT NULL)",
            only=(*BOOKING_INTENT, "status_reason"),
        ),
        May("builder", "read", OURS, only=SHOWN),
        May("builder", "add", f"{OURS} AND customer_id = {OUR_CUSTOMERS} AND {BEGINNING}"),
        May("builder", "change", OURS, only=(*BOOKING_INTENT, *TEAM_NOTES)),
        May("admin", "read", ALL, only=SHOWN),
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
    BookingMove: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("clerk", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    PartyInvite: [
        May("customer", "read", MINE, only=INVITE),
        May("customer", "add", f"{MINE} AND num_nonnulls(used_at, revoked_at) = 0 AND expires_at <= now() + interval '7 days'"),
        May("customer", "change", f"{MINE} AND used_at IS NULL", only=("revoked_at", "updated_at")),
        May("admin", "read", ALL, only=INVITE),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Signature: [
        May("customer", "read", f"owner_id = {ME} OR booking_id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND member_id = {ME}"),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Snag: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May(
            "customer",
            "add",
            f"booking_id = {MY_BOOKINGS} AND reported_by = {ME} AND status = 'open' AND NOT is_blocking AND response IS NULL",
        ),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND reported_by = {ME} AND status = 'open'"),
        May("builder", "change", OURS, only=("status", "is_blocking", "response", "version", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
