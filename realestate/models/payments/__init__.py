"""Money: what is owed (Installment), what has moved (Payment), and which part of a payment pays which line (Allocation)."""

from realestate.models.payments.allocation import Allocation, NumberCounter
from realestate.models.payments.ledger import Installment, Payment
from realestate.models.payments.sums import IS_LIVE, IS_OWED, IS_SETTLED, LATE_BEFORE, OWED, RECEIVED, TODAY_THERE
from realestate.models.payments.waiver import Waiver
from realestate.models.payments.words import (
    CLEARED,
    INCOMING,
    ON_THEIR_WAY,
    OWED_FIRST,
    DemandState,
    InstallmentKind,
    InstallmentStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    Series,
    WaiverStatus,
)

__all__ = [
    "CLEARED",
    "INCOMING",
    "IS_LIVE",
    "IS_OWED",
    "IS_SETTLED",
    "LATE_BEFORE",
    "ON_THEIR_WAY",
    "OWED",
    "OWED_FIRST",
    "RECEIVED",
    "TODAY_THERE",
    "Allocation",
    "DemandState",
    "Installment",
    "InstallmentKind",
    "InstallmentStatus",
    "NumberCounter",
    "Payment",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "PaymentType",
    "Series",
    "Waiver",
    "WaiverStatus",
]
