"""What happens to units apart from bookings: the team's own steps, and holds. Each verb: fetch (locked), change, tell."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict
from realestate.models.accounts import LeadSource, Role
from realestate.models.base import Versions
from realestate.models.notifications import Event
from realestate.models.rules import Rules
from realestate.models.units import Hold, HoldEnd, Unit, UnitStatus
from realestate.schemas.units import UnitCreate, UnitUpdate
from realestate.services import audit, claims
from realestate.services.leads import for_whom, meet
from realestate.services.notifications import notify

MOST_HOLDS = 2
"""Of one customer in one project at a time, and of one customer on one unit within `RECENTLY`."""
RECENTLY = timedelta(minutes=30)

# ── The team's steps ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def create(session: AsyncSession, said: UnitCreate) -> Unit:
    """On sale at once where its project is published, unless it shall stay unreleased."""
    project = await crud.projects.pin(session, said.project_id)
    is_on_sale = project.is_published and said.status is not UnitStatus.unreleased
    values: dict[str, Any] = {"bedrooms": said.unit_type.bedrooms} | said.model_dump(exclude_unset=True, exclude={"status"})
    unit = Unit(builder_id=project.builder_id, is_published=project.is_published, **values)
    unit.status = UnitStatus.available if is_on_sale else UnitStatus.unreleased
    session.add(unit)
    await session.flush()
    audit.record(session, "unit.created", unit, unit_number=unit.unit_number)
    return unit


async def change(session: AsyncSession, member: Identity, unit_id: int, version: Versions | None, said: UnitUpdate) -> Unit:
    """What was said; a new price goes into the history."""
    changes = said.model_dump(exclude_unset=True)
    if "price" in changes:
        await crud.projects.pin_of_unit(session, unit_id)
    unit, now = await _fetch(session, unit_id, version)
    price = changes.pop("price", unit.price)
    if price != unit.price:
        unit.reprice(price, now, member.me)
        audit.record(session, "unit.repriced", unit, price=str(price))
    if changes:
        unit.revise(changes)
        audit.record(session, "unit.changed", unit, fields=sorted(changes))
    return unit


async def release(session: AsyncSession, unit_id: int) -> Unit:
    """Put it on sale. Conflict PROJECT_NOT_PUBLISHED, or INVALID_TRANSITION from any state but unreleased."""
    unit, _ = await _fetch(session, unit_id)
    unit.release()
    audit.record(session, "unit.released", unit)
    return unit


async def withdraw(session: AsyncSession, unit_id: int, version: Versions | None) -> Unit:
    """Out of sight again, as long as nobody has claimed it."""
    unit, _ = await _fetch(session, unit_id, version)
    unit.take("withdraw")
    audit.record(session, "unit.withdrawn", unit)
    return unit


async def block(session: AsyncSession, unit_id: int, reason: str) -> Unit:
    """Take an available unit off the market."""
    unit, _ = await _fetch(session, unit_id)
    unit.block(reason)
    audit.record(session, "unit.blocked", unit, reason=reason)
    return unit


async def unblock(session: AsyncSession, unit_id: int, version: Versions | None) -> Unit:
    """Back on the market."""
    unit, _ = await _fetch(session, unit_id, version)
    unit.unblock()
    audit.record(session, "unit.unblocked", unit)
    return unit


async def delete(session: AsyncSession, unit_id: int, version: Versions | None) -> None:
    """Only what nobody has ever held or booked: foreign keys see to that (Conflict UNIT_HAS_HOLDS, UNIT_HAS_BOOKINGS)."""
    await crud.projects.pin_of_unit(session, unit_id)
    unit, _ = await _fetch(session, unit_id, version)
    audit.record(session, "unit.deleted", unit, unit_number=unit.unit_number)
    await session.delete(unit)
    await session.flush()


async def _fetch(session: AsyncSession, unit_id: int, version: Versions | None = None) -> tuple[Unit, datetime]:
    """The unit, locked, rid of a claim that has run out; Stale when it is no longer the version that the caller has read."""
    unit, is_over, now = await crud.units.lock(session, unit_id)
    unit.expect(version)
    if is_over:
        await claims.lapse(session, unit)
    return unit, now


# ── Holds ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def hold(session: AsyncSession, identity: Identity, unit_id: int, customer_id: int | None) -> Unit:
    """Keep a unit for a customer at today's price: for some minutes by its own hand, for some days by the builder's."""
    unit, now = await _fetch(session, unit_id)
    customer_id = for_whom(identity, customer_id)
    await meet(session, identity, unit.builder_id, customer_id, LeadSource.hold)
    await _check_limits(session, unit, customer_id)
    unit.hold(customer_id, identity.me, now + _hold_time(identity, Rules.of(unit.project.rules)))
    held = Hold(**_place(unit), customer_id=customer_id, created_by=identity.me, price=unit.price, expires_at=unit.hold_expires_at)
    session.add(held)
    await session.flush()
    notify(session, Event.hold_created, held, **unit.names, until=f"{unit.hold_expires_at:%d %b %Y, %H:%M} UTC")
    return unit


async def end_hold(session: AsyncSession, identity: Identity, unit_id: int, version: Versions | None) -> Unit:
    """Let go of a hold, as its holder or for the builder. Conflict NOT_HELD when there is none, or not the caller's."""
    unit, is_over, _ = await crud.units.lock(session, unit_id)
    unit.expect(version)
    is_theirs = identity.role is Role.builder or unit.customer_id == identity.me
    if unit.status is not UnitStatus.held or is_over or not is_theirs:
        raise Conflict("NOT_HELD", "There is no running hold of yours on this unit.")
    held = await crud.units.get_open_hold(session, unit_id)
    held.end(HoldEnd.released)
    async with as_system(session):  # a customer does not see what becomes free in a project that has been withdrawn
        unit.free("end_hold")
    notify(session, Event.hold_released, held, **unit.names)
    return unit


async def _check_limits(session: AsyncSession, unit: Unit, customer_id: int) -> None:
    if await crud.units.count_running_holds(session, unit.project_id, customer_id) >= MOST_HOLDS:
        raise Conflict("HOLD_LIMIT", f"At most {MOST_HOLDS} units of a project can be held at a time.")
    if await crud.units.count_recent_holds(session, unit.id, customer_id, RECENTLY) >= MOST_HOLDS:
        raise Conflict("HOLD_TOO_OFTEN", f"This unit was held {MOST_HOLDS} times in the last half hour; please wait a little.")


def _hold_time(identity: Identity, rules: Rules) -> timedelta:
    is_customer = identity.role is Role.customer
    return timedelta(minutes=rules.hold_minutes) if is_customer else timedelta(hours=rules.staff_hold_hours)


def _place(unit: Unit) -> dict[str, int]:
    return {"builder_id": unit.builder_id, "project_id": unit.project_id, "unit_id": unit.id}
