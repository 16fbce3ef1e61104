"""Who waits for what becomes free, and the time."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.bookings import Booking, BookingStatus
from realestate.models.units import Unit, UnitStatus


async def find_next_waiting(session: AsyncSession, unit_id: int) -> Booking | None:
    """Whoever waits longest for the unit, locked. Lock the unit first."""
    waiting = select(Booking).where(Booking.unit_id == unit_id, Booking.status == BookingStatus.waitlisted)
    return await session.scalar(waiting.order_by(Booking.id).limit(1).with_for_update(of=Booking).execution_options(populate_existing=True))


async def waited_for(session: AsyncSession, project_id: int) -> Sequence[int]:
    """Units of a project that are on sale and that somebody waits for, in the order in which they are locked."""
    waiting = select(Booking.unit_id).where(Booking.project_id == project_id, Booking.status == BookingStatus.waitlisted)
    free = select(Unit.id).where(Unit.project_id == project_id, Unit.status == UnitStatus.available, Unit.id.in_(waiting))
    return (await session.scalars(free.order_by(Unit.id))).all()
