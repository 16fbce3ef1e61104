"""What is promised: bookings, who is party to them, and what becomes of them."""

from realestate.models.bookings.booking import Booking
from realestate.models.bookings.party import BookingParty, PartyInvite, of_booking
from realestate.models.bookings.record import BookingMove, Signature, Snag
from realestate.models.bookings.steps import ALLOTTED, CANCELLABLE, STEPS, Step, Who, moves_of
from realestate.models.bookings.words import (
    ACTIVE,
    DEMANDED_OF,
    GROUPS,
    OPEN,
    OWING,
    WHOLE_SHARE,
    BookingFilter,
    BookingGroup,
    BookingPaymentStatus,
    BookingStatus,
    CancellationCause,
    PartyInviteKind,
    PartyRole,
    PaymentPlan,
    SnagStatus,
)

__all__ = [
    "ACTIVE",
    "ALLOTTED",
    "CANCELLABLE",
    "DEMANDED_OF",
    "GROUPS",
    "OPEN",
    "OWING",
    "STEPS",
    "WHOLE_SHARE",
    "Booking",
    "BookingFilter",
    "BookingGroup",
    "BookingMove",
    "BookingParty",
    "BookingPaymentStatus",
    "BookingStatus",
    "CancellationCause",
    "PartyInvite",
    "PartyInviteKind",
    "PartyRole",
    "PaymentPlan",
    "Signature",
    "Snag",
    "SnagStatus",
    "Step",
    "Who",
    "moves_of",
    "of_booking",
]
