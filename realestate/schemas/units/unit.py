"""Units, as said."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from realestate.compiling import Says
from realestate.errors import Invalid
from realestate.models.units import AreaUnit, FacingDirection, SalesChannel, ShownStatus, UnitStatus, UnitType
from realestate.schemas.base import Amount, Id, Input, Line, Url, Wire
from realestate.schemas.catalogue import UNSAID, Area, Creation, Few, Floor, Price, Short
from realestate.schemas.projects import ProjectSummary
from realestate.schemas.units.prices import PriceLines


def first_status(status: UnitStatus) -> UnitStatus:
    if status not in (UnitStatus.available, UnitStatus.unreleased):
        raise PydanticCustomError("enum", "Input should be 'available' or 'unreleased'")
    return status


# ── Said by the builder ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _UnitFields(Input):
    tower: Short | None = None
    floor_number: Floor = UNSAID
    stack: Short | None = None
    built_up_area: Area | None = None
    super_area: Area | None = None
    area_unit: AreaUnit = UNSAID
    sales_channel: SalesChannel = UNSAID
    facing: FacingDirection | None = None
    bedrooms: Annotated[Few, Field(description="as the type says, if left out")] = UNSAID
    bathrooms: Few = UNSAID
    balconies: Few = UNSAID
    parking_spaces: Few = UNSAID
    floor_plan_url: Url | None = None
    features: Annotated[list[Line], Field(max_length=100)] = UNSAID
    price_lines: PriceLines = UNSAID


EXAMPLE: dict[str, Any] = {
    "project_id": 7,
    "tower": "A",
    "unit_number": "1204",
    "unit_type": "2BHK",
    "floor_number": 12,
    "area_sqft": 1180.5,
    "price": 8750000,
    "facing": "north_east",
    "parking_spaces": 1,
}


class UnitCreate(_UnitFields, Creation, json_schema_extra={"examples": [EXAMPLE]}):
    """A new unit."""

    project_id: Id
    unit_number: Short
    unit_type: UnitType
    area_sqft: Area
    price: Annotated[Price, Field(description="may be left out where price_lines say it")] = UNSAID
    status: Annotated[
        UnitStatus, AfterValidator(first_status), Field(description="available (the default where the project is published) or unreleased")
    ] = UNSAID

    @model_validator(mode="after")
    def _has_a_price(self) -> Self:
        if self.price is None and not self.price_lines:
            raise Invalid.field("price", "Say the price, or what it consists of.", "MISSING")
        return self


class UnitUpdate(_UnitFields, json_schema_extra={"examples": [{"price": 8900000, "facing": "east"}]}):
    """What is to change. A new price is kept in the history; the state changes by its own steps (hold, release, block, booking)."""

    unit_number: Short = UNSAID
    unit_type: UnitType = UNSAID
    area_sqft: Area = UNSAID
    price: Price = UNSAID


class BlockCreate(Input, json_schema_extra={"examples": [{"reason": "Model flat until March"}]}):
    reason: Line


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitOut(Wire):
    """A unit, as everybody may see it: others' claims on it are `not_available`."""

    id: int
    builder_id: int
    project_id: int
    tower: str | None
    unit_number: str
    unit_type: UnitType
    floor_number: int
    stack: str | None
    area_sqft: float
    built_up_area: float | None
    super_area: float | None
    area_unit: AreaUnit
    price: Amount
    status: Annotated[ShownStatus, Says("shown_status")]
    facing: FacingDirection | None
    bedrooms: int
    bathrooms: int
    balconies: int
    parking_spaces: int
    floor_plan_url: str | None
    features: list[str]
    hold_expires_at: Annotated[datetime | None, Says("own_hold_expires_at"), Field(description="of your own claim")]
    version: int
    created_at: datetime
    updated_at: datetime


class UnitDetail(UnitOut):
    project: Annotated[ProjectSummary | None, Field(description="null when it is no longer public")]


class PriceChange(TypedDict):
    """Who has changed the price when, from what to what."""

    at: datetime
    by: int
    old: Amount
    new: Amount


class TeamUnit(UnitOut):
    """A unit, as its builder's team sees it; a claim that has run out counts as `available`."""

    status: Annotated[ShownStatus, Says("current_status")]
    hold_expires_at: datetime | None
    status_reason: str | None
    sales_channel: SalesChannel
    customer_id: int | None
    held_by_user_id: int | None
    hold_price: Amount | None
    price_history: list[PriceChange]


class TeamUnitDetail(TeamUnit):
    project: ProjectSummary
