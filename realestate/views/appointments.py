"""Appointments, as their customer and as their builder's team see them."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from realestate.models.accounts import User
from realestate.models.appointments import SETTING, Appointment, AppointmentStatus
from realestate.models.projects import Project
from realestate.models.settings import NARROWNESS, SettingScope, SystemSetting
from realestate.reading import Collection, Detail, Listing, Summary, as_object
from realestate.schemas.appointments import AppointmentOut, AppointmentPage, TeamAppointment, TeamAppointmentPage
from realestate.schemas.calendars import CalendarEntry

S = AppointmentStatus
MOST_ENTRIES = 500
"""Of a calendar: writing them takes half a millisecond each."""
MOST_OF_PROJECT = 500
"""Of the array that a portal shows; the listing pages through all."""
NEWEST_FIRST = (Appointment.starts_at.desc(), Appointment.id.desc())

APPOINTMENT = Detail(Appointment, AppointmentOut, path="/api/appointments", team=TeamAppointment)

APPOINTMENTS_OF_CUSTOMER = Collection(
    Appointment, AppointmentOut, where=Appointment.customer_id == bindparam("customer_id"), order=NEWEST_FIRST, team=TeamAppointment
)
APPOINTMENTS_OF_PROJECT = Collection(
    Appointment,
    AppointmentOut,
    where=Appointment.project_id == bindparam("project_id"),
    order=NEWEST_FIRST,
    parent=select(Project.id).where(Project.id == bindparam("project_id")).exists(),
    team=TeamAppointment,
    limited=True,
)


def _count(label: str, *states: AppointmentStatus) -> ColumnElement[Any]:
    return func.count().filter(Appointment.status.in_(states)).label(label)


_STATS = as_object(
    select(
        func.count().label("total"),
        _count("confirmed", S.confirmed),
        _count("pending", S.requested, S.scheduled),
        _count("completed", S.completed),
        _count("cancelled", S.cancelled),
    ).select_from(Appointment)
)

APPOINTMENTS = Listing(
    Appointment,
    AppointmentPage,
    team=TeamAppointmentPage,
    sorts={"appointment_date": Appointment.starts_at, "created_at": Appointment.created_at},
    filters={
        "status": or_(Appointment.status == bindparam("status"), Appointment.group == bindparam("status")),
        "type": Appointment.appointment_type == bindparam("type"),
        "project_id": Appointment.project_id == bindparam("project_id"),
    },
    extras={"stats": _STATS},
)

# ── For what Python makes of it ─────────────────────────────────────────────────────────────────────────────────────────────

CALENDAR_ENTRY = Collection(Appointment, CalendarEntry, where=Appointment.id == bindparam("appointment_id"), order=())
_MINE = or_(Appointment.customer_id == bindparam("me"), Appointment.assigned_to == bindparam("me"))  # a team's calendar is not a person's
_RECENT = and_(Appointment.status != S.rescheduled, Appointment.starts_at > func.now() - func.make_interval(0, 0, 0, 30))
_LATEST = select(Appointment.id).where(_MINE, _RECENT).order_by(*NEWEST_FIRST).limit(MOST_ENTRIES)
CALENDAR = Collection(
    Appointment, CalendarEntry, where=Appointment.id == func.any(func.array(_LATEST.scalar_subquery())), order=NEWEST_FIRST
)

AGENDA = Summary(
    {
        "agenda": func.agenda(
            bindparam("project_id", type_=BigInteger),
            bindparam("since", type_=DateTime(timezone=True)),
            bindparam("until", type_=DateTime(timezone=True)),
            type_=JSONB,
        )
    }
)


def _kept(*where: ColumnElement[bool]) -> Any:
    """Values of the key, the narrowest last."""
    values = func.json_agg(aggregate_order_by(SystemSetting.setting_value, NARROWNESS))
    return select(func.coalesce(values, func.json_build_array())).where(SystemSetting.setting_key == SETTING, *where).scalar_subquery()


_PROJECT, _USER = bindparam("project_id", type_=BigInteger), bindparam("user_id", type_=BigInteger)
_OF_COMPANY, _OF_PROJECT, _OF_USER = (
    SystemSetting.scope == SettingScope.builder,
    SystemSetting.project_id == _PROJECT,
    SystemSetting.user_id == _USER,
)
_HERE = case((_PROJECT.is_not(None), _OF_PROJECT), (_USER.is_not(None), _OF_USER), else_=_OF_COMPANY)

AVAILABILITY = Summary(
    {
        "is_there": or_(_PROJECT.is_(None), select(Project.id).where(Project.id == _PROJECT).exists())
        & or_(_USER.is_(None), select(User.id).where(User.id == _USER, User.team_role.is_not(None)).exists()),
        "said": _kept(_HERE),
        "rules": _kept(or_(SystemSetting.scope == SettingScope.everybody, _OF_COMPANY, _OF_PROJECT, _OF_USER)),
    }
)
