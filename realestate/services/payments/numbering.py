"""Numbers of papers, such as R-2026-27-00042."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import Booking
from realestate.models.money import financial_year
from realestate.models.payments import Series

PREFIXES = {Series.receipt: "R", Series.demand: "D", Series.credit: "C", Series.credit_note: "CN"}


async def number(session: AsyncSession, booking: Booking, series: Series, day: date) -> str:
    """Gap-free per builder, series and financial year."""
    year = financial_year(day, booking.currency)
    return f"{PREFIXES[series]}-{year}-{await crud.payments.next_number(session, booking.builder_id, series, year):05d}"
