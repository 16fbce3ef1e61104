"""What becomes of an appointment. Each verb: fetch (locked), change, tell."""

from datetime import datetime
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import NotFound
from realestate.models.accounts import Role, User
from realestate.models.appointments import Appointment, AppointmentStatus
from realestate.models.base import Versions, no_such_step
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.projects import Project
from realestate.schemas.appointments import AppointmentStep, AppointmentUpdate
from realestate.services import audit
from realestate.services.notifications import notify

S = AppointmentStatus
EVENTS = {S.confirmed: "confirm", S.checked_in: "check_in", S.completed: "complete", S.no_show: "no_show", S.cancelled: "cancel"}
"""What the portals' PATCH of a status stands for."""


async def step(session: AsyncSession, by: Identity, appointment_id: int, wanted: AppointmentStep, version: Versions | None) -> Appointment:
    """Conflict INVALID_TRANSITION where there is no such step; NOT_STARTED before its time."""
    if wanted.status is S.cancelled:
        return await cancel(session, by, appointment_id, wanted.reason, version)
    event = EVENTS.get(wanted.status, wanted.status.value)
    appointment, now = await fetch(session, by, appointment_id, event, version)
    match event:
        case "complete":
            appointment.complete(now, wanted.outcome)
        case "no_show":
            appointment.miss(now)
        case _:
            appointment.take(event)
    _tell(session, appointment)
    return appointment


async def cancel(session: AsyncSession, by: Identity, appointment_id: int, reason: str | None, version: Versions | None) -> Appointment:
    """It does not take place. Customers keep the notice: Conflict SHORT_NOTICE."""
    appointment, _ = await fetch(session, by, appointment_id, "cancel", version)
    appointment.cancel(reason)
    _tell(session, appointment)
    return appointment


async def call_off(session: AsyncSession, booking: Booking, project: Project, why: str) -> None:
    """Nobody comes any more about a booking that has ended; who was to come when it was a mere enquiry still may. Speak as the system."""
    for appointment in await crud.appointments.lock_about(session, booking):
        appointment.cancel(why)
        notify(session, Event.appointment_cancelled, appointment, **names(appointment, project), reason=why)


async def change(session: AsyncSession, appointment_id: int, said: AppointmentUpdate, version: Versions | None) -> Appointment:
    """What was said; another host for all parties of a group. Conflict SLOT_TAKEN when that host is not free."""
    appointment, _ = await crud.appointments.get(session, appointment_id)
    appointment.expect(version)
    changes = said.model_dump(exclude_unset=True)
    host_id = changes.pop("assigned_to", appointment.assigned_to)
    appointment.revise(changes)
    audit.record(session, "appointment.changed", appointment, fields=sorted(said.model_fields_set))
    if host_id != appointment.assigned_to:
        await _assign(session, appointment, host_id)
    await session.flush()
    return appointment


async def hand_over(session: AsyncSession, member: User, heir: User | None) -> int:
    """Visitors of a member who has left are received by the heir, if free then, else by whoever is, else by nobody yet: how many.

    Speak as the system. In the company's queue, so that who is free stays free.
    """
    assert member.builder_id is not None
    await crud.appointments.queue_up(session, member.builder_id)
    visits = await crud.appointments.lock_ahead(session, member.id)
    for _, parties in groupby(visits, lambda visit: (visit.starts_at, visit.project_id)):
        await _find_host(session, list(parties), heir.id if heir else None)
    return len(visits)


async def rate(session: AsyncSession, appointment_id: int, stars: int) -> Appointment:
    """By its customer, who may think better of it."""
    seen, _ = await crud.appointments.peek(session, appointment_id)
    seen.rate(stars)
    appointment, _ = await crud.appointments.get(session, appointment_id)
    appointment.rate(stars)
    audit.record(session, "appointment.rated", appointment, rating=stars)
    return appointment


async def fetch(
    session: AsyncSession, by: Identity, appointment_id: int, event: str, version: Versions | None
) -> tuple[Appointment, datetime]:
    """The appointment, locked, and the time. What is refused anyway is refused before: a customer cannot lock what is out of its hands."""
    seen, now = await crud.appointments.peek(session, appointment_id)
    _check(seen, by, event, version, now)
    try:
        appointment, now = await crud.appointments.get(session, appointment_id)
    except NotFound:  # changed since: say what became of it
        appointment, now = await crud.appointments.peek(session, appointment_id)
    _check(appointment, by, event, version, now)
    return appointment, now


def _check(appointment: Appointment, by: Identity, event: str, version: Versions | None, now: datetime) -> None:
    appointment.expect(version)
    if event not in Appointment.EDGES:
        raise no_such_step("appointment", appointment.status, event, appointment.allowed)
    appointment.may(event)
    if by.role is Role.customer:
        appointment.check_notice(now)


async def _assign(session: AsyncSession, appointment: Appointment, host_id: int) -> None:
    host = await crud.appointments.get_member(session, host_id)
    parties = await crud.appointments.lock_companions(session, appointment) if appointment.is_group else [appointment]
    for party in parties:
        _receive(session, party, host.id, host.full_name)


async def _find_host(session: AsyncSession, parties: list[Appointment], preferred: int | None) -> None:
    one = parties[0]
    agenda = await crud.appointments.read_agenda(session, one.project_id, one.starts_at)
    host = agenda.successor((one.starts_at, one.ends_at), (one.busy_from, one.busy_until), preferred)
    for party in parties:
        if host:
            _receive(session, party, host.id, host.name)
        else:
            party.revise({"assigned_to": None, "host_name": None})
            audit.record(session, "appointment.unassigned", party)
    await session.flush()


def _receive(session: AsyncSession, party: Appointment, host_id: int | None, name: str | None) -> None:
    party.revise({"assigned_to": host_id, "host_name": name})
    notify(session, Event.appointment_assigned, party, part=str(host_id), **names(party, party.project), host=name)


TOLD = {
    S.confirmed: Event.appointment_confirmed,
    S.completed: Event.appointment_completed,
    S.no_show: Event.appointment_no_show,
    S.cancelled: Event.appointment_cancelled,
}


def _tell(session: AsyncSession, appointment: Appointment) -> None:
    if event := TOLD.get(appointment.status):
        notify(session, event, appointment, **names(appointment, appointment.project), reason=appointment.cancel_reason or "")
    else:
        audit.record(session, f"appointment.{appointment.status.value}", appointment)


def names(appointment: Appointment, project: Project) -> dict[str, str]:
    """How people speak of it."""
    when = f"{project.clock_at(appointment.starts_at):%a %d %b %Y, %H:%M} ({project.timezone})"
    return {"type": appointment.appointment_type.title, "project": project.project_name, "when": when}
