"""Payments, as both parties see them."""

from sqlalchemy import bindparam

from realestate.models.payments import Installment, Payment
from realestate.reading import Detail, Listing
from realestate.schemas.papers import DemandBasis, ReceiptBasis
from realestate.schemas.payments import PaymentOut, PaymentPage, TeamPayment

PAYMENT = Detail(Payment, PaymentOut, path="/api/payments", team=TeamPayment)

RECEIPT = Detail(Payment, ReceiptBasis)
NOTICE = Detail(Installment, DemandBasis)

PAYMENTS = Listing(
    Payment,
    PaymentPage,
    sorts={"payment_date": Payment.payment_date, "amount": Payment.amount, "created_at": Payment.created_at},
    filters={
        "kind": Payment.kind == bindparam("kind"),
        "status": Payment.status == bindparam("status"),
        "project_id": Payment.project_id == bindparam("project_id"),
        "booking_id": Payment.booking_id == bindparam("booking_id"),
    },
)
