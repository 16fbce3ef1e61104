"""What is promised: bookings and who is party to them."""

from realestate.models.bookings.booking import Booking, BookingParty
from realestate.models.bookings.words import (
    ACTIVE,
    DEMANDED_OF,
    GROUPS,
    OPEN,
    WHOLE_SHARE,
    BookingFilter,
    BookingGroup,
    BookingPaymentStatus,
    BookingStatus,
    CancellationCause,
    PartyRole,
    PaymentPlan,
)

__all__ = [
    "ACTIVE",
    "DEMANDED_OF",
    "GROUPS",
    "OPEN",
    "WHOLE_SHARE",
    "Booking",
    "BookingFilter",
    "BookingGroup",
    "BookingParty",
    "BookingPaymentStatus",
    "BookingStatus",
    "CancellationCause",
    "PartyRole",
    "PaymentPlan",
]
