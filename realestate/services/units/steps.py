"""The team's own steps with a unit. Each verb: fetch (locked), change, keep book or tell."""

from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Invalid
from realestate.models.base import Versions
from realestate.models.notifications import Event
from realestate.models.units import CostSheet, Unit, UnitStatus
from realestate.schemas.units import UnitCreate, UnitUpdate
from realestate.schemas.units.prices import sheet_of
from realestate.services import audit, vacancies
from realestate.services.notifications import notify
from realestate.services.units.fetching import fetch

APART = {"status", "price", "price_lines"}
"""Of what is said, what has rules of its own."""


async def create(session: AsyncSession, said: UnitCreate) -> Unit:
    """On sale at once where its project is published, unless it shall stay unreleased."""
    project = await crud.projects.pin(session, said.project_id)
    is_on_sale = project.is_published and said.status is not UnitStatus.unreleased
    values: dict[str, Any] = {"bedrooms": said.unit_type.bedrooms} | said.model_dump(exclude_unset=True, exclude=APART)
    sheet = _sheet(said)
    values |= {"price": sheet.price, "price_lines": sheet.kept} if sheet else {"price": said.price}
    unit = Unit(builder_id=project.builder_id, is_published=project.is_published, **values)
    unit.status = UnitStatus.available if is_on_sale else UnitStatus.unreleased
    session.add(unit)
    await session.flush()
    audit.record(session, "unit.created", unit, unit_number=unit.unit_number)
    return unit


async def change(session: AsyncSession, member: Identity, unit_id: int, version: Versions | None, said: UnitUpdate) -> Unit:
    """What was said; a new price goes into the history, and is told to those who follow the unit."""
    changes = said.model_dump(exclude_unset=True, exclude=APART)
    if is_priced := bool(said.model_fields_set & APART):
        await crud.projects.pin_of_unit(session, unit_id)
    unit, now = await fetch(session, unit_id, version)
    before, lines = unit.price, unit.price_lines
    if is_priced:
        _price(unit, said, {"at": now, "by": member.me})
    unit.revise(changes)
    fields = [*changes, *(["price_lines"] if unit.price_lines != lines else [])]
    if fields:
        audit.record(session, "unit.changed", unit, fields=sorted(fields))
    if unit.price != before:
        await session.flush()
        tell_price(session, unit, before)
    return unit


def tell_price(session: AsyncSession, unit: Unit, before: Decimal) -> None:
    """Those who follow it hear of its new price; its project must be loaded."""
    said = {name: f"{unit.project.currency} {amount:,.2f}" for name, amount in (("price", unit.price), ("before", before))}
    notify(session, Event.unit_price_changed, unit, part=unit.version, **unit.names, **said)


def _sheet(said: UnitCreate | UnitUpdate) -> CostSheet | None:
    """What the price shall consist of. Invalid DOES_NOT_SUM where another price is said beside it."""
    sheet = sheet_of(said.price_lines or [])
    if sheet and said.price not in (None, sheet.price):
        raise Invalid.field("price", f"The lines in the plan sum to {sheet.price}.", "DOES_NOT_SUM")
    return sheet


def _price(unit: Unit, said: UnitUpdate, when: dict[str, Any]) -> None:
    if "price_lines" in said.model_fields_set:
        unit.itemise(_sheet(said), **when)
    if "price" in said.model_fields_set and said.price != unit.price:
        unit.reprice(said.price, **when)


async def release(session: AsyncSession, unit_id: int) -> Unit:
    """Put it on sale; who waits for it comes first. Conflict PROJECT_NOT_PUBLISHED, or INVALID_TRANSITION from any state but unreleased."""
    unit, now = await fetch(session, unit_id)
    unit.release()
    await vacancies.offer(session, unit, now)
    if unit.status is not UnitStatus.available:
        audit.record(session, Event.unit_released.value, unit)
    vacancies.tell_followers(session, unit)
    return unit


async def withdraw(session: AsyncSession, unit_id: int, version: Versions | None) -> Unit:
    """Out of sight again, as long as nobody has claimed it."""
    unit, _ = await fetch(session, unit_id, version)
    unit.take("withdraw")
    audit.record(session, "unit.withdrawn", unit)
    return unit


async def block(session: AsyncSession, unit_id: int, reason: str) -> Unit:
    """Take an available unit off the market."""
    unit, _ = await fetch(session, unit_id)
    unit.block(reason)
    audit.record(session, "unit.blocked", unit, reason=reason)
    return unit


async def unblock(session: AsyncSession, unit_id: int, version: Versions | None) -> Unit:
    """Back on the market; who waits for it comes first."""
    unit, now = await fetch(session, unit_id, version)
    unit.unblock()
    await vacancies.offer(session, unit, now)
    audit.record(session, "unit.unblocked", unit)
    return unit


async def delete(session: AsyncSession, unit_id: int, version: Versions | None) -> None:
    """Only what nobody has ever held or booked: foreign keys see to that (Conflict UNIT_HAS_HOLDS, UNIT_HAS_BOOKINGS)."""
    await crud.projects.pin_of_unit(session, unit_id)
    unit, _ = await fetch(session, unit_id, version)
    audit.record(session, "unit.deleted", unit, unit_number=unit.unit_number)
    await session.delete(unit)
    await session.flush()
