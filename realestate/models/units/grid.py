"""All units of a project in their places: tower, floor, stack."""

from itertools import chain
from typing import Any

from sqlalchemy import Integer, Text, bindparam, func, literal_column, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import column_property

from realestate.models.projects import Project
from realestate.models.units.unit import Unit

_TOWER = bindparam("tower", None, type_=Text)
_HERE = (Unit.project_id == Project.id, or_(_TOWER.is_(None), Unit.tower == _TOWER))
"""Of the project, or of one tower alone where that is bound."""


def _object(**said: Any) -> Any:
    return func.json_build_object(*chain.from_iterable((literal_column(f"'{name}'"), value) for name, value in said.items()))


def _floors(status: Any) -> Any:
    """A row for each floor, its units in the order of their stacks."""
    price = type_coerce(Unit.price, Integer) * literal_column("0.01")
    place: dict[str, Any] = {name: getattr(Unit, name) for name in ("id", "unit_number", "stack", "unit_type")}
    cell = _object(**place, status=status, price=price, area_sqft=Unit.area_sqft)
    units = func.json_agg(aggregate_order_by(cell, Unit.stack.nulls_last(), Unit.unit_number, Unit.id)).label("units")
    available = func.count().filter(status == literal_column("'available'")).label("available")
    rows = select(Unit.tower, Unit.floor_number, units, func.count().label("total"), available)
    return rows.where(*_HERE).group_by(Unit.tower, Unit.floor_number).correlate(Project).subquery("floors")


def _stacks() -> Any:
    """A row for each tower."""
    names = func.json_agg(aggregate_order_by(Unit.stack.distinct(), Unit.stack)).filter(Unit.stack.is_not(None))
    rows = select(Unit.tower, func.coalesce(names, literal_column("'[]'")).label("stacks"))
    return rows.where(*_HERE).group_by(Unit.tower).correlate(Project).subquery("stacks")


def _grid(status: Any) -> Any:
    """Towers of floors of units."""
    floor, stacks = _floors(status), _stacks()
    floors = func.json_agg(aggregate_order_by(_object(floor=floor.c.floor_number, units=floor.c.units), floor.c.floor_number))
    sums = (func.sum(floor.c[name]).label(name) for name in ("total", "available"))
    tower = select(floor.c.tower, *sums, floors.label("floors")).group_by(floor.c.tower).subquery("towers")
    said = {name: tower.c[name] for name in ("tower", "total", "available")}
    whole = aggregate_order_by(_object(**said, stacks=stacks.c.stacks, floors=tower.c.floors), tower.c.tower.nulls_first())
    rows = select(func.coalesce(func.json_agg(whole), literal_column("'[]'"), type_=JSONB))
    return rows.join_from(tower, stacks, tower.c.tower.is_not_distinct_from(stacks.c.tower)).scalar_subquery()


Project.grid = column_property(_grid(Unit.shown_status), deferred=True, raiseload=True)
Project.current_grid = column_property(_grid(Unit.current_status), deferred=True, raiseload=True)
