"""Units from a file: found by tower and number, added or changed. All of them, or none."""

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Invalid
from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.schemas.units.stock import ImportOut, UnitRow
from realestate.services import audit
from realestate.services.units import tables
from realestate.services.units.stock import PLAIN, first_status, keep, tell_prices

SHOWN = 500
"""Of what is wrong, in the answer."""
NEEDED = ("unit_type", "area_sqft", "price")
"""Of a new unit."""


async def bring(session: AsyncSession, member: Identity, project_id: int, content: bytes, dry_run: bool) -> ImportOut:
    """Invalid IMPORT_INVALID, with what is wrong in which row, and nothing kept; a dry run only says so."""
    project = await crud.projects.pin(session, project_id)
    table = await asyncio.to_thread(tables.read, content)
    there = {(unit.tower, unit.unit_number): unit for unit in await crud.stock.pin(session, project, {})}
    moment, new, changed, before = await crud.clock.now(session), [], [], {}
    for place, row in table.rows:
        if unit := there.get((row.tower, row.unit_number)):
            before[unit.id] = unit.price
            if _change(table, place, unit, row, {"at": moment, "by": member.me}):
                changed.append(unit)
        elif made := _make(table, place, row, project):
            new.append(made)
    if not dry_run:
        await _keep(session, project, table, new, [(unit, before[unit.id]) for unit in changed])
    return ImportOut(
        dry_run=dry_run,
        rows=table.count,
        created=len(new),
        updated=len(changed),
        unchanged=len(before) - len(changed),
        encoding=table.encoding,
        delimiter=table.delimiter,
        error_count=len(table.problems),
        errors=sorted(table.problems, key=lambda one: one.row)[:SHOWN],
    )


async def _keep(session: AsyncSession, project: Project, table: tables.Table, new: list[Unit], changed: list[tuple[Unit, Decimal]]) -> None:
    if table.problems:
        errors: list[Any] = [problem.model_dump() for problem in sorted(table.problems, key=lambda one: one.row)[:SHOWN]]
        raise Invalid(f"Nothing was imported: {len(table.problems)} values are wrong.", errors, "IMPORT_INVALID")
    if new:
        await keep(session, project, new)
    if changed:
        await crud.stock.change(session, [unit for unit, _ in changed])
        await tell_prices(session, [(unit, price) for unit, price in changed if unit.price != price])
        for unit, price in changed:
            if unit.price == price:
                audit.record(session, "unit.changed", unit)
    audit.record(session, "units.imported", project, created=len(new), updated=len(changed))


def _make(table: tables.Table, place: int, row: UnitRow, project: Project) -> Unit | None:
    missing = [name for name in NEEDED if name not in row.model_fields_set]
    for name in missing:
        table.blame(place, name, "A new unit needs this.", "MISSING")
    if missing:
        return None
    values = PLAIN | {"bedrooms": row.unit_type.bedrooms} | row.model_dump(exclude_unset=True)
    return Unit(**values | {"status": first_status(project, values.get("status"))}, builder_id=project.builder_id)


def _change(table: tables.Table, place: int, unit: Unit, row: UnitRow, when: dict[str, datetime | int]) -> bool:
    """Whether the row says anything new. What a booking shows of its unit does not change, nor does a state, which has its own steps."""
    said = {name: value for name, value in row.model_dump(exclude_unset=True).items() if value != getattr(unit, name)}
    if "status" in said:
        table.blame(place, "status", f"This unit is {unit.status}: states change by their own steps.", "STATUS_BY_STEPS")
        return False
    try:
        if "price" in said:
            unit.reprice(said.pop("price"), **when)  # type: ignore[arg-type]  # a time and a user
            unit.revise(said)
            return True
        unit.revise(said)
    except Invalid as refusal:
        for one in refusal.extra["errors"]:
            table.blame(place, one["field"], one["message"], one["code"])
    return bool(said)
