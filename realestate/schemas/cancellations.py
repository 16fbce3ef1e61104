"""How bookings end, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from realestate.models.bookings import BookingStatus, CancellationCause
from realestate.models.payments import (
    DemandState,
    InstallmentKind,
    InstallmentStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
)
from realestate.models.projects import Jurisdiction
from realestate.models.settings import SettingScope
from realestate.schemas.base import Amount, Input, Question, Text, Wire
from realestate.schemas.papers import PaperBooking, PaperBuilder, PaperPerson

Rate = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100, "examples": [10.75]}),
]


def _no_default(cause: CancellationCause) -> CancellationCause:
    if cause is CancellationCause.buyer_default:
        raise PydanticCustomError("not_by_request", "For default a booking ends by notice and termination.")
    return cause


Cause = Annotated[CancellationCause, AfterValidator(_no_default)]


class CancellationCreate(Input, json_schema_extra={"examples": [{"reason": "We have found another home."}]}):
    """What the team proposes; of a customer, the cause follows from the calendar."""

    reason: Text | None = None
    cause: Cause | None = Field(None, description="the team says it")
    retention: Amount | None = Field(None, description="what the team proposes to keep, with `mutual` only, where it is required")
    interest: Amount | None = Field(None, description="owed to the buyer, with `mutual` only")
    pass_through_spent: Amount | None = Field(None, description="what the team says it has paid on for the buyer")


class QuoteQuestion(Question):
    cause: CancellationCause | None = Field(None, description="as if it were this one")


class ConsentCreate(Input, json_schema_extra={"examples": [{"cause": "mutual", "retention": 100000}]}):
    """What the customer agrees to, as read in the quote."""

    cause: CancellationCause
    retention: Amount
    pass_through_spent: Amount = Decimal(0)


class SettlementTerms(Input, json_schema_extra={"examples": [{"cause": "buyer_request"}]}):
    """What the statement cannot know: money paid on for the buyer, no more than the price has lines for others, and, where both sides agree
    (`mutual`), on how much. What is not named is as was proposed."""

    cause: Cause | None = Field(None, description="another than was asked for, and better for the buyer")
    pass_through_spent: Amount | None = None
    retention: Amount | None = Field(None, description="with `mutual` only")
    interest: Amount | None = Field(None, description="owed to the buyer, with `mutual` only")


class SettlementOut(Wire):
    """`refundable` is `paid_cleared` less the five deductions, each as far as there is something for it, and less `tax_credits`, which the tax
    office gives back and not the company, plus `builder_interest_owed`."""

    cause: CancellationCause
    paid_cleared: Amount
    retention: Amount
    retention_rule: str
    non_refundable_taxes: Amount
    pass_through_spent: Amount
    interest_due: Amount
    other_charges: Amount
    tax_credits: Amount
    builder_interest_owed: Amount
    refundable: Amount
    refund_due_by: date
    refund_due_after_resale_days: int | None = Field(None, description="and, if that is earlier, so many days after the unit is sold again")
    refund_interest_percent: Rate = Field(Decimal(0), description="a year, on what goes back later")
    policy_source: str


class CancellationQuote(SettlementOut):
    """What leaving would come to today; of a booking that has ended, what was settled."""

    booking_id: int
    currency: str
    price: Amount
    is_settled: bool
    pass_through_most: Amount = Field(description="of the price what goes on to others: as much of it may be kept as has been paid on")
    refund_interest_accrued: Annotated[Amount, Field(description="so far, on what should have gone back by now")] = Decimal(0)
    is_agreed: Annotated[bool, Field(description="whether the customer has asked for it, or agreed to what the team has proposed")]
    cooling_off_until: datetime | None


class SettingOfBasis(Wire):
    scope: SettingScope
    setting_value: Any


class PartOfBasis(Wire):
    installment_id: int
    principal: Decimal
    tax: Decimal
    interest: Decimal


class ReceiptOfBasis(Wire):
    id: int
    kind: PaymentKind
    payment_type: PaymentType
    payment_method: PaymentMethod
    amount: Decimal
    status: PaymentStatus
    payment_date: date
    cleared_at: datetime | None
    refund_of_id: int | None
    allocations: list[PartOfBasis]


class LineOfBasis(Wire):
    id: int
    seq: int
    kind: InstallmentKind
    amount: Decimal
    tax_amount: Decimal
    allocated: Decimal
    status: InstallmentStatus
    demand_state: DemandState | None
    due_date: date | None
    demanded_at: datetime | None
    interest_of_id: int | None
    is_overdue: bool


class ProjectOfBasis(Wire):
    jurisdiction: Jurisdiction
    timezone: str
    overall_progress: Decimal
    rules: dict[str, Any]


class UnitOfBasis(Wire):
    project: ProjectOfBasis


class SettlementBasis(Wire):
    """All that a settlement follows from, in one look."""

    id: int
    read_at: datetime
    customer_id: int
    status: BookingStatus
    total_amount: Decimal
    currency: str
    cooling_off_until: datetime | None
    cancellation: dict[str, Any] | None
    cancellation_cause: CancellationCause | None
    interest_terms: dict[str, Any]
    policy_terms: dict[str, Any]
    cost_sheet: dict[str, Any]
    unit: UnitOfBasis
    payments: list[ReceiptOfBasis]
    installments: list[LineOfBasis]
    policies: list[SettingOfBasis]


# ── The same with what a paper says beside it ───────────────────────────────────────────────────────────────────────────────


class ReceiptOnPaper(ReceiptOfBasis):
    receipt_no: str | None

    @property
    def is_going_back(self) -> bool:
        """Of a refund: whether its money goes, or has gone."""
        return self.status in (PaymentStatus.pending, PaymentStatus.approved, PaymentStatus.completed)


class ProjectOnPaper(ProjectOfBasis):
    project_name: str
    location: str
    rera_number: str | None
    builder: PaperBuilder


class UnitOnPaper(UnitOfBasis):
    tower: str | None
    unit_number: str
    project: ProjectOnPaper


class SettlementOnPaper(SettlementBasis):
    booking_number: str
    customer: PaperPerson | None
    unit: UnitOnPaper
    payments: list[ReceiptOnPaper]  # type: ignore[assignment]  # they are receipts, and nothing is put into the list

    @property
    def as_paper(self) -> PaperBooking:
        """The part that every paper says."""
        kept = self.model_dump(
            include={"booking_number", "currency", "unit", "customer"},
            exclude={"unit": {"project": {"jurisdiction", "overall_progress", "rules"}}},
        )
        return PaperBooking.model_validate(kept)
