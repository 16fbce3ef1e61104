"""Claims on a unit that the clock has ended: a hold not used, an offer not taken, a reserve not paid for.

They are free at query time without anybody's doing. Whoever claims the unit next, or a sweeper, writes down what has happened,
speaking as the system: domain.md §1 and §2 give these steps to nobody else.
"""

from datetime import UTC, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, as_system, transaction
from realestate.errors import Transient
from realestate.models.notifications import Event
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.services import endings, payments, vacancies
from realestate.services.jobs import every, one_by_one
from realestate.services.notifications import notify


async def make_way(session: AsyncSession, unit: Unit, now: datetime) -> None:
    """For somebody who comes upon a claim whose time is over: end it. Transient where others wait: then the unit goes to the next of them
    first, apart from what the caller wants, which may be refused and would take that along."""
    async with as_system(session):
        waits = await crud.claims.find_next_waiting(session, unit.id)
    if waits:
        raise Transient(partial(_end, unit.id))
    await lapse(session, unit, now)


async def lapse(session: AsyncSession, unit: Unit, now: datetime) -> None:
    """End a claim whose time is over (see `crud.units.lock`), tell those who had it, and let the next one have the unit."""
    async with as_system(session):
        if unit.status is UnitStatus.held:
            await _expire_hold(session, unit)
            await vacancies.vacate(session, unit, "end_hold", now)
        else:
            await _expire_booking(session, unit)
            await vacancies.vacate(session, unit, "end_booking", now)


async def _expire_hold(session: AsyncSession, unit: Unit) -> None:
    hold = await crud.units.get_open_hold(session, unit.id)
    hold.end(HoldEnd.expired)
    await vacancies.end_offer(session, hold)
    if hold.booking_id is None:
        notify(session, Event.hold_expired, hold, **unit.names)


async def _expire_booking(session: AsyncSession, unit: Unit) -> None:
    booking = await crud.bookings.find_active_of_unit(session, unit.id)
    assert booking is not None, "a reserved unit has its booking"
    booking.expire()
    await endings.close(session, booking, unit.project)
    await payments.queue_full_refund(session, WORKER, booking, "The token did not come in time.")
    notify(session, Event.booking_expired, booking, number=booking.booking_number, **unit.names)


# ── What the clock does ─────────────────────────────────────────────────────────────────────────────────────────────────────

MOST_AT_ONCE = 500


async def end_due() -> int:
    """Write down which holds and reserves have run out; how many. Each in a transaction of its own, in any number of processes."""
    due = await every(crud.units.due_claims, MOST_AT_ONCE)
    return await one_by_one([unit_id for _, unit_id in due], _end)


async def _end(unit_id: int) -> bool:
    async with transaction(WORKER) as session:
        unit = await crud.units.take_due_claim(session, unit_id)
        if unit is not None:
            was_booked = unit.status is UnitStatus.reserved
            await lapse(session, unit, await crud.clock.now(session))
            if was_booked:
                vacancies.tell_followers(session, unit)
    return unit is not None


async def warn() -> int:
    """Tell whose hold is about to end; how many."""
    async with transaction(WORKER) as session:
        ending = await crud.units.take_ending_holds(session, MOST_AT_ONCE)
        for hold, unit in ending:
            part, until = f"{hold.expires_at.astimezone(UTC):%Y%m%d%H%M}", f"{hold.expires_at.astimezone(UTC):%d %b %Y, %H:%M} UTC"
            notify(session, Event.hold_expiring, hold, part=part, **unit.names, until=until)
    return len(ending)
