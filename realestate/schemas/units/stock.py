"""Many units at once, as said: a tower from a template, a list from a file."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from realestate.errors import Invalid
from realestate.models.units import FacingDirection, UnitStatus, UnitType
from realestate.schemas.base import Amount, Input, Line, Url, Wire, pattern
from realestate.schemas.catalogue import UNSAID, Area, Few, Floor, Price, Short
from realestate.schemas.units.unit import UnitUpdate, first_status

MOST_UNITS = 10_000
"""Of one file, or one tower."""

_PATTERN = pattern(
    r"^([^\x00-\x1f\x7f{}]|\{(tower|floor|stack)(:0[1-4])?\})+$",
    "Input should be made of {tower}, {floor} and {stack}, such as {floor}{stack}; {floor:02} has at least two digits.",
)

FirstStatus = Annotated[
    UnitStatus, AfterValidator(first_status), Field(description="available (the default where the project is published) or unreleased")
]


class StackTemplate(Input):
    """A line of units above each other: alike but for their floor, and what that adds to the price."""

    stack: Short
    unit_type: UnitType
    area_sqft: Area
    price: Annotated[Price, Field(description="on the first floor")]
    built_up_area: Area | None = None
    super_area: Area | None = None
    facing: FacingDirection | None = None
    bedrooms: Annotated[Few, Field(description="as the type says, if left out")] = UNSAID
    bathrooms: Few = 0
    balconies: Few = 0
    parking_spaces: Few = 0
    floor_plan_url: Url | None = None
    features: Annotated[list[Line], Field(max_length=100)] = Field(default_factory=list)


TOWER: dict[str, Any] = {
    "tower": "C",
    "first_floor": 1,
    "last_floor": 15,
    "skip_floors": [13],
    "number_pattern": "{floor}{stack:02}",
    "price_step_per_floor": 25000,
    "stacks": [
        {"stack": "1", "unit_type": "2BHK", "area_sqft": 910.5, "price": 7500000, "facing": "east"},
        {"stack": "2", "unit_type": "3BHK", "area_sqft": 1240, "price": 9900000, "bathrooms": 3},
    ],
}


class GenerationCreate(Input, json_schema_extra={"examples": [TOWER]}):
    """A tower from a template: each floor that is not skipped has a unit of each stack."""

    tower: Short | None = None
    first_floor: Floor
    last_floor: Floor
    skip_floors: Annotated[list[Floor], Field(max_length=300)] = Field(default_factory=list)
    number_pattern: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_PATTERN)] = "{floor}{stack:02}"
    price_step_per_floor: Annotated[Amount, Field(description="from one floor that there is to the next")] = Decimal(0)
    stacks: Annotated[list[StackTemplate], Field(min_length=1, max_length=60)]
    status: FirstStatus = UNSAID

    @model_validator(mode="after")
    def _floors_in_order(self) -> Self:
        if self.last_floor < self.first_floor:
            raise Invalid.field("last_floor", "This must not be less than first_floor.", "OUT_OF_ORDER")
        return self

    @property
    def floors(self) -> list[int]:
        return [floor for floor in range(self.first_floor, self.last_floor + 1) if floor not in self.skip_floors]


class UnitMade(Wire):
    tower: str | None
    unit_number: str
    floor_number: int
    stack: str | None
    unit_type: UnitType
    price: Amount


class GenerationOut(Wire):
    """What has been made, or with `dry_run` would be. Where there are clashes, nothing is."""

    dry_run: bool
    created: int
    total_price: Amount
    clashes: Annotated[list[str], Field(description="the first 200 numbers that are taken")]
    units: Annotated[list[UnitMade], Field(description="the first 200")]


class UnitRow(UnitUpdate):
    """A row of a file. What is left out stays as it is, or for a new unit is as the house has it."""

    unit_number: Short
    status: UnitStatus = UNSAID
    price_lines: Annotated[Any, Field(exclude=True)] = UNSAID


class RowProblem(Wire):
    """What is wrong in which row of the file; the first row has the names."""

    row: int
    field: str
    message: str
    code: str


class ImportOut(Wire):
    """What has come of a file, or with `dry_run` would. With errors, nothing does."""

    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    encoding: str
    delimiter: str
    error_count: int
    errors: Annotated[list[RowProblem], Field(description="the first 500")]
