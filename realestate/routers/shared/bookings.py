"""Bookings, as both their parties know them."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import (
    BuilderSession,
    CurrentBuilder,
    CurrentCustomer,
    CurrentParty,
    CustomerSession,
    ExpectedVersion,
    PartyReader,
    answer,
)
from realestate.dependencies.guards import permit
from realestate.errors import Forbidden
from realestate.models.accounts import Role
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.bookings import BookingCreate, BookingOut, BookingStep, OfferAcceptance
from realestate.schemas.payments import BookingPayments, InstallmentOut
from realestate.schemas.timelines import MomentOut
from realestate.services import bookings
from realestate.views.bookings import BOOKING, BOOKING_PAYMENTS, BOOKINGS_OF_CUSTOMER, SCHEDULE
from realestate.views.timelines import TIMELINE

router = Router(prefix="/api/bookings", tags=["bookings"])


async def _stepper(member: CurrentBuilder, wanted: BookingStep) -> Identity:
    return permit(member, bookings.may_take(wanted.status))


Stepper = Annotated[Identity, Depends(_stepper)]
"""A member of the team who may take the step that is asked for."""


@router.post("", response_model=BookingOut, status_code=201, responses=problems(404, 409))
async def create_booking(order: BookingCreate, customer: CurrentCustomer, session: CustomerSession) -> Response:
    """Reserve a unit, ask about it, or wait for it. The server prices it; the builder is told at once.

    409 `UNIT_NOT_AVAILABLE` when somebody was faster. A reserve is free again when its token is not paid by `reserve_expires_at`.
    """
    booking = await bookings.create(session, customer, customer.me, order)
    return await answer(session, BOOKING, booking.id, 201)


@router.get("/customer/{customer_id}", response_model=list[BookingOut])
async def list_bookings_of_customer(customer_id: Id, party: CurrentParty, read: PartyReader) -> Response:
    """A customer's bookings, newest first: customers ask for their own id (403 otherwise), builders see those in their projects."""
    if party.role is Role.customer and party.user_id != customer_id:
        raise Forbidden("NOT_YOUR_ID", "You may only ask for your own bookings.")
    return await read.all(BOOKINGS_OF_CUSTOMER, customer_id=customer_id)


@router.get("/{booking_id}", response_model=BookingOut, responses=CONDITIONAL)
async def get_booking(booking_id: Id, read: PartyReader) -> Response:
    """One booking with unit, project, builder and customer."""
    return await read.one(BOOKING, booking_id)


@router.get("/{booking_id}/payments", response_model=BookingPayments, responses=CONDITIONAL)
async def list_booking_payments(booking_id: Id, read: PartyReader) -> Response:
    """What has been paid and what is owed: payments with their allocations, and every line of the schedule."""
    return await read.one(BOOKING_PAYMENTS, booking_id)


@router.get("/{booking_id}/schedule", response_model=list[InstallmentOut], responses=problems(404))
async def list_schedule(booking_id: Id, read: PartyReader) -> Response:
    """Every line of what is owed, in order: the plan's instalments, then charges."""
    return await read.all(SCHEDULE, booking_id=booking_id)


@router.get("/{booking_id}/timeline", response_model=list[MomentOut], responses=problems(404))
async def list_timeline(booking_id: Id, read: PartyReader) -> Response:
    """Every step that the booking has taken, and what money came, failed, went back and was asked for: the first one first."""
    return await read.all(TIMELINE, booking_id=booking_id)


@router.patch("/{booking_id}/status", response_model=BookingOut, responses=problems(409, 412))
async def set_booking_status(
    booking_id: Id, wanted: BookingStep, member: Stepper, version: ExpectedVersion, session: BuilderSession
) -> Response:
    """Confirm, reject, ask for the end, sign for the company, register, offer possession, hand over.

    409 `INVALID_TRANSITION` names the steps that are `allowed`; `token_paid` is set by money alone.
    """
    booking = await bookings.step(session, member, booking_id, wanted, version)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/offer-acceptance", response_model=BookingOut, responses=problems(409))
async def accept_offer(booking_id: Id, said: OfferAcceptance, customer: CurrentCustomer, session: CustomerSession) -> Response:
    """Reserve the unit that was waited for, as long as it is kept (`offered_until`). 409 `NO_OFFER` else."""
    booking = await bookings.accept_offer(session, customer, booking_id, said)
    return await answer(session, BOOKING, booking.id)
