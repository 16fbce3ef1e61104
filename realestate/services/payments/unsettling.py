"""Money that fails when its booking has ended already: what goes back of the rest is worked out anew."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.errors import Conflict
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.payments import Payment
from realestate.models.settlements import kept, without
from realestate.models.units import Unit
from realestate.services.notifications import notify
from realestate.services.payments import refunds

ANEW = "The settlement, worked out anew: money that it was made of has bounced."


async def unsettle(session: AsyncSession, booking: Booking, unit: Unit, receipt: Payment, now: datetime) -> None:
    """Nothing is owed again. A settlement is kept as it would be without this receipt, if that was there when it was made; refunds of others
    are asked for anew where they do not come to the same. Lock unit and booking first."""
    async with as_system(session):
        await crud.payments.cancel_schedule(session, booking.id)
        settled = (booking.cancellation or {}).get("settlement")
        if not settled or not receipt.cleared_at or receipt.cleared_at > await crud.bookings.ended_at(session, booking.id):
            settled = None  # it is no part of one
        else:
            booking.settle_anew(settled := without(settled, receipt.amount))
    if settled:
        if await _beyond(session, booking) < 0:
            await drop(session, booking, ANEW)
        if (beyond := await _beyond(session, booking)) > 0:
            await refunds.spread(session, session.info["identity"], booking, beyond, ANEW)
        said = {"amount": f"{booking.currency} {Decimal(settled['refundable']):,.2f}"}
        said |= {"due": f"{date.fromisoformat(settled['refund_due_by']):%d %b %Y}"}
        part = f"{now:%Y%m%d%H%M%S%f}"
        notify(session, Event.cancellation_settled, booking, part=part, number=booking.booking_number, **unit.names, **said)
    await refunds.let_go_of_unit(session, booking)


async def drop(session: AsyncSession, booking: Booking, reason: str, of: Payment | None = None) -> None:
    """Refuse what has been asked for and is not paid: of a receipt that has not been paid itself, or of all. What a gateway has been told to
    send goes; where nothing is left to send, Conflict REFUND_SENT."""
    for refund in await crud.payments.under_way(session, booking.id):
        if of is not None and refund.refund_of_id != of.id or of is None and refund.gateway:
            continue
        if refund.gateway:
            raise Conflict("REFUND_SENT", "The gateway has been told to send it back.")
        refund.take("reject")
        refund.reason = reason
        notify(session, Event.refund_rejected, refund, **await refunds.facts(session, refund), reason=reason)
    await session.flush()
    if of is not None:
        await session.refresh(of, ["going_back"])


async def _beyond(session: AsyncSession, booking: Booking) -> Decimal:
    """What is there, is not on its way back, and is not the company's to keep. Negative when too much is on its way."""
    left = sum((receipt.remainder for receipt in await crud.payments.receipts(session, booking.id)), Decimal(0))
    return left - kept(booking.cancellation)
