"""Finding a time and a host: a visit is booked or moved.

Which hosts are free follows from appointments that the caller cannot see, so the system looks, and writes down what was agreed. What the
caller may see and whom it may bring is asked in its own name first. Locks: unit → lead → the company's queue → appointment → booking.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import LeadSource, Role
from realestate.models.appointments import Agenda, Appointment, AppointmentType
from realestate.models.base import Versions
from realestate.models.bookings import BookingStatus
from realestate.models.notifications import Event
from realestate.schemas.appointments import AppointmentCreate, Reschedule
from realestate.services.appointments.steps import fetch, names
from realestate.services.leads import for_whom, meet
from realestate.services.notifications import notify


async def book(session: AsyncSession, by: Identity, said: AppointmentCreate) -> Appointment:
    """At one of the times that are offered, with a host who is free. A site visit moves the enquiry that it is about.

    Conflict SLOT_NOT_OFFERED, SLOT_TAKEN, SHORT_NOTICE, VISIT_LIMIT; Invalid IN_THE_PAST.
    """
    project, customer_id = await crud.projects.get(session, said.project_id), for_whom(by, said.customer_id)
    unit_id, booking_id = await _subject(session, said, customer_id)
    if unit_id:
        async with as_system(session):
            await crud.appointments.pin_unit(session, unit_id)
    await meet(session, by, project.builder_id, customer_id, LeadSource.appointment)
    appointment = Appointment(
        builder_id=project.builder_id,
        project_id=project.id,
        customer_id=customer_id,
        unit_id=unit_id,
        booking_id=booking_id,
        appointment_type=said.appointment_type,
        starts_at=said.appointment_date,
        meeting_location=said.meeting_location,
        attendees=said.attendees,
        seats=1 + len(said.attendees),
        agenda=said.agenda,
        notes=said.notes,
        created_by=by.me,
    )
    async with as_system(session):
        await crud.appointments.queue_up(session, project.builder_id)
        seller = by.me if by.role is Role.builder else await crud.leads.find_seller(session, project.builder_id, customer_id)
        await _enter(session, by, appointment, said.duration_minutes, seller)
        await _move_enquiry(session, appointment)
    notify(session, Event.appointment_booked, appointment, **names(appointment, project))
    return appointment


async def reschedule(session: AsyncSession, by: Identity, appointment_id: int, said: Reschedule, version: Versions | None) -> Appointment:
    """The old row says that it was moved, a new one takes its place: with the same host, if free. Refused like a booking."""
    seen, _ = await crud.appointments.peek(session, appointment_id)
    if seen.unit_id:
        async with as_system(session):
            await crud.appointments.pin_unit(session, seen.unit_id)
    await crud.appointments.queue_up(session, seen.builder_id)
    old, _ = await fetch(session, by, appointment_id, "reschedule", version)
    appointment = old.moved(said.appointment_date, said.meeting_location, said.reason, by.me)
    async with as_system(session):
        await _enter(session, by, appointment, old.duration_minutes, old.assigned_to)
    notify(session, Event.appointment_rescheduled, appointment, **names(appointment, old.project), reason=said.reason or "")
    return appointment


async def _subject(session: AsyncSession, said: AppointmentCreate, customer_id: int) -> tuple[int | None, int | None]:
    """Unit and booking that it is about: those named, else the customer's open enquiry in the project."""
    if said.booking_id:
        booking = await crud.bookings.peek(session, said.booking_id)
        if (booking.project_id, booking.customer_id) != (said.project_id, customer_id) or said.unit_id not in (None, booking.unit_id):
            raise Invalid.field("booking_id", "This is not a booking of this customer in this project.")
        return booking.unit_id, booking.id
    if said.unit_id and (await crud.units.get(session, said.unit_id)).project_id != said.project_id:
        raise Invalid.field("unit_id", "This unit is not in this project.")
    enquiry = await crud.bookings.find_enquiry_in(session, said.project_id, customer_id, said.unit_id)
    return (enquiry.unit_id, enquiry.id) if enquiry else (said.unit_id, None)


async def _enter(session: AsyncSession, by: Identity, appointment: Appointment, minutes: int | None, preferred: int | None) -> None:
    """As the system, in the company's queue: find a host and write it down."""
    agenda = await crud.appointments.read_agenda(session, appointment.project_id, appointment.starts_at)
    minutes = minutes or agenda.rules.visit_minutes
    _check_time(agenda, appointment.appointment_type, appointment.starts_at, minutes, by)
    if by.role is Role.customer and not appointment.rescheduled_from_id:
        await _check_limit(session, agenda, appointment)
    host = agenda.host_for(appointment.appointment_type, appointment.starts_at, minutes, appointment.seats, preferred)
    if host is None:
        raise Conflict("SLOT_TAKEN", "This time is taken. Please choose another.")
    appointment.place(agenda, host, minutes)
    session.add(appointment)
    await session.flush()


def _check_time(agenda: Agenda, kind: AppointmentType, start: datetime, minutes: int, by: Identity) -> None:
    if start <= agenda.now:
        raise Invalid.field("appointment_date", "This time has passed.", "IN_THE_PAST")
    if start < agenda.earliest(is_customer=by.role is Role.customer):
        raise Conflict("SHORT_NOTICE", f"Please choose a time at least {agenda.rules.notice_minutes} minutes from now.")
    if not agenda.offers(kind, start, minutes):
        raise Conflict("SLOT_NOT_OFFERED", "Nobody is received at this time. Please choose one of the slots of the project.")


async def _check_limit(session: AsyncSession, agenda: Agenda, appointment: Appointment) -> None:
    most = agenda.rules.visits_ahead
    if await crud.appointments.count_ahead(session, appointment.project_id, appointment.customer_id) >= most:
        raise Conflict("VISIT_LIMIT", f"You have {most} appointments in this project already; cancel or keep one first.")


async def _move_enquiry(session: AsyncSession, appointment: Appointment) -> None:
    """domain.md §2: the visit takes an enquiry on, and nothing else does."""
    if appointment.booking_id and appointment.appointment_type is AppointmentType.site_visit:
        booking = await crud.bookings.get(session, appointment.booking_id)
        if booking.status is BookingStatus.inquiry:
            booking.take("visit_booked")
