"""Demands: a line of the schedule becomes money that is owed by a day."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentStatus, Series
from realestate.services.notifications import notify
from realestate.services.payments.numbering import number


async def demand(session: AsyncSession, booking: Booking, line: Installment, today: date, now: datetime) -> None:
    """Issue it: numbered in the year of today, and told."""
    line.demand_no = await number(session, booking, Series.demand, today)
    line.status, line.demanded_at = InstallmentStatus.demanded, now
    facts = {"number": booking.booking_number, "line": line.name, "demand": line.demand_no}
    notify(session, Event.demand_issued, line, **facts, amount=f"{booking.currency} {line.amount:,.2f}", due=f"{line.due_date:%d %b %Y}")
