"""The cost sheet of a unit as PostgreSQL reads it (`sheet.CostSheet` is the same in Python)."""

from typing import Any

from sqlalchemy import Boolean, Integer, Numeric, case, cast, column, func, literal_column, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import column_property

from realestate.models.projects import Project
from realestate.models.units.unit import Unit
from realestate.models.units.words import PriceCode

_COMPUTED: dict[str, Any] = {"deferred": True, "raiseload": True}
_PRICE = type_coerce(Unit.price, Integer) * literal_column("0.01")
_NO: Any = literal_column("false")
_BASE = func.jsonb_build_object(
    *(
        "code",
        PriceCode.base.value,
        "name",
        "Base price",
        "amount",
        _PRICE,
        "percent",
        literal_column("NULL"),
        "in_plan",
        literal_column("true"),
    ),
    *("pass_through", _NO, "refundable", _NO, "taxable", literal_column("true")),
)


def _sum(condition: str) -> Any:
    """Of the lines of a kind; a unit without lines has none but its base price."""
    line = func.jsonb_array_elements(Unit.price_lines).table_valued(column("value", JSONB), name="line")
    amount = cast(line.c.value.op("->>")(literal_column("'amount'")), Numeric)
    rows = select(func.coalesce(func.sum(amount), literal_column("0"))).where(literal_column(condition, Boolean))
    return rows.select_from(line).correlate_except(line).scalar_subquery()


Unit.shown_lines = column_property(
    case((func.jsonb_array_length(Unit.price_lines) == literal_column("0"), func.jsonb_build_array(_BASE)), else_=Unit.price_lines),
    **_COMPUTED,
)
Unit.outside_plan = column_property(_sum("NOT (line.value ->> 'in_plan')::boolean"), **_COMPUTED)
Unit.taxes = column_property(_sum(f"line.value ->> 'code' = '{PriceCode.tax.value}'"), **_COMPUTED)
Unit.total = column_property(_PRICE + _sum("NOT (line.value ->> 'in_plan')::boolean"), **_COMPUTED)
Unit.price_per_area = column_property(func.round(_PRICE / Unit.area_sqft, literal_column("2")), **_COMPUTED)
Unit.currency = column_property(
    select(Project.currency).where(Project.id == Unit.project_id).correlate_except(Project).scalar_subquery(), **_COMPUTED
)
