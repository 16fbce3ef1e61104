"""Bookings in the database: found and locked."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.bookings import ACTIVE, Booking, BookingStatus


async def get(session: AsyncSession, booking_id: int) -> Booking:
    """The booking, locked until the transaction ends. Lock the unit first when both change (domain.md: unit → booking → payment)."""
    locked = select(Booking).where(Booking.id == booking_id).with_for_update(of=Booking).execution_options(populate_existing=True)
    booking = await session.scalar(locked)
    if booking is None:
        raise NotFound
    return booking


async def peek(session: AsyncSession, booking_id: int) -> Booking:
    """The booking, not locked: for its unit, which never changes, and for refusals that need no lock."""
    booking = await session.scalar(select(Booking).where(Booking.id == booking_id))
    if booking is None:
        raise NotFound
    return booking


async def find_active_of_unit(session: AsyncSession, unit_id: int) -> Booking | None:
    """The one booking that claims the unit, locked."""
    return await session.scalar(select(Booking).where(Booking.unit_id == unit_id, Booking.status.in_(ACTIVE)).with_for_update(of=Booking))


async def find_inquiry(session: AsyncSession, unit_id: int, customer_id: int) -> Booking | None:
    """The customer's open enquiry about the unit, locked: a reserve goes on from it."""
    open_states = (BookingStatus.inquiry, BookingStatus.site_visit_scheduled)
    return await session.scalar(
        select(Booking)
        .where(Booking.unit_id == unit_id, Booking.customer_id == customer_id, Booking.status.in_(open_states))
        .order_by(Booking.id)
        .limit(1)
        .with_for_update(of=Booking)
    )


async def find_enquiry_in(session: AsyncSession, project_id: int, customer_id: int, unit_id: int | None) -> Booking | None:
    """The customer's latest open enquiry in the project, about that unit if one is named; not locked."""
    mine = select(Booking).where(
        Booking.project_id == project_id, Booking.customer_id == customer_id, Booking.status == BookingStatus.inquiry
    )
    mine = mine if unit_id is None else mine.where(Booking.unit_id == unit_id)
    return await session.scalar(mine.order_by(Booking.id.desc()).limit(1))


async def count_unpaid(session: AsyncSession, project_id: int, customer_id: int) -> int:
    """How many reserves of the project wait for their token. Lock the customer's lead first."""
    waiting = (Booking.status == BookingStatus.reserved, Booking.reserve_expires_at > func.now())
    mine = select(func.count()).where(Booking.project_id == project_id, Booking.customer_id == customer_id, *waiting)
    return (await session.scalars(mine)).one()
