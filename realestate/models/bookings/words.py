"""What bookings may be: the words of the wire and of the tables, and how states belong together."""

from realestate.models.base import Kind


class BookingStatus(Kind):
    inquiry = "inquiry"
    site_visit_scheduled = "site_visit_scheduled"
    waitlisted = "waitlisted"
    reserved = "reserved"
    token_paid = "token_paid"
    booking_confirmed = "booking_confirmed"
    agreement_signed = "agreement_signed"
    registered = "registered"
    possession_offered = "possession_offered"
    handed_over = "handed_over"
    cancellation_requested = "cancellation_requested"
    cancelled = "cancelled"
    rejected = "rejected"
    expired = "expired"
    transferred = "transferred"
    swapped = "swapped"


class BookingGroup(Kind):
    """Names under which portals filter and count bookings."""

    pending = "pending"
    active = "active"
    completed = "completed"
    cancelled = "cancelled"


class BookingFilter(Kind):
    """Every state and every group: what a listing may be asked for."""

    inquiry = "inquiry"
    site_visit_scheduled = "site_visit_scheduled"
    waitlisted = "waitlisted"
    reserved = "reserved"
    token_paid = "token_paid"
    booking_confirmed = "booking_confirmed"
    agreement_signed = "agreement_signed"
    registered = "registered"
    possession_offered = "possession_offered"
    handed_over = "handed_over"
    cancellation_requested = "cancellation_requested"
    rejected = "rejected"
    expired = "expired"
    transferred = "transferred"
    swapped = "swapped"
    pending = "pending"
    active = "active"
    completed = "completed"
    cancelled = "cancelled"


class BookingPaymentStatus(Kind):
    """How far a booking is paid, derived from its lines."""

    unpaid = "unpaid"
    partial = "partial"
    paid = "paid"
    overdue = "overdue"


class CancellationCause(Kind):
    cooling_off = "cooling_off"
    buyer_request = "buyer_request"
    buyer_default = "buyer_default"
    builder_delay = "builder_delay"
    project_cancelled = "project_cancelled"
    mutual = "mutual"


class PaymentPlan(Kind):
    down_payment = "down_payment"
    time_linked = "time_linked"
    construction_linked = "construction_linked"
    possession_linked = "possession_linked"
    hybrid = "hybrid"
    full_payment = "full_payment"
    custom = "custom"

    @classmethod
    def aliases(cls) -> dict[str, str]:
        return {"one_time": "full_payment", "installments": "time_linked"}


class PartyRole(Kind):
    owner = "owner"
    co_applicant = "co_applicant"


class PartyInviteKind(Kind):
    """What a code lets somebody in as."""

    co_applicant = "co_applicant"
    transferee = "transferee"


class SnagStatus(Kind):
    open = "open"
    mended = "mended"
    dismissed = "dismissed"


S = BookingStatus


ACTIVE = (
    S.reserved,
    S.token_paid,
    S.booking_confirmed,
    S.agreement_signed,
    S.registered,
    S.possession_offered,
    S.handed_over,
    S.cancellation_requested,
)
"""The states that claim a unit: at most one booking of a unit is in one of them, by a unique index."""


OPEN = (S.inquiry, S.site_visit_scheduled)
"""The states of an enquiry from which a reserve may go on."""
WHOLE_SHARE = 1_000_000
"""All of a property, as a party's share: basis points × 100."""


GROUPS: dict[BookingGroup, tuple[BookingStatus, ...]] = {
    BookingGroup.pending: (S.inquiry, S.site_visit_scheduled, S.waitlisted, S.reserved, S.token_paid),
    BookingGroup.active: (
        S.booking_confirmed,
        S.agreement_signed,
        S.registered,
        S.possession_offered,
        S.cancellation_requested,
    ),
    BookingGroup.completed: (S.handed_over,),
    BookingGroup.cancelled: (S.cancelled, S.rejected, S.expired, S.transferred, S.swapped),
}


DEMANDED_OF = (S.booking_confirmed, S.agreement_signed, S.registered, S.possession_offered)
"""The states in which events make lines due: allotted, and nobody wants out."""


OWING = tuple(state for state in ACTIVE if state not in (S.reserved, S.cancellation_requested))
"""The states in which days make lines due, and what is coming or late is said."""
