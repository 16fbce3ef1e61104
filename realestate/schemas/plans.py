"""Payment plans of a project, as said."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from realestate.models.bookings import PaymentPlan
from realestate.models.money import PlanTrigger
from realestate.schemas.base import Amount, Id, Input, Line, Page, Search, Whole, Wire

Weight = Annotated[
    Amount,
    Field(gt=0, le=100),
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 100, "examples": [12.5]}),
]
Days = Annotated[int, Field(ge=0, le=3650), Whole]
_LINES: list[dict[str, Any]] = [
    {"name": "On booking", "weight": 10, "trigger": "on_booking"},
    {"name": "Structure complete", "weight": 60, "trigger": "on_milestone", "phase_key": "structure", "threshold_pct": 100},
    {"name": "On possession", "weight": 30, "trigger": "on_possession", "due_in_days": 30},
]


class PlanLineIn(Input):
    """A share of the price, what makes it due, and how long the buyer then has."""

    name: Line
    weight: Weight
    trigger: PlanTrigger
    phase_key: Annotated[Line | None, Field(description="of a milestone: the phase")] = None
    threshold_pct: Annotated[int, Field(ge=1, le=100, description="and how far it is then"), Whole] | None = None
    offset_months: Annotated[int, Field(ge=0, le=240, description="of a day: so long after the booking"), Whole] = 0
    offset_days: Days = 0
    due_in_days: Days = 15

    @model_validator(mode="after")
    def _says_what_it_waits_for(self) -> Self:
        said = (self.phase_key is not None) + (self.threshold_pct is not None)
        if said != (2 if self.trigger is PlanTrigger.on_milestone else 0):
            raise PydanticCustomError("milestone", "A milestone, and nothing else, names phase_key and threshold_pct")
        return self


class PlanPut(Input, json_schema_extra={"examples": [{"name": "Sixty at the roof", "lines": _LINES}]}):
    """A plan of the project's own. Weights are percents that total exactly 100; the first line is owed from the booking on."""

    name: Line
    lines: Annotated[list[PlanLineIn], Field(min_length=1, max_length=60)]
    is_offered: bool = True

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum((line.weight for line in self.lines), Decimal(0))
        if total != 100:
            raise PydanticCustomError("weights", "The weights should total exactly 100, not {total}", {"total": str(total)})
        if self.lines[0].trigger is not PlanTrigger.on_booking:
            raise PydanticCustomError("first_line", "The first line should be on_booking: the token is a part of it")
        return self


class PlanLineOut(Wire):
    name: str
    weight: Weight
    trigger: PlanTrigger
    phase_key: str | None
    threshold_pct: int | None
    offset_months: int
    offset_days: int
    due_in_days: int


class PlanOut(Wire):
    """`version` is 0 for a plan of the house; of a project's own it counts the changes. A booking keeps the plan as it was."""

    kind: PaymentPlan
    name: str
    version: int
    is_offered: bool
    lines: list[PlanLineOut]


class PlanOfCompany(PlanOut):
    """`project_id` is null for a plan of the house."""

    project_id: int | None
    project_name: str | None


class PlanSearch(Search):
    kind: PaymentPlan | None = None
    project_id: Id | None = None
    is_offered: bool | None = None


class PlanPage(Page):
    payment_plans: list[PlanOfCompany]


class PlanCopy(Input, json_schema_extra={"examples": [{"kind": "construction_linked", "from_project_id": None, "project_ids": [7]}]}):
    """Which plan, and the projects that take it."""

    kind: PaymentPlan
    from_project_id: Annotated[Id | None, Field(description="whose; null: that of the house")] = None
    project_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class ProjectsPlans(Wire):
    """The own plans of one project, as they are kept."""

    id: int
    project_name: str
    payment_plans: dict[str, Any]


class PlansKept(Wire):
    """The project's own plans by their kinds, as they are kept."""

    payment_plans: dict[str, Any]
