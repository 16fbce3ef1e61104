"""Quotes: what a unit would cost whom when, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from realestate.models.bookings import PaymentPlan
from realestate.models.money import PlanTrigger
from realestate.models.projects import Jurisdiction
from realestate.schemas.base import Amount, Input, Wire
from realestate.schemas.papers import PaperBuilder, PaperHome, PaperPlace
from realestate.schemas.units.prices import CostSheetOut

# ── What it is made of, read in one statement ───────────────────────────────────────────────────────────────────────────────


class ProjectOfQuote(PaperPlace):
    currency: str
    jurisdiction: Jurisdiction
    rules: dict[str, Any]
    payment_plans: dict[str, Any]
    builder: Annotated[PaperBuilder | None, Field(description="null while it is suspended")]


class UnitOfQuote(PaperHome):
    id: int
    project_id: int
    price: Amount
    price_lines: list[dict[str, Any]]
    project: ProjectOfQuote | None


class PhaseOfQuote(Wire):
    """How far a phase is, in one of the scopes that define it."""

    phase_key: str
    tower: str | None
    unit_id: int | None
    certified_percentage: Decimal
    progress_percentage: Decimal


class HoldOfQuote(Wire):
    price: Amount
    price_lines: list[dict[str, Any]]
    expires_at: datetime


class QuoteBasis(UnitOfQuote):
    now: datetime
    phases: list[PhaseOfQuote]
    hold: HoldOfQuote | None


# ── Said ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitQuoteCreate(Input, json_schema_extra={"examples": [{"payment_plan": "construction_linked"}]}):
    """Which plan; without it, all that the project offers."""

    payment_plan: PaymentPlan | None = None


class QuotedLine(Wire):
    """One line of a plan. What is due at once has a date, if the unit is booked today; so has what the calendar alone decides."""

    seq: int
    name: str
    amount: Amount
    tax_amount: Annotated[Amount, Field(description="of the amount")]
    trigger: PlanTrigger
    phase_key: str | None
    threshold_pct: int | None
    due_in_days: Annotated[int, Field(description="after what it waits for")]
    due_date: date | None
    is_due_at_once: bool
    is_passed: Annotated[bool, Field(description="the work has come so far already: a late joiner catches up")]


class QuotedPlan(Wire):
    payment_plan: PaymentPlan
    name: str
    token_amount: Annotated[Amount, Field(description="to be paid first; part of the first line")]
    due_at_once: Annotated[Amount, Field(description="of the lines below, in all")]
    lines: list[QuotedLine]


class QuoteOut(Wire):
    """What a unit would cost today, and what of it when. Nothing is kept or promised by it; a hold keeps the price."""

    unit_id: int
    project_id: int
    tower: str | None
    unit_number: str
    currency: str
    quoted_on: Annotated[date, Field(description="where the project stands")]
    held_until: Annotated[datetime | None, Field(description="of the hold that has frozen this price")]
    cost_sheet: CostSheetOut
    plans: list[QuotedPlan]
