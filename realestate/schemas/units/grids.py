"""Units beside each other, as said: in their towers, in a comparison, and counted."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from realestate.compiling import Says
from realestate.models.accounts import Role
from realestate.models.notifications import Subject
from realestate.models.projects import ProjectStatus, ProjectType
from realestate.models.units import ShownStatus, UnitType
from realestate.schemas.audit import ActorOut
from realestate.schemas.base import Amount, Page, Wire
from realestate.schemas.projects import ProjectSummary
from realestate.schemas.units.unit import TeamUnitDetail, UnitDetail

# ── Counted ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class PriceBand(TypedDict):
    """From `min` on, below `max`."""

    min: Amount
    max: Amount
    count: int


class UnitFacets(TypedDict):
    """How many units the search finds, by each of these; statuses as the caller sees them."""

    unit_type: dict[UnitType, int]
    bedrooms: dict[str, int]
    status: dict[ShownStatus, int]
    price: list[PriceBand]


class ProjectFacets(Wire):
    """How many projects a search would find, by each of these."""

    total: int
    city: dict[str, int]
    project_type: dict[ProjectType, int]
    status: dict[ProjectStatus, int]
    price: Annotated[list[PriceBand], Field(description="by the lowest price of a project")]


class UnitPage(Page):
    units: list[UnitDetail]
    facets: Annotated[UnitFacets | None, Field(description="with `facets=true`")]


class TeamUnitPage(Page):
    units: list[TeamUnitDetail]
    facets: Annotated[UnitFacets | None, Field(description="with `facets=true`")]


# ── Side by side ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class ComparedProject(ProjectSummary):
    amenities: list[str]
    overall_progress: float
    expected_completion_date: date | None
    forecast_possession_date: date | None


class ComparedUnit(UnitDetail):
    price_per_area: Annotated[float, Field(description="of one `area_unit`")]
    total: Annotated[Amount, Field(description="with what is outside the plan")]
    project: ComparedProject | None


class TeamComparedUnit(TeamUnitDetail):
    price_per_area: float
    total: Amount
    project: ComparedProject


class Cell(TypedDict):
    """One unit in the grid."""

    id: int
    unit_number: str
    stack: str | None
    unit_type: UnitType
    status: ShownStatus
    price: Amount
    area_sqft: float


class GridFloor(TypedDict):
    floor: int
    units: list[Cell]


class GridTower(TypedDict):
    """A tower, or with null what stands in none."""

    tower: str | None
    total: int
    available: int
    stacks: list[str]
    floors: list[GridFloor]


class Availability(Wire):
    """All units of a project by tower, floor and stack, in the states that the caller sees."""

    project_id: Annotated[int, Says("id")]
    currency: str
    towers: Annotated[list[GridTower], Says("grid")]


class TeamAvailability(Availability):
    towers: Annotated[list[GridTower], Says("current_grid")]


# ── Followed, and what has happened ─────────────────────────────────────────────────────────────────────────────────────────


class FavouriteOut(Wire):
    """A unit that one follows; `unit` is null while it is not on show."""

    unit_id: int
    created_at: datetime
    unit: UnitDetail | None


class FavouritePage(Page):
    favourites: list[FavouriteOut]


class UnitAct(Wire):
    """Something that was done to a unit, or to a hold or booking of it."""

    id: int
    action: str
    entity_type: Subject
    entity_id: int
    actor_role: Role
    actor: ActorOut | None
    details: dict[str, Any]
    created_at: datetime
