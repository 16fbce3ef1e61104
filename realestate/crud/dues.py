"""Lines of schedules whose day comes or has passed, by the calendar of the place where the project stands."""

from collections.abc import Sequence

from sqlalchemy import Date, Integer, Numeric, Select, cast, func, select, tuple_, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from realestate.models.bookings import OWING, Booking
from realestate.models.payments import IS_OWED, LATE_BEFORE, TODAY_THERE, Installment, InstallmentKind, InstallmentStatus
from realestate.models.projects import Project

I = InstallmentStatus
_DAYS_LEFT = type_coerce(Installment.due_date - TODAY_THERE, Integer)


async def due_bookings(session: AsyncSession, most: int, after: tuple[int, int] | None = None) -> Sequence[tuple[int, int]]:
    """Bookings with a line whose day has come and which has not been demanded, each with its unit; not locked."""
    due = (
        select(Booking.unit_id, Booking.id)
        .join(Installment, Installment.booking_id == Booking.id)
        .join(Project, Project.id == Booking.project_id)
        .where(
            Installment.due_date <= func.current_date() + 1,
            Installment.status == I.scheduled,
            Installment.demand_state.is_(None),
            _DAYS_LEFT <= 0,
            Booking.status.in_(OWING),
        )
        .distinct()
    )
    return await _page(session, due, most, after)


_RATE = func.coalesce(Booking.interest_terms["interest_percent"].astext, Project.rules["interest_percent"].astext, "0")
_MONTH_ENDED = type_coerce(cast(func.date_trunc("month", TODAY_THERE), Date) - 1, Date)
"""The last day of the month before this one, where a project stands."""


async def unclosed_bookings(session: AsyncSession, most: int, after: tuple[int, int] | None = None) -> Sequence[tuple[int, int]]:
    """Bookings, each with its unit, with a line that was late when the last month ended, is still owed, and bears interest that has not been
    charged up to that day; not locked."""
    interest = aliased(Installment)
    closed = select(interest.id).where(interest.interest_of_id == Installment.id, interest.interest_until >= _MONTH_ENDED)
    grace = func.coalesce(cast(Booking.interest_terms["grace_days"].astext, Integer), TODAY_THERE - LATE_BEFORE)
    late = (
        select(Booking.unit_id, Booking.id)
        .join(Installment, Installment.booking_id == Booking.id)
        .join(Project, Project.id == Booking.project_id)
        .where(
            Installment.due_date < func.current_date(),
            Installment.due_date + grace < _MONTH_ENDED,
            Installment.kind == InstallmentKind.installment,
            IS_OWED,
            Booking.status.in_(OWING),
            cast(_RATE, Numeric) > 0,
            ~closed.exists(),
        )
        .distinct()
    )
    return await _page(session, late, most, after)


async def _page(session: AsyncSession, bookings: Select[int, int], most: int, after: tuple[int, int] | None) -> Sequence[tuple[int, int]]:
    key = tuple_(Booking.unit_id, Booking.id)
    rows = await session.execute(bookings.where(key > (after or (0, 0))).order_by(Booking.unit_id, Booking.id).limit(most))
    return [(unit_id, booking_id) for unit_id, booking_id in rows]
