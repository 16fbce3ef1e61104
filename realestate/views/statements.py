"""What statements are made of, and how old what is owed has become."""

from typing import Any

from sqlalchemy import Date, Integer, bindparam, func, or_, select, type_coerce
from sqlalchemy import cast as sql_cast

from realestate.models.base import Money
from realestate.models.bookings import Booking
from realestate.models.payments import IS_OWED, LATE_BEFORE, Installment
from realestate.models.projects import Project
from realestate.reading import Detail, Summary, as_list, said
from realestate.schemas.statements import StatementBasis

STATEMENT = Detail(Booking, StatementBasis)

MOST = 100
_LEFT = Installment.amount - Installment.allocated
_DAYS = type_coerce(LATE_BEFORE - Installment.due_date, Integer)
_WANTED = or_(bindparam("project_id", type_=Installment.project_id.type).is_(None), Installment.project_id == bindparam("project_id"))


def _sum(*where: Any) -> Any:
    total = func.sum(_LEFT).filter(*where) if where else func.sum(_LEFT)
    return said(func.coalesce(total, 0, type_=Money))


_BUCKETS = {
    "not_due": or_(Installment.due_date.is_(None), _DAYS <= 0),
    "days_1_30": _DAYS.between(1, 30),
    "days_31_60": _DAYS.between(31, 60),
    "days_61_90": _DAYS.between(61, 90),
    "days_over_90": _DAYS > 90,
    "overdue": _DAYS > 0,
}
_OWED = select().select_from(Installment).join(Project, Project.id == Installment.project_id).where(IS_OWED, _WANTED)
_AGEING = (
    _OWED.add_columns(Project.currency, *(_sum(rows).label(name) for name, rows in _BUCKETS.items()), _sum().label("outstanding"))
    .group_by(Project.currency)
    .order_by(Project.currency)
)
_LATE = (
    _OWED.join(Booking, Booking.id == Installment.booking_id)
    .where(_DAYS > 0)
    .add_columns(
        Booking.id.label("booking_id"),
        Booking.booking_number,
        Booking.currency,
        _sum().label("overdue"),
        sql_cast(func.min(Installment.due_date), Date).label("oldest_due_date"),
        func.count().label("lines"),
    )
    .group_by(Booking.id)
    .order_by(func.min(Installment.due_date), Booking.id)
    .limit(MOST)
)
COLLECTIONS = Summary({"ageing": as_list(_AGEING), "bookings": as_list(_LATE)})
