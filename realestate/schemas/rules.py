"""A project's own rules, as said."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from realestate.models.change_requests import ChangeRequestType
from realestate.models.rules import MOST_FOR_A_BOUNCE
from realestate.schemas.base import Amount, Input, Line, Whole
from realestate.schemas.catalogue import Percent

Charge = Annotated[
    Amount,
    Field(le=MOST_FOR_A_BOUNCE),
    PlainSerializer(str),
    WithJsonSchema({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": int(MOST_FOR_A_BOUNCE)}),
]


def _all_once(kinds: list[str]) -> list[str]:
    if len(set(kinds)) < len(kinds):
        raise PydanticCustomError("order", "Input should name each of installment, charge and interest once")
    return kinds


PaidFirst = Annotated[list[Literal["installment", "charge", "interest"]], Field(min_length=3, max_length=3), AfterValidator(_all_once)]


Rungs = Annotated[list[Annotated[int, Field(ge=1, le=365), Whole]], Field(max_length=10)]


class CutOff(Input):
    """From this percentage of this phase on."""

    phase_key: Line
    threshold_pct: Annotated[int, Field(ge=1, le=100), Whole]


class ProjectRules(Input):
    """The project's own figures (see `models.rules`); null is the default of the house."""

    hold_minutes: Annotated[int, Field(ge=5, le=1440), Whole] | None = None
    unpaid_reserves: Annotated[int, Field(ge=1, le=1000), Whole] | None = None
    staff_hold_hours: Annotated[int, Field(ge=1, le=720), Whole] | None = None
    max_hold_hours: Annotated[int, Field(ge=1, le=2160, description="of a hold with all extensions"), Whole] | None = None
    max_extensions: Annotated[int, Field(ge=0, le=10), Whole] | None = None
    reserve_hours: Annotated[int, Field(ge=1, le=720), Whole] | None = None
    token_percent: Percent | None = None
    grace_days: Annotated[int, Field(ge=0, le=90), Whole] | None = None
    certificate_required: bool | None = None
    interest_percent: Percent | None = None
    allocation_order: Annotated[PaidFirst | None, Field(description="which kind of line money pays first")] = None
    bounce_charge: Charge | None = None
    due_soon_days: Annotated[list[Annotated[int, Field(ge=1, le=60), Whole]], Field(max_length=10)] | None = None
    overdue_days: Rungs | None = None
    at_risk_days: Annotated[int, Field(ge=1, le=365), Whole] | None = None
    reminders_per_week: Annotated[int, Field(ge=0, le=100), Whole] | None = None
    reminders_per_month: Annotated[int, Field(ge=0, le=400), Whole] | None = None
    auto_issue: bool | None = None
    catch_up_days: Annotated[int, Field(ge=0, le=365), Whole] | None = None
    pre_agreement_cap: Percent | None = None
    change_cutoffs: dict[ChangeRequestType, CutOff] | None = Field(None, description="when changes of a type come too late")
