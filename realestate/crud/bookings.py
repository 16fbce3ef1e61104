"""Bookings in the database: found and locked."""

from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.bookings import ACTIVE, OPEN, Booking, BookingStatus
from realestate.models.units import Unit
from realestate.writing import Command


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


_OF_CUSTOMER = Booking.customer_id == bindparam("customer")
_UNPAID = (
    select(func.count())
    .where(Booking.project_id == bindparam("project"), _OF_CUSTOMER)
    .where(Booking.status == BookingStatus.reserved, Booking.reserve_expires_at > func.now())
    .scalar_subquery()
)
_INQUIRY = (
    select(Booking.id, Booking.status)
    .where(Booking.unit_id == bindparam("unit"), _OF_CUSTOMER, Booking.status.in_(OPEN))
    .order_by(Booking.id)
    .limit(1)
    .subquery("inquiry")
)
_STANDING = Command(
    select(_UNPAID.label("unpaid"), _INQUIRY.c.id.label("inquiry_id"), _INQUIRY.c.status.label("inquiry_status")).select_from(
        select(literal_column("1")).subquery("once").outerjoin(_INQUIRY, true())
    )
)


async def standing(session: AsyncSession, unit: Unit, customer_id: int) -> Any:
    """How many reserves of the project wait for their token (`unpaid`), and the customer's open enquiry about the unit, if there is one
    (`inquiry_id`, `inquiry_status`). Lock the unit and the customer's lead first."""
    return await _STANDING(session, unit=unit.id, project=unit.project_id, customer=customer_id)


async def find_enquiry_in(session: AsyncSession, project_id: int, customer_id: int, unit_id: int | None) -> Booking | None:
    """The customer's latest open enquiry in the project, about that unit if one is named; not locked."""
    mine = select(Booking).where(
        Booking.project_id == project_id, Booking.customer_id == customer_id, Booking.status == BookingStatus.inquiry
    )
    mine = mine if unit_id is None else mine.where(Booking.unit_id == unit_id)
    return await session.scalar(mine.order_by(Booking.id.desc()).limit(1))
