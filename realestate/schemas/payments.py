"""Money, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from realestate.compiling import Says
from realestate.models.payments import (
    DemandState,
    InstallmentKind,
    InstallmentStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
)
from realestate.schemas.base import Amount, Id, Input, Line, Page, Search, Text, Wire, sort_by
from realestate.schemas.times import Day

_EXAMPLE = {
    "booking_id": 7,
    "payment_type": "token",
    "amount": 150000,
    "payment_method": "upi",
    "payment_date": "2026-11-20",
    "transaction_id": "UPI-4711",
}


def _is_paid_by(method: PaymentMethod) -> PaymentMethod:
    if method is PaymentMethod.set_off:
        raise PydanticCustomError("set_off", "Input should be a way in which money comes: what a builder owes is set off by itself")
    return method


class PaymentCreate(Input, json_schema_extra={"examples": [_EXAMPLE]}):
    """Money that the builder has received. Cheques and drafts wait for their clearance; everything else counts at once."""

    booking_id: Id
    payment_type: PaymentType
    amount: Annotated[Amount, Field(gt=Decimal(0))]
    payment_method: Annotated[PaymentMethod, AfterValidator(_is_paid_by)]
    payment_date: Day
    transaction_id: Line | None = Field(
        None, description="the bank's or gateway's; the same one, however it is written, is never recorded twice"
    )
    notes: Text | None = None


class CheckoutCreate(Input, json_schema_extra={"examples": [{"amount": 150000}]}):
    """How much to pay online: of a reserve its token, then what has been demanded, unless said otherwise."""

    amount: Annotated[Amount, Field(gt=Decimal(0))] | None = None


class RefundCreate(Input, json_schema_extra={"examples": [{"amount": 100, "reason": "Paid twice."}]}):
    """So much of a receipt is to go back: all that is left of it unless said otherwise."""

    amount: Annotated[Amount, Field(gt=Decimal(0))] | None = None
    reason: Text


class RefundRejection(Input, json_schema_extra={"examples": [{"reason": "It was not paid twice."}]}):
    reason: Text


class RefundProcessed(Input, json_schema_extra={"examples": [{"transaction_id": "NEFT-4712", "payment_date": "2026-11-21"}]}):
    """The money has gone, today unless said otherwise."""

    transaction_id: Line | None = None
    payment_date: Day | None = None


class Bounce(Input, json_schema_extra={"examples": [{"reason": "Returned by the bank: funds insufficient."}]}):
    reason: Text


class AllocationOut(Wire):
    """Which part of a payment pays which line."""

    installment_id: int
    principal: Amount
    tax: Amount
    interest: Amount


class PaymentOut(Wire):
    id: int
    booking_id: int
    customer_id: int
    kind: PaymentKind
    payment_type: PaymentType
    amount: Amount
    allocated: Amount
    currency: str
    payment_method: PaymentMethod
    payment_status: Annotated[PaymentStatus, Says("status")]
    payment_date: date
    transaction_id: str | None
    gateway: str | None = Field(description="through which it is paid online, or sent back")
    checkout_url: str | None = Field(description="of a payment online: the gateway's page, where it can be paid while it is pending")
    checkout_until: datetime | None = Field(description="until then the page is open")
    receipt_no: str | None
    receipt_url: str | None
    refund_of_id: int | None
    refunded_amount: Annotated[Amount, Says("refunded")]
    reason: str | None = Field(description="why it was refused, or has bounced")
    notes: str | None
    created_at: datetime
    allocations: list[AllocationOut]


class TeamPayment(PaymentOut):
    """The same with what the company alone reads: who made it, who approved it, how much of it is on its way back."""

    created_by: int
    approved_by: int | None
    going_back_amount: Annotated[Amount, Says("going_back")]


class PaymentSearch(Search):
    sort: Annotated[str, sort_by("payment_date", "amount", "created_at")] = "-payment_date"
    kind: PaymentKind | None = None
    status: PaymentStatus | None = None
    project_id: Id | None = None
    booking_id: Id | None = None


class PaymentPage(Page):
    payments: list[TeamPayment]


class DemandProof(Wire):
    """Which phase has passed which threshold, when, and by whose certificate."""

    progress_id: int
    phase_key: str
    phase_name: str
    threshold_pct: int
    percentage: float
    certified_at: datetime | None
    certified_by: str | None
    photos: list[str]


class InstallmentOut(Wire):
    """One line of a schedule. `due_date` is null until the event that it waits for."""

    id: int
    seq: int
    kind: InstallmentKind
    name: str
    amount: Amount
    tax_amount: Amount
    paid_amount: Annotated[Amount, Says("allocated")]
    outstanding: Annotated[Amount, Says("outstanding_amount")]
    status: InstallmentStatus
    due_date: date | None
    is_overdue: bool
    demanded_at: datetime | None
    demand_no: str | None
    demand_state: DemandState | None
    proof: DemandProof | None


class BookingPayments(Wire):
    """What has come and what is owed. Refunds stand among the payments and are taken off `total_paid` once completed."""

    booking_id: Annotated[int, Says("id")]
    currency: str
    payments: list[PaymentOut]
    total_paid: Annotated[Amount, Says("paid_amount")]
    total_pending: Annotated[Amount, Says("pending_amount")]
    credit_amount: Amount = Field(description="of `total_paid`, what meets no demanded line yet")
    escrow_amount: Amount = Field(description="of `total_paid`, what lies in the project's escrow account until the work has gone on")
    payment_schedule: Annotated[list[InstallmentOut], Says("installments")]
