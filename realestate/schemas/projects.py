"""Projects, as said."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from realestate.compiling import Says
from realestate.models.projects import Jurisdiction, ProjectStatus, ProjectType, PublishState
from realestate.models.units import ShownStatus, UnitType
from realestate.schemas.base import Amount, Count, Id, Input, Line, Page, Text, Url, Wire
from realestate.schemas.builders import BuilderSummary
from realestate.schemas.catalogue import (
    UNSAID,
    Area,
    Creation,
    Currency,
    Latitude,
    Longitude,
    Price,
    Short,
    Timezone,
    Tower,
)
from realestate.schemas.rules import ProjectRules
from realestate.schemas.times import Day


def _initial_state(state: PublishState) -> PublishState:
    if state is PublishState.archived:
        raise PydanticCustomError("enum", "Input should be 'draft' or 'published'")
    return state


# ── Said by the builder ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _ProjectFields(Input):
    description: Text | None = None
    status: ProjectStatus = UNSAID
    location_address: Line | None = None
    location_state: Line | None = None
    location_zipcode: Short | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    currency: Currency = UNSAID
    timezone: Timezone = UNSAID
    jurisdiction: Jurisdiction = UNSAID
    rera_number: Line | None = None
    total_units: Annotated[Count, Field(description="as planned")] = UNSAID
    price_range_min: Annotated[Price | None, Field(description="as advertised; once units exist, their prices decide")] = None
    price_range_max: Price | None = None
    project_area: Area | None = None
    amenities: Annotated[list[Line], Field(max_length=100)] = UNSAID
    towers: Annotated[list[Tower], Field(max_length=100)] = UNSAID
    start_date: Day | None = None
    expected_completion_date: Day | None = None
    promised_possession_date: Day | None = None
    forecast_possession_date: Day | None = None
    actual_completion_date: Day | None = None
    images: Annotated[list[Url], Field(max_length=100)] = UNSAID
    floor_plans: Annotated[list[Url], Field(max_length=100)] = UNSAID
    brochure_url: Url | None = None
    is_featured: bool = UNSAID
    rules: ProjectRules = UNSAID


EXAMPLE: dict[str, Any] = {
    "project_name": "Riverside Heights",
    "project_type": "residential",
    "status": "construction",
    "location_address": "Baner Road",
    "location_city": "Pune",
    "location_state": "Maharashtra",
    "price_range_min": 7500000,
    "price_range_max": 14500000.5,
    "total_units": 120,
    "amenities": ["Swimming pool", "Club house"],
    "towers": [{"code": "A", "name": "Tower A", "floors": 15, "stacks": ["1", "2", "3", "4"]}],
    "expected_completion_date": "2028-03-31",
}


class ProjectCreate(_ProjectFields, Creation, json_schema_extra={"examples": [EXAMPLE]}):
    """A new project."""

    project_name: Line
    project_type: ProjectType
    location_city: Line
    builder_id: Annotated[Id, Field(description="if sent, your own company's")] = UNSAID
    available_units: Annotated[Any, Field(description="ignored: it is counted")] = UNSAID
    publish_state: Annotated[
        PublishState, AfterValidator(_initial_state), Field(description="draft or published (the default once your company is verified)")
    ] = UNSAID


class ProjectUpdate(_ProjectFields, json_schema_extra={"examples": [{"status": "completed", "is_featured": True}]}):
    """What is to change. Null clears what may be empty."""

    project_name: Line = UNSAID
    project_type: ProjectType = UNSAID
    location_city: Line = UNSAID


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class ProjectSummary(Wire):
    id: int
    project_name: str
    slug: str
    location: str
    status: ProjectStatus
    currency: str


class ProjectOut(Wire):
    """A project, as everybody may see it."""

    id: int
    builder_id: int
    project_name: str
    slug: str
    description: str | None
    project_type: ProjectType
    status: ProjectStatus
    location: Annotated[str, Field(description="address, city and state on one line")]
    location_address: str | None
    location_city: str
    location_state: str | None
    location_zipcode: str | None
    latitude: float | None
    longitude: float | None
    currency: str
    timezone: str
    jurisdiction: Jurisdiction
    rera_number: str | None
    total_units: int
    available_units: Annotated[int, Field(description="counted now, with holds that have run out")]
    price_range_min: Amount | None
    price_range_max: Amount | None
    project_area: float | None
    amenities: list[str]
    towers: list[Tower]
    start_date: date | None
    expected_completion_date: date | None
    promised_possession_date: date | None
    forecast_possession_date: date | None
    actual_completion_date: date | None
    overall_progress: float
    images: list[str]
    floor_plans: list[str]
    brochure_url: str | None
    is_featured: bool
    version: int
    created_at: datetime
    updated_at: datetime
    builder: Annotated[BuilderSummary | None, Field(description="null while the company is suspended")]


class UnitCounts(TypedDict):
    """How many units, of those that the caller may see and in the states that the caller sees."""

    by_status: dict[ShownStatus, int]
    by_type: dict[UnitType, int]


class ProjectDetail(ProjectOut):
    unit_counts: UnitCounts


class TeamProject(ProjectOut):
    """A project, as its builder's team sees it."""

    builder: BuilderSummary
    publish_state: PublishState
    rules: dict[str, Any]
    payment_plans: dict[str, Any]


class TeamProjectDetail(TeamProject):
    unit_counts: Annotated[UnitCounts, Says("current_unit_counts")]


class ProjectPage(Page):
    projects: list[ProjectOut]


class TeamProjectPage(Page):
    projects: list[TeamProject]
