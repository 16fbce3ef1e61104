"""What a portal shows first: figures and short lists over what the caller may see, in one statement each."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Date, and_, cast, func, null, select
from sqlalchemy.orm import column_property

from realestate.models.appointments import LIVE, Appointment
from realestate.models.base import Money
from realestate.models.bookings import ACTIVE, Booking, BookingGroup
from realestate.models.change_requests import ChangeRequest, ChangeRequestStatus
from realestate.models.notifications import Notification
from realestate.models.payments import (
    HAS_MOVED,
    IS_LIVE,
    IS_OWED,
    IS_REVENUE,
    LATE_BEFORE,
    OWED,
    RECEIVED,
    TODAY_THERE,
    Installment,
    Payment,
)
from realestate.models.progress import ConstructionUpdate
from realestate.models.projects import Project
from realestate.models.units import Unit, UnitStatus
from realestate.reading import Summary, as_list, as_object, fields
from realestate.schemas import dashboards as wire
from realestate.schemas.notifications import NotificationOut
from realestate.views import messages, notifications
from realestate.views.currencies import PENDING_BY_CURRENCY, by_currency, of_currency

FEW, SOME = 5, 20


def _first(limit: int, schema: type[BaseModel], model: Any, *where: ColumnElement[bool], order: tuple[Any, ...]) -> Any:
    return as_list(select(*fields(schema, model)).where(*where).order_by(*order).limit(limit))


def _counted(model: Any, **conditions: ColumnElement[bool]) -> Any:
    counts = (func.count().filter(condition).label(name) for name, condition in conditions.items())
    return select(*counts).select_from(model)


_IS_LIVE = Appointment.status.in_(LIVE)
_COMING = _first(
    FEW, wire.UpcomingAppointment, Appointment, _IS_LIVE, Appointment.ends_at > func.now(), order=(Appointment.starts_at, Appointment.id)
)

# ── A team's ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

_UNITS = _counted(Unit, **{status.value: Unit.current_status == status for status in UnitStatus})
_BOOKINGS = _counted(Booking, **{group.value: Booking.group == group for group in BookingGroup})
_TOTAL = func.count().label("total")


_BOOKED = func.coalesce(func.sum(Booking.total_amount), 0, type_=Money)
_THIS_MONTH = Payment.payment_date.between(cast(func.date_trunc("month", TODAY_THERE), Date), TODAY_THERE)
_SUMS = {
    "booked": of_currency(_BOOKED, Booking, Booking.current_status.in_(ACTIVE)),
    "received": of_currency(RECEIVED, Payment, IS_REVENUE),
    "received_this_month": of_currency(RECEIVED, Payment, HAS_MOVED, _THIS_MONTH),
    "outstanding": PENDING_BY_CURRENCY,
    "overdue": of_currency(OWED, Installment, IS_OWED, Installment.due_date < LATE_BEFORE),
}


_SOON = Appointment.starts_at.between(func.now(), func.now() + timedelta(days=7))
_TODAY = cast(func.timezone(Project.timezone, Appointment.starts_at), Date) == TODAY_THERE
_AROUND_NOW = Appointment.starts_at.between(func.now() - timedelta(days=2), func.now() + timedelta(days=7))
_APPOINTMENTS = (
    _counted(Appointment, today=_TODAY, next_7_days=_SOON).join(Project, Project.id == Appointment.project_id).where(_IS_LIVE, _AROUND_NOW)
)
_CHANGE = ChangeRequest.current_status
_S = ChangeRequestStatus
_ACTIVITY = _first(FEW, NotificationOut, Notification, Notification.archived_at.is_(None), order=(Notification.seq.desc(),))

BUILDER_DASHBOARD = Summary(
    {
        "units": as_object(_UNITS.add_columns(_TOTAL)),
        "bookings": as_object(_BOOKINGS.add_columns(_TOTAL)),
        "revenue": as_list(by_currency(_SUMS)),
        "appointments": as_object(_APPOINTMENTS.add_columns(_COMING.label("next"))),
        "conversations": as_object(messages.CONVERSATION_FIGURES),
        "change_requests": as_object(
            _counted(
                ChangeRequest,
                waiting=_CHANGE.in_([_S.submitted, _S.under_review]),
                quoted=_CHANGE == _S.quoted,
                approved=_CHANGE == _S.approved,
                in_progress=_CHANGE == _S.in_progress,
            )
        ),
        "projects": _first(SOME, wire.ProjectFigures, Project, order=(Project.created_at.desc(), Project.id.desc())),
        "unread_notifications": notifications.UNREAD,
        "activity": _ACTIVITY,
    }
)
WITHOUT_MONEY = Summary({**BUILDER_DASHBOARD.figures, "revenue": null()})
"""For those of the team who do not read reports."""

# ── A customer's ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_NEXT = (
    select(*fields(wire.NextDue, Installment))
    .where(Installment.booking_id == Booking.id, IS_LIVE, Installment.allocated < Installment.amount, Installment.due_date.is_not(None))
    .order_by(Installment.due_date, Installment.seq)
    .limit(1)
    .correlate(Booking)
)
Booking.next_due = column_property(as_object(_NEXT), deferred=True, raiseload=True)

_HAS_BOOKED = ConstructionUpdate.project_id == func.any(
    func.array(select(Booking.project_id).where(Booking.group != BookingGroup.cancelled).scalar_subquery())
)

CUSTOMER_DASHBOARD = Summary(
    {
        "bookings": _first(SOME, wire.BookingOnDashboard, Booking, order=(Booking.created_at.desc(), Booking.id.desc())),
        "appointments": _COMING,
        "change_requests": _first(
            SOME, wire.QuoteOnDashboard, ChangeRequest, _CHANGE == _S.quoted, order=(ChangeRequest.quote_valid_until, ChangeRequest.id)
        ),
        "updates": _first(
            FEW,
            wire.UpdateOnDashboard,
            ConstructionUpdate,
            and_(_HAS_BOOKED, ConstructionUpdate.is_published),
            order=(ConstructionUpdate.published_at.desc(), ConstructionUpdate.id.desc()),
        ),
        "unread_notifications": notifications.UNREAD,
        "unread_messages": messages.UNREAD,
    }
)
