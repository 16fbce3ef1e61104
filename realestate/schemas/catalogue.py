"""How the catalogue is searched, and the values that projects and units share."""

import re
from functools import cache
from typing import Annotated, Any, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema, model_validator, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from realestate.errors import Invalid
from realestate.models.projects import CURRENCIES, ProjectStatus, ProjectType
from realestate.models.units import FacingDirection, ShownStatus, UnitType
from realestate.schemas.base import Amount, Id, Input, Line, NotBool, Question, Search, Whole, pattern, sort_by

UNSAID: Any = Field(default_factory=lambda: None)
"""The default of what may be left out but not be null; `model_fields_set` tells."""


class Creation(Input):
    """For something new, what is null or empty counts as left out."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unsaid(cls, said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        return {name: value for name, value in said.items() if name not in cls.model_fields or value not in (None, "")}


_WITHIN_ITS_LINE = pattern(
    r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$", "Input should be one line that neither begins nor ends with a space."
)
Short = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_WITHIN_ITS_LINE)]
"""A code, a number on a door: one short line."""

_DECIMAL: dict[str, Any] = {"type": "number", "multipleOf": 0.01}
Price = Annotated[Amount, Field(gt=0), WithJsonSchema(_DECIMAL | {"exclusiveMinimum": 0, "maximum": 10**13, "examples": [7500000.5]})]
Percent = Annotated[
    Amount, Field(le=100), PlainSerializer(str), WithJsonSchema(_DECIMAL | {"minimum": 0, "maximum": 100, "examples": [2.5]})
]
Area = Annotated[Amount, Field(gt=0, le=10**9), WithJsonSchema(_DECIMAL | {"exclusiveMinimum": 0, "maximum": 10**9, "examples": [1180.5]})]
"""In the unit that stands beside it, with at most two decimals."""

Few = Annotated[int, Field(ge=0, le=100), Whole]
Floor = Annotated[int, Field(ge=-10, le=300), Whole]

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, examples=[18.5204]), NotBool]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, examples=[73.8567]), NotBool]


def _two_decimals(code: str) -> str:
    if code.upper() not in CURRENCIES:
        raise PydanticCustomError(
            "currency", "Only these currencies, which have two decimals, are taken: {known}", {"known": ", ".join(CURRENCIES)}
        )
    return code.upper()


NOT_ZONES = frozenset({"localtime", "Factory"})
"""Files that machines keep among the zones. PostgreSQL knows no `localtime`: one such row would fail every question that asks for its hour."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - NOT_ZONES


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("timezone", "Input should be a time zone of the IANA list, such as Asia/Kolkata")
    return name


Currency = Annotated[str, StringConstraints(max_length=3), AfterValidator(_two_decimals), Field(examples=["INR"])]
Timezone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_known_zone), Field(examples=["Asia/Kolkata"])]


@with_config(ConfigDict(extra="forbid"))
class Tower(TypedDict):
    """A building of the project; a stack is the line of units above each other."""

    code: Short
    name: Line
    floors: Annotated[int, Field(ge=1, le=200), Whole]
    stacks: Annotated[list[Short], Field(max_length=60)]


# ── Searched ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

PROJECT_SORTS = ("created_at", "project_name", "price_range_min", "price_range_max", "expected_completion_date", "overall_progress")
MOST_COMPARED = 4
UNIT_SORTS = ("price", "floor_number", "area_sqft", "unit_number", "created_at")


class PlaceFilter(Question):
    """Around a place."""

    lat: Annotated[Latitude | None, Field(description="with `lng` and `radius_km`: around this place")] = None
    lng: Longitude | None = None
    radius_km: Annotated[float | None, Field(gt=0, le=500, allow_inf_nan=False)] = None

    @model_validator(mode="after")
    def _place_is_whole(self) -> Self:
        missing = [name for name in ("lat", "lng", "radius_km") if getattr(self, name) is None]
        if 0 < len(missing) < 3:
            raise Invalid.field(missing[0], "A place needs lat, lng and radius_km together.", "MISSING")
        return self


class ProjectFilter(PlaceFilter):
    q: Annotated[Line | None, Field(description="part of the name, the city or the description")] = None
    location: Annotated[Line | None, Field(description="part of the address, the city or the state")] = None
    city: Annotated[Line | None, Field(description="exactly, in any case")] = None
    project_type: ProjectType | None = None
    status: ProjectStatus | None = None
    unit_type: Annotated[UnitType | None, Field(description="has units of this type")] = None
    min_price: Annotated[Amount | None, Field(description="some unit costs this or more")] = None
    max_price: Annotated[Amount | None, Field(description="some unit costs this or less")] = None
    builder_id: Id | None = None
    is_featured: bool | None = None


class ProjectSearch(ProjectFilter, Search):
    sort: Annotated[str, sort_by(*PROJECT_SORTS), Field(examples=["-created_at,project_name"])] = "-created_at"


class UnitFilter(Question):
    """What to show of a project's units."""

    unit_type: UnitType | None = None
    status: ShownStatus | None = None
    min_price: Amount | None = None
    max_price: Amount | None = None
    tower: Short | None = None
    floor: Floor | None = None


class UnitSearch(PlaceFilter, Search):
    q: Annotated[Line | None, Field(description="part of the unit's number, or of the project's name or place")] = None
    project_id: Id | None = None
    city: Annotated[Line | None, Field(description="exactly, in any case")] = None
    unit_type: UnitType | None = None
    status: ShownStatus | None = None
    min_price: Amount | None = None
    max_price: Amount | None = None
    min_area: Annotated[Amount | None, Field(description="of `area_sqft`")] = None
    max_area: Amount | None = None
    bedrooms: Few | None = None
    facing: FacingDirection | None = None
    tower: Short | None = None
    floor: Floor | None = None
    facets: Annotated[
        bool | None,
        AfterValidator(lambda wanted: wanted or None),
        Field(description="count what the search finds by type, bedrooms, status, price"),
    ] = None
    sort: Annotated[str, sort_by(*UNIT_SORTS), Field(examples=["price,-floor_number"])] = "price"


class FavouriteSearch(Search):
    sort: Annotated[str, sort_by("created_at")] = "-created_at"


class History(Question):
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Grid(Question):
    tower: Annotated[Short | None, Field(description="this one alone")] = None


def _few_ids(value: str) -> str:
    ids = value.split(",")
    if not 1 <= len(ids) <= MOST_COMPARED or not all(re.fullmatch(r"[1-9][0-9]{0,17}", id, re.ASCII) for id in ids):
        raise PydanticCustomError("ids", f"Input should be one to {MOST_COMPARED} ids, separated by commas")
    return f"{{{value}}}"


class Comparison(Question):
    """Which units shall stand side by side."""

    ids: Annotated[str, AfterValidator(_few_ids), Field(examples=["7,12,31"], description="up to four, in this order")]
