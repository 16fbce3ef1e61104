"""Appointments, as both their parties know them."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import (
    BuilderReader,
    BuilderSession,
    CurrentCustomer,
    CurrentParty,
    CustomerSession,
    ExpectedVersion,
    PartyReader,
    PartySession,
    answer,
    asked,
)
from realestate.dependencies.guards import Seller, permit
from realestate.errors import Forbidden
from realestate.models.accounts import Permission, Role
from realestate.models.appointments import AppointmentStatus
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.appointments import (
    AppointmentCreate,
    AppointmentOut,
    AppointmentPage,
    AppointmentSearch,
    AppointmentStep,
    AppointmentUpdate,
    Rating,
    Reschedule,
    TeamAppointment,
    TeamAppointmentPage,
)
from realestate.schemas.base import Id, Said
from realestate.services import appointments
from realestate.views.appointments import APPOINTMENT, APPOINTMENTS, APPOINTMENTS_OF_CUSTOMER, APPOINTMENTS_OF_PROJECT, MOST_OF_PROJECT

router = Router(prefix="/api/appointments", tags=["appointments"])


async def _visitor(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.units_hold)


async def _stepper(party: Annotated[Identity, Depends(_visitor)], wanted: AppointmentStep) -> Identity:
    if party.role is Role.customer and wanted.status is not AppointmentStatus.cancelled:
        raise Forbidden("NOT_PERMITTED", "A customer can only cancel an appointment; the rest is the builder's to say.")
    return party


Visitor = Annotated[Identity, Depends(_visitor)]
"""A customer, or a member of a builder's team who may receive one."""
Stepper = Annotated[Identity, Depends(_stepper)]


@router.post("", response_model=AppointmentOut | TeamAppointment, status_code=201, responses=problems(404, 409))
async def create_appointment(said: AppointmentCreate, party: Visitor, session: PartySession) -> Response:
    """Book one of a project's slots; somebody of the team who is free is assigned. A team names the customer, whom it must know.

    409 `SLOT_NOT_OFFERED`, `SLOT_TAKEN`, `SHORT_NOTICE`, `VISIT_LIMIT`; 422 `IN_THE_PAST`. A site visit takes the customer's open
    enquiry in the project to `site_visit_scheduled`.
    """
    appointment = await appointments.book(session, party, said)
    return await answer(session, APPOINTMENT, appointment.id, 201)


@router.get("", response_model=AppointmentPage | TeamAppointmentPage)
async def list_appointments(search: Annotated[AppointmentSearch, asked(AppointmentSearch)], read: PartyReader) -> Response:
    """The caller's appointments, or those of the caller's company, the latest first, with figures over all of them."""
    return await read.page(APPOINTMENTS, search)


@router.get("/customer/{customer_id}", response_model=list[AppointmentOut] | list[TeamAppointment])
async def list_appointments_of_customer(customer_id: Id, party: CurrentParty, read: PartyReader) -> Response:
    """A customer's appointments, the latest first: customers ask for their own id (403 otherwise), builders see those in their projects."""
    if party.role is Role.customer and party.user_id != customer_id:
        raise Forbidden("NOT_YOUR_ID", "You may only ask for your own appointments.")
    return await read.all(APPOINTMENTS_OF_CUSTOMER, customer_id=customer_id)


@router.get("/project/{project_id}", response_model=list[TeamAppointment])
async def list_appointments_of_project(project_id: Id, read: BuilderReader) -> Response:
    """The latest 500 appointments in a project, the latest first; `GET /api/appointments?project_id=` pages through all of them."""
    return await read.all(APPOINTMENTS_OF_PROJECT, project_id=project_id, limit=MOST_OF_PROJECT)


@router.get("/{appointment_id}", response_model=AppointmentOut | TeamAppointment, responses=CONDITIONAL)
async def get_appointment(appointment_id: Id, read: PartyReader) -> Response:
    """One appointment with project, builder and customer."""
    return await read.one(APPOINTMENT, appointment_id)


@router.patch("/{appointment_id}", response_model=TeamAppointment, responses=problems(409, 412))
async def update_appointment(
    appointment_id: Id, said: AppointmentUpdate, version: ExpectedVersion, _: Seller, session: BuilderSession
) -> Response:
    """Another host, a link to meet at, an agenda, notes that no customer sees. 409 `SLOT_TAKEN` when the host is not free."""
    await appointments.change(session, appointment_id, said, version)
    return await answer(session, APPOINTMENT, appointment_id)


@router.delete("/{appointment_id}", response_model=Said, responses=problems(409, 412))
async def cancel_appointment(appointment_id: Id, version: ExpectedVersion, party: Visitor, session: PartySession) -> Said:
    """Cancel it. The row stays. 409 `SHORT_NOTICE` for a customer after `change_until`."""
    await appointments.cancel(session, party, appointment_id, None, version)
    return Said(message="The appointment has been cancelled.")


@router.patch("/{appointment_id}/status", response_model=AppointmentOut | TeamAppointment, responses=problems(409, 412))
async def set_appointment_status(
    appointment_id: Id, wanted: AppointmentStep, version: ExpectedVersion, party: Stepper, session: PartySession
) -> Response:
    """Confirm, check in, complete, cancel, or say that nobody came. 409 `INVALID_TRANSITION` names the steps that are `allowed`.

    Nothing is completed before it began, and nobody is a no-show until half an hour later (409 `NOT_STARTED`).
    """
    await appointments.step(session, party, appointment_id, wanted, version)
    return await answer(session, APPOINTMENT, appointment_id)


@router.patch("/{appointment_id}/reschedule", response_model=AppointmentOut | TeamAppointment, responses=problems(409, 412))
async def reschedule_appointment(
    appointment_id: Id, said: Reschedule, version: ExpectedVersion, party: Visitor, session: PartySession
) -> Response:
    """Move it to another slot. Answers the new appointment; the old one is `rescheduled`. Refused like a new one."""
    appointment = await appointments.reschedule(session, party, appointment_id, said, version)
    return await answer(session, APPOINTMENT, appointment.id)


@router.put("/{appointment_id}/rating", response_model=AppointmentOut)
async def rate_appointment(appointment_id: Id, said: Rating, _: CurrentCustomer, session: CustomerSession) -> Response:
    """One to five stars for an appointment that has taken place."""
    await appointments.rate(session, appointment_id, said.rating)
    return await answer(session, APPOINTMENT, appointment_id)
