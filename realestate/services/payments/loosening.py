"""The end of a reserve: what becomes of a claim when money that spoke for it has failed, or has gone back."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED, ON_THEIR_WAY, PaymentStatus
from realestate.models.rules import Rules
from realestate.models.units import Unit
from realestate.services.notifications import notify

CLAIMED_BY_MONEY = (BookingStatus.reserved, BookingStatus.token_paid)
GRACE = timedelta(days=1)
"""For whoever has sent money in time that did not come: they hear of it by a message, perhaps at night, and pay in another way."""


async def loosen(session: AsyncSession, booking: Booking, unit: Unit, now: datetime, sent_at: datetime) -> None:
    """A reserve that nothing speaks for any more has its old end again, when the money that was sent at `sent_at` has failed. Where that end
    has passed meanwhile, money sent before it earns a short grace, and money sent after it none: so nobody keeps a unit by failing.
    A booking whose token is gone is such a reserve again, after a grace at the earliest. Lock unit and booking first."""
    if booking.status is BookingStatus.token_paid and await lacks_token(session, booking):
        await _lose_token(session, booking, unit, now)
        return
    if booking.status is not BookingStatus.reserved or await crud.payments.total(session, booking.id, ON_THEIR_WAY):
        return
    end, grace = _ends(booking, unit, now)
    if end <= now:
        end = grace if sent_at < end else now
    booking.reserve_expires_at = unit.hold_expires_at = end


async def lacks_token(session: AsyncSession, booking: Booking) -> bool:
    """Whether less than the token is there now."""
    return await crud.payments.total(session, booking.id, CLEARED) < booking.token_amount


async def _lose_token(session: AsyncSession, booking: Booking, unit: Unit, now: datetime) -> None:
    """Only money on its way keeps the unit without an end; what is there goes back with it (`services.claims`)."""
    async with as_system(session):
        booking.token_lost()
        if await crud.payments.total(session, booking.id, [PaymentStatus.clearance_pending]):
            return
        until = booking.reserve_expires_at = unit.hold_expires_at = max(_ends(booking, unit, now))
    said = {"token": f"{booking.currency} {booking.token_amount:,.2f}", "until": f"{until:%d %b %Y, %H:%M} UTC"}
    notify(session, Event.booking_reserved, booking, part=f"{now:%Y%m%d%H%M%S%f}", number=booking.booking_number, **unit.names, **said)


def _ends(booking: Booking, unit: Unit, now: datetime) -> tuple[datetime, datetime]:
    """The old end of a reserve, and a short one from now on."""
    whole = timedelta(hours=Rules.of(unit.project.rules).reserve_hours)
    return booking.booking_date + whole, now + min(GRACE, whole)
