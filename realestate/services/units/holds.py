"""Holds: a unit kept for a customer for a while. Each verb: fetch (locked), change, tell."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import LeadSource, Role
from realestate.models.base import Versions
from realestate.models.notifications import Event
from realestate.models.rules import Rules
from realestate.models.units import Hold, HoldEnd, Unit, UnitStatus
from realestate.services import vacancies
from realestate.services.leads import for_whom, meet
from realestate.services.notifications import notify
from realestate.services.units.fetching import fetch

MOST_HOLDS = 2
"""Of one customer in one project at a time, and of one customer on one unit within `RECENTLY`."""
RECENTLY = timedelta(minutes=30)


async def hold(
    session: AsyncSession, identity: Identity, unit_id: int, customer_id: int | None, hours: int | None = None, terms: str | None = None
) -> Unit:
    """Keep a unit for a customer at today's price: for some minutes by its own hand, for some days by the builder's, on its terms."""
    unit, now = await fetch(session, unit_id)
    customer_id = for_whom(identity, customer_id)
    await meet(session, identity, unit.builder_id, customer_id, LeadSource.hold)
    await _check_limits(session, unit, customer_id)
    unit.hold(customer_id, identity.me, now + _hold_time(identity, Rules.of(unit.project.rules), hours, terms))
    price = {"price": unit.price, "price_lines": unit.price_lines}
    held = Hold(**_place(unit), **price, customer_id=customer_id, created_by=identity.me, expires_at=unit.hold_expires_at, terms=terms)
    session.add(held)
    await session.flush()
    notify(session, Event.hold_created, held, **unit.names, until=_said(unit.hold_expires_at))
    return unit


async def extend_hold(session: AsyncSession, unit_id: int, version: Versions | None, hours: int | None) -> Unit:
    """Keep it longer, within the rules of its project. Conflict EXTENSION_LIMIT, HOLD_TOO_LONG; INVALID_TRANSITION for what is not held."""
    unit, _ = await fetch(session, unit_id, version)
    unit.may("extend")
    held = await crud.units.get_open_hold(session, unit_id)
    held.extend(hours, Rules.of(unit.project.rules))
    unit.extend(held.expires_at)
    await vacancies.extend_offer(session, held)
    notify(session, Event.hold_extended, held, part=held.extensions, **unit.names, until=_said(held.expires_at))
    return unit


async def end_hold(session: AsyncSession, identity: Identity, unit_id: int, version: Versions | None) -> Unit:
    """Let go of a hold, as its holder or for the builder. Conflict NOT_HELD for a customer who has none; a team is told the unit's state."""
    unit, now = await fetch(session, unit_id, version)
    if identity.role is Role.customer and (unit.status is not UnitStatus.held or unit.customer_id != identity.me):
        raise Conflict("NOT_HELD", "There is no running hold of yours on this unit.")
    unit.may("end_hold")
    held = await crud.units.get_open_hold(session, unit_id)
    held.end(HoldEnd.released)
    await vacancies.end_offer(session, held)
    await vacancies.vacate(session, unit, "end_hold", now)
    notify(session, Event.hold_released, held, **unit.names)
    return unit


async def _check_limits(session: AsyncSession, unit: Unit, customer_id: int) -> None:
    if await crud.units.count_running_holds(session, unit.project_id, customer_id) >= MOST_HOLDS:
        raise Conflict("HOLD_LIMIT", f"At most {MOST_HOLDS} units of a project can be held at a time.")
    if await crud.units.count_recent_holds(session, unit.id, customer_id, RECENTLY) >= MOST_HOLDS:
        raise Conflict("HOLD_TOO_OFTEN", f"This unit was held {MOST_HOLDS} times in the last half hour; please wait a little.")


def _hold_time(identity: Identity, rules: Rules, hours: int | None, terms: str | None) -> timedelta:
    if identity.role is Role.customer:
        for name, value in (("hours", hours), ("terms", terms)):
            if value is not None:
                raise Invalid.field(name, "Only the builder's team says this.", "TEAM_ONLY")
        return timedelta(minutes=rules.hold_minutes)
    if hours is not None and hours > rules.longest_hold:
        raise Invalid.field("hours", f"A hold lasts at most {rules.longest_hold} hours.", "OUT_OF_RANGE")
    return timedelta(hours=hours or rules.staff_hold_hours)


def _place(unit: Unit) -> dict[str, int]:
    return {"builder_id": unit.builder_id, "project_id": unit.project_id, "unit_id": unit.id}


def _said(moment: datetime | None) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC"
