"""What a price consists of, and prices that change together, as said."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator

from realestate.compiling import Says
from realestate.errors import Invalid
from realestate.models.units import CostSheet, PriceCode, PriceLine, UnitType
from realestate.schemas.base import Amount, Id, Input, Line, SignedAmount, Wire
from realestate.schemas.catalogue import Floor, Short

TAXED = frozenset({PriceCode.base, PriceCode.floor_rise, PriceCode.view, PriceCode.parking, PriceCode.club, PriceCode.discount})
"""What is taxable unless somebody says otherwise."""

_RATE: dict[str, Any] = {"type": "number", "multipleOf": 0.0001}
_NUMBER = PlainSerializer(float, return_type=float, when_used="json")
Rate = Annotated[
    Decimal,
    Field(ge=0, le=100, decimal_places=4, allow_inf_nan=False),
    _NUMBER,
    WithJsonSchema(_RATE | {"minimum": 0, "maximum": 100, "examples": [5]}),
]
"""Percent, with at most four decimals."""
Change = Annotated[
    Decimal,
    Field(gt=-100, le=1000, decimal_places=4, allow_inf_nan=False),
    _NUMBER,
    WithJsonSchema(_RATE | {"exclusiveMinimum": -100, "maximum": 1000, "examples": [2.5]}),
]


class PriceLineCreate(Input):
    """One line of a price: an amount, or for a tax a percentage of all taxable lines, from which the amount follows."""

    code: PriceCode
    name: Line
    amount: Annotated[SignedAmount | None, Field(description="of a discount, negative; of what has a percent, not looked at")] = None
    percent: Rate | None = None
    in_plan: Annotated[bool, Field(description="part of the price, which the payment plan asks for")] = True
    pass_through: Annotated[bool, Field(description="goes on to others")] = False
    refundable: Annotated[bool, Field(description="comes back one day")] = False
    taxable: Annotated[bool | None, Field(description="as is usual for such a line, if left out")] = None

    @model_validator(mode="after")
    def _amounts_to_something(self) -> Self:
        if self.amount is None and self.percent is None:
            raise Invalid.field("price_lines", f"'{self.name}' needs an amount or a percent.", "MISSING")
        return self

    @property
    def line(self) -> PriceLine:
        said = self.model_dump() | {"amount": self.amount or Decimal(0)}
        return PriceLine(**said | {"taxable": self.code in TAXED if self.taxable is None else self.taxable})


PriceLines = Annotated[list[PriceLineCreate], Field(max_length=30, description="what it consists of; [] for nothing but itself")]


def sheet_of(lines: list[PriceLineCreate]) -> CostSheet | None:
    """None where the price shall stand by itself."""
    return CostSheet.said(line.line for line in lines) if lines else None


# ── Many at once ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitChoice(Input):
    """Which units of a project; what is left out does not matter."""

    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=10_000)] | None = None
    tower: Short | None = None
    stack: Short | None = None
    unit_type: UnitType | None = None
    min_floor: Floor | None = None
    max_floor: Floor | None = None


EXAMPLE: dict[str, Any] = {"percent": 2.5, "round_to": 1000, "only": {"tower": "A", "unit_type": "2BHK", "min_floor": 5}}


class RepricingCreate(Input, json_schema_extra={"examples": [EXAMPLE]}):
    """By how much the base prices change; taxes follow."""

    percent: Change | None = None
    amount: SignedAmount | None = None
    round_to: Annotated[Amount | None, Field(gt=0, le=10**7, description="to whole multiples of this, half up")] = None
    only: UnitChoice | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise Invalid.field("percent", "Say a percent or an amount.", "MISSING")
        return self


class Repriced(Wire):
    id: int
    tower: str | None
    unit_number: str
    old: Amount
    new: Amount


class RepricingOut(Wire):
    """What has changed, or with `dry_run` would. Units that are taken keep their price."""

    dry_run: bool
    matched: int
    repriced: int
    unchanged: int
    taken: int
    total_before: Amount
    total_after: Amount
    units: Annotated[list[Repriced], Field(description="the first 200 of those that change")]


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class PriceLineOut(Wire):
    code: PriceCode
    name: str
    amount: SignedAmount
    percent: Rate | None
    in_plan: bool
    pass_through: bool
    refundable: bool
    taxable: bool


class CostSheetOut(Wire):
    """What a unit costs: all lines sum to the total; those in the plan to the price."""

    lines: list[PriceLineOut]
    price: Annotated[Amount, Field(description="of the lines in the plan: what a booking's schedule sums to")]
    outside_plan: Annotated[Amount, Field(description="of the other lines")]
    taxes: Amount
    total: Amount


class UnitCostSheet(CostSheetOut):
    unit_id: Annotated[int, Says("id")]
    project_id: int
    tower: str | None
    unit_number: str
    currency: str
    lines: Annotated[list[PriceLineOut], Says("shown_lines")]
    version: int
