"""Claims on a unit that the clock has ended: a hold not used, a reserve not paid for.

They are free at query time without anybody's doing. Whoever claims the unit next, or a sweeper, writes down what has happened,
speaking as the system: domain.md §1 and §2 give these steps to nobody else.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.models.notifications import Event
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.services.notifications import notify


async def lapse(session: AsyncSession, unit: Unit) -> None:
    """End a claim whose time is over (see `crud.units.lock`), tell those who had it, and put the unit back on the market."""
    async with as_system(session):
        if unit.status is UnitStatus.held:
            await _expire_hold(session, unit)
        else:
            await _expire_booking(session, unit)


async def _expire_hold(session: AsyncSession, unit: Unit) -> None:
    hold = await crud.units.get_open_hold(session, unit.id)
    hold.end(HoldEnd.expired)
    unit.free("end_hold")
    notify(session, Event.hold_expired, hold, **unit.names)


async def _expire_booking(session: AsyncSession, unit: Unit) -> None:
    booking = await crud.bookings.find_active_of_unit(session, unit.id)
    assert booking is not None, "a reserved unit has its booking"
    booking.expire()
    await crud.payments.cancel_schedule(session, booking.id)
    unit.free("end_booking")
    notify(session, Event.booking_expired, booking, number=booking.booking_number, **unit.names)
