"""Appointments in the database: found and locked; when they can be; what is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, DateTime, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, load_only

from realestate.errors import NotFound
from realestate.models.accounts import User
from realestate.models.appointments import LIVE, SETTING, Agenda, Appointment, AppointmentStatus
from realestate.models.bookings import Booking
from realestate.models.notifications import Event, Notification, Subject
from realestate.models.settings import SettingScope, SystemSetting
from realestate.models.units import Unit

AHEAD = (AppointmentStatus.scheduled, AppointmentStatus.confirmed)


class Seen(NamedTuple):
    """An appointment with its project, and the time."""

    appointment: Appointment
    now: datetime


async def peek(session: AsyncSession, appointment_id: int) -> Seen:
    """Not locked, for refusals that need no lock: the wall lets a customer lock only what it may still change."""
    return await _get(session, appointment_id, False)


async def get(session: AsyncSession, appointment_id: int) -> Seen:
    """Locked until the transaction ends."""
    return await _get(session, appointment_id, True)


async def _get(session: AsyncSession, appointment_id: int, lock: bool) -> Seen:
    now = literal(session.info["now"], DateTime(timezone=True)) if "now" in session.info else func.now()  # demo data live in the past
    wanted = select(Appointment, now).where(Appointment.id == appointment_id).options(joinedload(Appointment.project, innerjoin=True))
    wanted = wanted.with_for_update(of=Appointment) if lock else wanted
    row = (await session.execute(wanted.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound
    return Seen(*row)


async def queue_up(session: AsyncSession, builder_id: int) -> None:
    """Whoever wants a time with a company waits for those before, so that a host who is seen to be free is free, and seats are counted.
    After the unit and the lead, before appointments and bookings."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("agenda", literal(builder_id, BigInteger)))))


async def read_agenda(session: AsyncSession, project_id: int, start: datetime) -> Agenda:
    """Around a time. As the system it also says who the hosts are."""
    day = timedelta(days=1)
    said = await session.scalar(select(func.agenda(literal(project_id, BigInteger), start - day, start + day, type_=JSONB)))
    if said is None:
        raise NotFound(detail="There is no such project.")
    return Agenda.of(said, session.info.get("now"))


async def count_ahead(session: AsyncSession, project_id: int, customer_id: int) -> int:
    """How many are still to come for a customer in the project."""
    ahead = select(func.count()).where(Appointment.starts_at > func.now(), Appointment.status.in_(LIVE))
    return (await session.scalars(ahead.where(Appointment.project_id == project_id, Appointment.customer_id == customer_id))).one()


async def pin_unit(session: AsyncSession, unit_id: int) -> None:
    """As its foreign key will, but first: units are locked before leads."""
    await session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(read=True, key_share=True))


async def get_member(session: AsyncSession, user_id: int) -> User:
    """Somebody of the caller's team."""
    found = select(User).where(User.id == user_id, User.team_role.is_not(None), User.is_active)
    member = await session.scalar(found.options(load_only(User.full_name)))
    if member is None:
        raise NotFound(detail="There is no such member of your team.")
    return member


async def lock_companions(session: AsyncSession, appointment: Appointment) -> Sequence[Appointment]:
    """All parties of a group visit, in order."""
    group = select(Appointment).where(Appointment.project_id == appointment.project_id, Appointment.starts_at == appointment.starts_at)
    live = group.where(Appointment.is_group, Appointment.status.in_(LIVE)).order_by(Appointment.id)
    return (await session.scalars(live.with_for_update())).all()


async def lock_ahead(session: AsyncSession, host_id: int) -> Sequence[Appointment]:
    """Those that somebody of the team is to receive or is receiving, with their projects, locked; parties of one group come together."""
    ahead = select(Appointment).where(Appointment.assigned_to == host_id, Appointment.status.in_(LIVE), Appointment.ends_at > func.now())
    whole = ahead.options(joinedload(Appointment.project, innerjoin=True)).order_by(Appointment.id)
    found = await session.scalars(whole.with_for_update(of=Appointment).execution_options(populate_existing=True))
    return sorted(found, key=lambda one: (one.starts_at, one.project_id, one.id))


async def lock_about(session: AsyncSession, booking: Booking) -> Sequence[Appointment]:
    """Those about a booking that are still to come and were made since it was reserved, locked. Lock the booking first."""
    ahead = Appointment.status.in_(AHEAD), Appointment.starts_at > func.now(), Appointment.created_at >= booking.booking_date
    wanted = select(Appointment).where(Appointment.booking_id == booking.id, *ahead)
    return (await session.scalars(wanted.order_by(Appointment.id).with_for_update(of=Appointment))).all()


# ── What is due ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def due_reminders(session: AsyncSession, hours: int, until: int) -> Sequence[Appointment]:
    """Those that begin within `hours` but not within `until`, were made before that, and whose customers have not been told."""
    key = func.concat_ws(":", Event.appointment_reminder.value, Subject.appointment.value, cast(Appointment.id, Text), f"{hours}h")
    said = select(Notification.id).where(Notification.user_id == Appointment.customer_id, Notification.dedupe_key == key)
    due = select(Appointment).where(
        Appointment.status.in_(AHEAD),
        Appointment.starts_at > func.now() + timedelta(hours=until),
        Appointment.starts_at <= func.now() + timedelta(hours=hours),
        Appointment.created_at <= Appointment.starts_at - timedelta(hours=hours),
        ~said.exists(),
    )
    return await _take(session, due)


async def forgotten(session: AsyncSession, patience: timedelta) -> Sequence[Appointment]:
    """Those that began so long ago and of which nobody has said what became of them."""
    return await _take(session, select(Appointment).where(Appointment.status.in_(AHEAD), Appointment.starts_at < func.now() - patience))


async def _take(session: AsyncSession, wanted: Any) -> Sequence[Appointment]:
    """What another worker has in hand is left to it."""
    whole = wanted.options(joinedload(Appointment.project, innerjoin=True)).order_by(Appointment.id).limit(1000)
    return (await session.scalars(whole.with_for_update(of=Appointment, skip_locked=True))).all()


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def set_rules(session: AsyncSession, scope: SettingScope, by: int, value: dict[str, Any], **place: int | None) -> None:
    """Instead of what was said there before."""
    is_public = scope is not SettingScope.user
    row = insert(SystemSetting).values(scope=scope, setting_key=SETTING, setting_value=value, is_public=is_public, updated_by=by, **place)
    changes = {
        "setting_value": row.excluded.setting_value,
        "updated_by": by,
        "version": SystemSetting.version + 1,
        "updated_at": func.now(),
    }
    await session.execute(row.on_conflict_do_update(constraint="uq_system_settings_scope_scope_id_setting_key", set_=changes))
