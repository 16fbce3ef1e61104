"""Statements of account and collections, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from realestate.compiling import Says
from realestate.models.payments import InstallmentKind, InstallmentStatus, PaymentKind, PaymentStatus
from realestate.schemas.base import Amount, Id, Question, Wire
from realestate.schemas.papers import PaperBuilder, PaperPerson
from realestate.schemas.times import Day

Balance = Annotated[
    Decimal, PlainSerializer(float, return_type=float, when_used="json"), WithJsonSchema({"type": "number", "multipleOf": 0.01})
]
"""Money that may be negative: then the buyer has it to their credit."""


class ProjectOfStatement(Wire):
    project_name: str
    location: str
    rera_number: str | None
    timezone: str
    rules: dict[str, Any]
    builder: PaperBuilder


class UnitOfStatement(Wire):
    tower: str | None
    unit_number: str
    project: ProjectOfStatement


class LineOfStatement(Wire):
    id: int
    seq: int
    kind: InstallmentKind
    name: str
    amount: Amount
    allocated: Amount
    status: InstallmentStatus
    due_date: date | None
    demanded_at: datetime | None
    demand_no: str | None
    updated_at: datetime


class PartOfPayment(Wire):
    installment_id: int
    principal: Amount


class PaymentOfStatement(Wire):
    id: int
    kind: PaymentKind
    amount: Amount
    payment_status: Annotated[PaymentStatus, Says("status")]
    payment_date: date
    cleared_at: datetime | None
    receipt_no: str | None
    transaction_id: str | None
    updated_at: datetime
    allocations: list[PartOfPayment]


class StatementBasis(Wire):
    booking_number: str
    currency: str
    unit: UnitOfStatement
    customer: PaperPerson | None
    installments: list[LineOfStatement]
    payments: list[PaymentOfStatement]


class StatementQuestion(Question):
    since: Annotated[Day | None, Field(description="the first day; what was before is in `opening_balance`")] = None


class StatementEntry(Wire):
    """A debit is what the buyer owes, a credit what has been paid or let go of; `balance` is what is owed after it."""

    date: date
    description: str
    reference: str | None
    debit: Amount
    credit: Amount
    balance: Balance


class Statement(Wire):
    """`opening_balance` + debits - credits = `closing_balance`. `interest_accrued` has not been charged, and is no part of it."""

    booking_number: str
    currency: str
    as_of: date
    opening_balance: Balance
    total_debits: Amount
    total_credits: Amount
    closing_balance: Balance
    interest_accrued: Amount
    entries: list[StatementEntry]


class CollectionQuestion(Question):
    project_id: Id | None = None


class Ageing(Wire):
    """What has been demanded and not been paid, in one currency, by the days since it was due (and its days of grace)."""

    currency: str
    not_due: Amount
    days_1_30: Amount
    days_31_60: Amount
    days_61_90: Amount
    days_over_90: Amount
    overdue: Amount
    outstanding: Amount


class LateBooking(Wire):
    booking_id: int
    booking_number: str
    currency: str
    overdue: Amount
    oldest_due_date: date
    lines: int


class Collections(Wire):
    """The hundred bookings that owe longest stand below."""

    ageing: list[Ageing]
    bookings: list[LateBooking]
