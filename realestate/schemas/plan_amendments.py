"""Another schedule for what is not demanded yet, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from realestate.models.money import PlanTrigger
from realestate.models.payments import AmendmentStatus
from realestate.schemas.base import Amount, Input, Line, Text, Whole, Wire
from realestate.schemas.plans import Days, Weight
from realestate.schemas.times import Day

_EXAMPLE: dict[str, Any] = {
    "reason": "The bank pays in two parts.",
    "lines": [
        {"name": "First part of the loan", "weight": 60, "trigger": "on_date", "due_date": "2099-01-31"},
        {"name": "On possession", "weight": 40, "trigger": "on_possession", "due_in_days": 30},
    ],
}


class AmendedLineIn(Input):
    """A share of what is not demanded yet, or an amount; and what makes it due."""

    name: Line
    weight: Annotated[Weight | None, Field(description="percent of what is left; all lines together 100")] = None
    amount: Annotated[Amount | None, Field(description="instead of weights, of every line")] = None
    trigger: PlanTrigger
    phase_key: Annotated[Line | None, Field(description="of a milestone: the phase")] = None
    threshold_pct: Annotated[int, Field(ge=1, le=100, description="and how far it is then"), Whole] | None = None
    due_date: Annotated[Day | None, Field(description="with `on_date`: the day")] = None
    due_in_days: Days = 15

    @model_validator(mode="after")
    def _says_what_it_waits_for(self) -> Self:
        said = (self.phase_key is not None) + (self.threshold_pct is not None)
        if said != (2 if self.trigger is PlanTrigger.on_milestone else 0):
            raise PydanticCustomError("milestone", "A milestone, and nothing else, names phase_key and threshold_pct")
        if (self.due_date is not None) != (self.trigger is PlanTrigger.on_date):
            raise PydanticCustomError("due_date", "What is due on a day, and nothing else, names due_date")
        if self.trigger is PlanTrigger.on_booking:
            raise PydanticCustomError("trigger", "The booking has been made already")
        return self


class PlanAmendmentCreate(Input, json_schema_extra={"examples": [_EXAMPLE]}):
    """Instead of all lines that are not demanded yet: weights that total 100, or amounts that come to the same as those."""

    reason: Text
    lines: Annotated[list[AmendedLineIn], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        weights, amounts = [line.weight for line in self.lines], [line.amount for line in self.lines]
        by_weight = None not in weights and amounts.count(None) == len(amounts)
        if not by_weight and (None in amounts or weights.count(None) != len(weights) or 0 in amounts):
            raise PydanticCustomError("parts", "Every line should name its weight, or every line its amount")
        total = sum((weight for weight in weights if weight), Decimal(0))
        if by_weight and total != 100:
            raise PydanticCustomError("weights", "The weights should total exactly 100, not {total}", {"total": str(total)})
        return self


class PlanAgreement(Input, json_schema_extra={"examples": [{"content_hash": "0" * 64}]}):
    """What the customer has read and agrees to."""

    content_hash: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class KeptLine(Wire):
    seq: int
    name: str
    amount: Amount


class AmendedLine(Wire):
    name: str
    amount: Amount
    tax_amount: Amount
    trigger: PlanTrigger
    phase_key: str | None
    threshold_pct: int | None
    due_date: date | None
    due_in_days: int


class PlanAddendum(Wire):
    """To the signed agreement."""

    number: str
    agreed_at: datetime
    content_hash: str


class PlanAmendmentOut(Wire):
    """Another schedule for what was not demanded when it was proposed: `lines` come instead of those, `kept` stay. `content_hash` is what
    the customer agrees to. `lapsed` when a line that it replaces has been demanded meanwhile, or the booking has ended."""

    id: int
    booking_id: int
    number: int
    status: AmendmentStatus
    reason: str
    currency: str
    amount: Amount
    kept: list[KeptLine]
    lines: list[AmendedLine]
    content_hash: str
    addendum: PlanAddendum | None
    created_at: datetime
    decided_at: datetime | None
