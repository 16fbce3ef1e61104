"""THE WALL. Who may do what with which rows: decided here, enforced by PostgreSQL, mentioned nowhere else.

Read it as sentences: "a customer may change a Unit that is available, or theirs, only its claim, and only into their own claim."
What is not said is forbidden. A transaction speaks as one role, for one user, of one builder (`database.transaction`).
PostgreSQL ORs the USING of all sentences and, apart from that, their CHECKs, so that two `change` sentences for one role would let
a row enter by one and leave by the other: at most one per role and table.
"""

from dataclasses import dataclass

from realestate.models.accounts import Builder, BuilderAccount, Customer, Lead, RefreshToken, Throttle, User
from realestate.models.audit import AuditEvent
from realestate.models.base import Base
from realestate.models.bookings import Booking, BookingParty
from realestate.models.notifications import InboxEpoch, Notification, NotificationCounter
from realestate.models.payments import Allocation, Installment, NumberCounter, Payment
from realestate.models.projects import Project
from realestate.models.units import Hold, Unit


@dataclass(frozen=True, slots=True)
class May:
    """One permission. `becoming` is what a row must look like afterwards; `only` names columns, else all of them."""

    who: str
    what: str  # words of: read add change remove
    rows: str
    becoming: str | None = None
    only: tuple[str, ...] = ()


# An unset variable is NULL at first and '' later: both mean nobody. The sub-select makes it one look-up per query, not one per row.
ME = "(SELECT nullif(current_setting('app.user_id', true), '')::bigint)"
MY_BUILDER = "(SELECT nullif(current_setting('app.builder_id', true), '')::bigint)"

ALL = "true"
OURS = f"builder_id = {MY_BUILDER}"
MINE = f"customer_id = {ME}"
MY_INBOX = f"user_id = {ME}"
PUBLISHED = "is_published"
CLAIM_OVER = "status IN ('held', 'reserved') AND hold_expires_at <= now()"
# A many-to-many is always = ANY(ARRAY(…)): fifty times faster under a policy than IN or EXISTS.
MY_BOOKINGS = f"ANY (ARRAY(SELECT booking_id FROM booking_parties WHERE {MINE}))"
# What a policy reads is behind the wall too: to a customer, `bookings` and `holds` are its own.
MY_PROJECTS = "ANY (ARRAY(SELECT project_id FROM bookings UNION ALL SELECT project_id FROM holds))"
MY_UNITS = "ANY (ARRAY(SELECT unit_id FROM bookings))"
MY_BUILDERS = f"ANY (ARRAY(SELECT builder_id FROM leads WHERE {MINE}))"
# A builder does not come to know somebody by its own doing: what it adds is for customers who have come to it, or whom we have told it of.
OUR_CUSTOMERS = f"ANY (ARRAY(SELECT customer_id FROM leads WHERE {OURS}))"

UNIT_ON_SHOW = tuple(attribute.key for attribute in Unit.__mapper__.column_attrs if attribute.group != "private")
UNIT_CLAIM = ("status", "customer_id", "held_by_user_id", "hold_expires_at", "hold_price", "hold_count", "version", "updated_at")
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
COMPANY_PROFILE = ("contact_name", "phone", "address", "website", "description", "logo_url", "version", "updated_at")
CUSTOMER_PROFILE = (
    *("first_name", "last_name", "phone", "address", "date_of_birth", "preferred_contact_method", "nationality"),
    *("favourites", "marketing_consent_at", "version", "updated_at"),
)
CUSTOMER_TO_BUILDERS = tuple(column.name for column in Customer.__table__.columns if column.name not in ("kyc", "pan_hash"))
PERSON = ("id", "builder_id", "user_type", "team_role", "email", "full_name", "phone", "is_active", "locale", "timezone")
SETTLEMENT = ("status", "receipt_no", "receipt_url", "approved_by", "notes", "updated_at")

WALL: dict[type[Base], list[May]] = {
    Builder: [
        May("visitor", "read", "status = 'active'"),
        May("customer", "read", f"status = 'active' OR id = {MY_BUILDERS}"),
        May("builder", "read", f"id = {MY_BUILDER}"),
        May("builder", "change", f"id = {MY_BUILDER}", only=COMPANY_PROFILE),
        May("admin", "read", ALL),
        May("doorman", "read add change", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    BuilderAccount: [
        May("builder", "read change", OURS),
        May("admin", "read", ALL),
        May("doorman", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    User: [
        May("customer", "read", f"id = {ME}", only=PERSON),
        May("builder", "read", f"{OURS} OR id = {OUR_CUSTOMERS}", only=PERSON),
        May("admin", "read", ALL, only=PERSON),
        May("clerk", "read", ALL),
        May("doorman", "read add change", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Customer: [
        May("customer", "read", f"id = {ME}"),
        May("customer", "change", f"id = {ME}", only=CUSTOMER_PROFILE),
        May("builder", "read", f"id = {OUR_CUSTOMERS}", only=CUSTOMER_TO_BUILDERS),
        May("admin", "read", ALL),
        May("doorman", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Lead: [
        May("customer", "read", MINE, only=("id", "builder_id", "customer_id")),
        May("customer", "add", MINE, only=("builder_id", "customer_id", "source")),
        May("customer", "change", MINE, only=("updated_at",)),
        May("builder", "read", OURS),
        May("builder", "change", OURS, only=("stage", "assigned_to", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    RefreshToken: [
        May("doorman", "read add change remove", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Throttle: [
        May("doorman", "read add change remove", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Project: [
        May("visitor", "read", PUBLISHED),
        May("customer", "read", f"{PUBLISHED} OR id = {MY_PROJECTS}"),
        May("builder", "read add change remove", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("price_range_min", "price_range_max")),
        May("worker", "read add change remove", ALL),
    ],
    Unit: [
        May("visitor", "read", f"{PUBLISHED} AND status <> 'unreleased'", only=UNIT_ON_SHOW),
        May("customer", "read", f"{PUBLISHED} AND status <> 'unreleased' OR {MINE} OR id = {MY_UNITS}", only=UNIT_ON_SHOW),
        May(
            "customer",
            "change",
            f"{PUBLISHED} AND (status = 'available' OR {CLAIM_OVER}) OR {MINE} AND status IN ('held', 'reserved')",
            becoming=f"status = 'available' AND customer_id IS NULL OR status IN ('held', 'reserved') AND {MINE} AND hold_expires_at IS NOT NULL",
            only=UNIT_CLAIM,
        ),
        May("builder", "read add change remove", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    Hold: [
        May("customer", "read", MINE),
        May("customer", "add", f"{MINE} AND created_by = {ME} AND ended_at IS NULL"),
        May("customer", "change", MINE, only=("ended_at", "ended_by", "updated_at")),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND customer_id = {OUR_CUSTOMERS}"),
        May("builder", "change", OURS, only=("ended_at", "ended_by", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
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
        May("builder", "change", OURS, only=(*BOOKING_INTENT, "status_reason", "confirmed_at")),
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
    Installment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("customer", "add", f"{MINE} AND allocated = 0 AND status IN ('scheduled', 'demanded')"),
        May("customer", "change", f"{MINE} AND allocated = 0", becoming=f"{MINE} AND status = 'cancelled'", only=("status", "updated_at")),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND allocated = 0"),
        May("builder", "change", OURS, only=("status", "due_date", "demanded_at", "demand_no", "proof", "updated_at")),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "status", "updated_at")),
        May("worker", "read add change remove", ALL),
    ],
    Payment: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND allocated = 0"),
        May("builder", "change", OURS, only=SETTLEMENT),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("allocated", "updated_at")),
        May("worker", "read add change remove", ALL),
    ],
    Allocation: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read add", OURS),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    NumberCounter: [
        May("builder", "read add change", OURS),
        May("worker", "read add change remove", ALL),
    ],
    Notification: [
        May("customer builder admin", "read", MY_INBOX),
        May("customer builder admin", "change", MY_INBOX, only=("is_read", "read_at", "updated_at")),
        May("clerk", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    NotificationCounter: [
        May("customer builder admin", "read", MY_INBOX),
        May("clerk", "read add", ALL),
        May("clerk", "change", ALL, only=("seq",)),
        May("worker", "read add change remove", ALL),
    ],
    InboxEpoch: [
        May("customer builder admin", "read", ALL),
        May("worker", "read add change", ALL),
    ],
    AuditEvent: [
        May("builder", "read", OURS),
        May("admin worker", "read", ALL),
        May("clerk", "add", ALL),
    ],
}
