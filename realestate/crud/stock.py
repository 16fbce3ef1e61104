"""Many units of a project at once: each of these is one statement, however many there are."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    Numeric,
    Text,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.projects import Project
from realestate.models.units import Unit

COLUMNS = (
    *("tower", "unit_number", "unit_type", "floor_number", "stack", "area_sqft", "built_up_area", "super_area", "area_unit", "price"),
    *("price_lines", "price_history", "status", "sales_channel", "facing", "bedrooms", "bathrooms", "balconies", "parking_spaces"),
    *("floor_plan_url", "features"),
)
"""What of a unit is written."""
TABLE: Any = Unit.__table__
_READ = ("id", "project_id", "version", *COLUMNS)
_EQUAL = ("tower", "stack", "unit_type")


async def pin(session: AsyncSession, project: Project, only: Mapping[str, Any]) -> list[Unit]:
    """The units of a project that fit, locked in the order of their ids, not watched by the session; and time for many of them."""
    await session.execute(text("SELECT set_config('statement_timeout', '12s', true)"))  # a request ends after fifteen anyway
    found = select(*(getattr(Unit, name) for name in _READ)).where(Unit.project_id == project.id, *_fitting(only))
    rows = await session.execute(found.order_by(Unit.id).with_for_update())
    return [Unit(**dict(zip(_READ, row, strict=True)), builder_id=project.builder_id, project=project) for row in rows]


def _fitting(only: Mapping[str, Any]) -> Iterable[ColumnElement[bool]]:
    yield from (getattr(Unit, name) == only[name] for name in _EQUAL if only.get(name) is not None)
    if only.get("unit_ids") is not None:
        yield Unit.id.in_(only["unit_ids"])
    if only.get("min_floor") is not None:
        yield Unit.floor_number >= only["min_floor"]
    if only.get("max_floor") is not None:
        yield Unit.floor_number <= only["max_floor"]


def _moment(session: AsyncSession) -> Any:
    """The database's now; demo data live in the past."""
    return literal(session.info["now"], DateTime(timezone=True)) if "now" in session.info else func.now()


async def add(session: AsyncSession, project: Project, units: Sequence[Unit]) -> None:
    """New units, which learn their ids."""
    line, table = _lines(COLUMNS), TABLE.c
    place = {"builder_id": project.builder_id, "project_id": project.id, "is_published": project.is_published}
    values = {name: _value(line, name) for name in COLUMNS} | dict.fromkeys(("created_at", "updated_at"), _moment(session))
    said = (cast(value, table[name].type) for name, value in place.items())
    rows = select(*said, *values.values()).order_by(line.c.place)
    written = insert(TABLE).from_select([*place, *values], rows, include_defaults=False).returning(table.id)
    ids = sorted((await session.scalars(written, {"lines": _said(units, COLUMNS)})).all())
    for unit, id in zip(units, ids, strict=True):
        unit.id, unit.version = id, 1


async def change(session: AsyncSession, units: Sequence[Unit]) -> None:
    """What has been pinned, as it shall be; states change by their own steps."""
    names, table = ("id", *COLUMNS), TABLE
    line = _lines(names)
    values: dict[str, Any] = {name: _value(line, name) for name in COLUMNS if name != "status"}
    values |= {"version": table.c.version + 1, "updated_at": _moment(session)}
    await session.execute(update(table).where(table.c.id == line.c.id).values(values), {"lines": _said(units, names)})
    for unit in units:
        unit.version += 1


def _lines(names: Iterable[str]) -> Any:
    """The rows that are said as JSON, as a table."""
    columns = (column(name, _type(name)) for name in ("place", *names))
    return (
        func.jsonb_to_recordset(cast(bindparam("lines", type_=Text), JSONB)).table_valued(*columns).render_derived("line", with_types=True)
    )


def _type(name: str) -> Any:
    kind = Integer() if name == "place" else TABLE.c[name].type
    return Numeric() if name == "price" else kind if isinstance(kind, JSONB | Integer | Numeric) else Text()


def _value(line: Any, name: str) -> Any:
    return cast(line.c[name] * 100, BigInteger) if name == "price" else line.c[name]  # Money is in minor units


def _said(units: Sequence[Unit], names: Iterable[str]) -> str:
    names = tuple(names)
    return json.dumps([{"place": place} | {name: getattr(unit, name) for name in names} for place, unit in enumerate(units)], default=str)
