"""What is not right in a home: reported by either side, answered by the company."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Role
from realestate.models.base import Versions
from realestate.models.bookings import BookingStatus, Snag
from realestate.models.notifications import Event
from realestate.schemas.possession import SnagCreate, SnagUpdate
from realestate.services.notifications import notify

SNAGGABLE = (BookingStatus.registered, BookingStatus.possession_offered, BookingStatus.handed_over, BookingStatus.agreement_signed)


async def report(session: AsyncSession, by: Identity, booking_id: int, said: SnagCreate) -> Snag:
    """Something is not right. Whether it blocks the handover is for the company to say."""
    booking = await crud.bookings.peek(session, booking_id)
    if booking.status not in SNAGGABLE:
        raise Conflict("NOT_READY", f"The home of a booking that is {booking.status} is not inspected.")
    if by.role is Role.customer and said.is_blocking:
        raise Invalid.field("is_blocking", "This is for the company to say.")
    whose = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")}
    snag = Snag(**whose, booking_id=booking_id, reported_by=by.me, **said.model_dump())
    session.add(snag)
    await session.flush()
    notify(session, Event.snag_reported, snag, number=booking.booking_number, title=snag.title)
    return snag


async def answer(session: AsyncSession, snag_id: int, said: SnagUpdate, version: Versions | None = None) -> Snag:
    """What became of it."""
    snag = await crud.bookings.get_snag(session, snag_id)
    snag.expect(version)
    if said.step:
        snag.take(said.step.value)
    snag.is_blocking = snag.is_blocking if said.is_blocking is None else said.is_blocking
    snag.response = said.response or snag.response
    await session.flush()
    booking = await crud.bookings.peek(session, snag.booking_id)
    facts = {"number": booking.booking_number, "title": snag.title, "state": snag.status.value}
    notify(session, Event.snag_answered, snag, part=str(snag.version), **facts)
    return snag
