"""Payments, as both parties see them."""

from realestate.models.payments import Payment
from realestate.reading import Detail
from realestate.schemas.payments import PaymentOut

PAYMENT = Detail(Payment, PaymentOut, path="/api/payments")
