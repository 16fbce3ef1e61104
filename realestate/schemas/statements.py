"""Statements of account and collections, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, WithJsonSchema

from realestate.compiling import Says
from realestate.models.bookings import BookingStatus
from realestate.models.payments import InstallmentKind, InstallmentStatus, PaymentKind, PaymentStatus
from realestate.models.projects import Jurisdiction
from realestate.schemas.base import Amount, Id, Question, Wire
from realestate.schemas.cancellations import SettingOfBasis
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
    jurisdiction: Jurisdiction
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
    interest_of_id: int | None
    waived_at: datetime | None


class PartOfPayment(Wire):
    installment_id: int
    principal: Amount
    tax: Amount
    interest: Amount

    @property
    def amount(self) -> Decimal:
        return self.principal + self.tax + self.interest


class PaymentOfStatement(Wire):
    id: int
    kind: PaymentKind
    amount: Amount
    refund_of_id: int | None
    payment_status: Annotated[PaymentStatus, Says("status")]
    payment_date: date
    cleared_at: datetime | None
    receipt_no: str | None
    transaction_id: str | None
    bounced_at: datetime | None
    allocations: list[PartOfPayment]


class NoteOfStatement(Wire):
    name: str
    amount: Amount
    demand_no: str
    demanded_at: datetime
    credit_no: str
    created_at: datetime


class StatementBasis(Wire):
    booking_number: str
    currency: str
    status: BookingStatus
    previous_status: BookingStatus | None
    promised_possession_date: date | None
    interest_terms: dict[str, Any]
    policy_terms: dict[str, Any]
    policies: list[SettingOfBasis]
    unit: UnitOfStatement
    customer: PaperPerson | None
    installments: list[LineOfStatement]
    payments: list[PaymentOfStatement]
    credit_notes: list[NoteOfStatement]


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
    """`opening_balance` + debits - credits = `closing_balance`. `interest_accrued` has not been charged, `builder_interest_accrued`
    not been credited: neither is a part of it."""

    booking_number: str
    currency: str
    as_of: date
    opening_balance: Balance
    total_debits: Amount
    total_credits: Amount
    closing_balance: Balance
    interest_accrued: Annotated[Amount, Field(description="by the buyer, on what is late")]
    builder_interest_accrued: Annotated[Amount, Field(description="by the builder, for possession that is late, on what has been paid")]
    entries: list[StatementEntry]

    @property
    def outside_the_balance(self) -> list[tuple[str, Decimal, Decimal]]:
        """What has accrued, in words, as a debit or a credit to be; on paper and in spreadsheets it stands below."""
        buyer, builder = self.interest_accrued, self.builder_interest_accrued
        accrued = [("Interest accrued and not charged", buyer, Decimal(0))] if buyer else []
        return accrued + ([("Interest for late possession, not credited", Decimal(0), builder)] if builder else [])


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
