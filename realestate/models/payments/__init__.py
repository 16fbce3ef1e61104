"""Money: what is owed (Installment), what has moved (Payment), and which part of a payment pays which line (Allocation)."""

from realestate.models.payments import sums as sums
from realestate.models.payments.ledger import Allocation, Installment, NumberCounter, Payment
from realestate.models.payments.words import (
    CLEARED,
    ON_THEIR_WAY,
    InstallmentKind,
    InstallmentStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    Series,
)

__all__ = [
    "CLEARED",
    "ON_THEIR_WAY",
    "Allocation",
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
]
