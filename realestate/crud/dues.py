"""Lines of schedules whose day comes or has passed, by the calendar of the place where the project stands."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, Text, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.notifications import Event, Notification, Subject
from realestate.models.payments import LATE_BEFORE, TODAY_THERE, Installment, InstallmentStatus
from realestate.models.projects import Project
from realestate.models.units import Unit

AHEAD = (7, 1)
"""Days before the due date."""
LATE = (30, 15, 7, 1)
"""Days after it and the days of grace. Who comes late, in either direction, says only the nearest."""
LOOKED_BACK = 120
"""Days. Who was told for the last time three months ago is not looked for again and again; ten days of grace and a month are well within it."""
I = InstallmentStatus
_NEAR = Installment.due_date.between(func.current_date() - LOOKED_BACK, func.current_date() + max(AHEAD) + 1)
"""Whatever the zone: what an index can find."""
_STANDS = Booking.status.in_([status for status in ACTIVE if status not in (BookingStatus.reserved, BookingStatus.cancellation_requested)])
_DAYS_LEFT = type_coerce(Installment.due_date - TODAY_THERE, Integer)
_DAYS_LATE = type_coerce(LATE_BEFORE - Installment.due_date, Integer)
_DEMANDED = Installment.status.in_([I.demanded, I.partially_paid])
_KNOWN_ON = cast(func.timezone(Project.timezone, func.coalesce(Installment.demanded_at, Installment.created_at)), TODAY_THERE.type)


class Notice(NamedTuple):
    """A line that its buyer is to be told of: a number of days before it is due, or after."""

    line: Installment
    booking: Booking
    is_late: bool
    days: int


def _part(days: Any) -> Any:
    return cast(days, Text) + "d"


async def take_notices(session: AsyncSession, most: int) -> Sequence[Notice]:
    """What has not been said yet, with unit and project. What another worker has in hand is left to it."""
    ahead = case(*((_DAYS_LEFT <= days, days) for days in sorted(AHEAD)))
    late = case(*((_DAYS_LATE >= days, days) for days in LATE))
    is_late = _DAYS_LATE >= 1
    days = cast(case((is_late, late), else_=ahead), Integer)
    event = case((is_late, Event.payment_overdue.value), else_=Event.payment_due_soon.value)
    key = func.concat_ws(":", event, Subject.installment.value, cast(Installment.id, Text), _part(days))
    said = select(Notification.id).where(Notification.user_id == Installment.customer_id, Notification.dedupe_key == key)
    is_coming = and_(
        _DAYS_LEFT.between(0, max(AHEAD)),
        or_(_DEMANDED, Installment.status == I.scheduled),
        _KNOWN_ON <= Installment.due_date - days,
    )
    wanted = (
        select(Installment, Booking, is_late, days)
        .join(Booking, Booking.id == Installment.booking_id)
        .join(Project, Project.id == Booking.project_id)
        .where(_NEAR, _STANDS, or_(and_(is_late, _DEMANDED), is_coming), ~said.exists())
        .options(joinedload(Booking.unit, innerjoin=True).joinedload(Unit.project, innerjoin=True))
    )
    rows = await session.execute(wanted.order_by(Installment.id).limit(most).with_for_update(of=Installment, skip_locked=True))
    return [Notice(*row) for row in rows]


async def due_bookings(session: AsyncSession, most: int) -> Sequence[tuple[int, int]]:
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
            _STANDS,
        )
        .distinct()
    )
    return [(unit_id, booking_id) for unit_id, booking_id in await session.execute(due.order_by(Booking.unit_id).limit(most))]
