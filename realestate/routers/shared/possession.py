"""From the agreement to the keys: signatures, the register, possession, snags, handover."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, CurrentCustomer, CurrentParty, CustomerSession, PartyReader, PartySession, answer
from realestate.dependencies.guards import Keeper, Settler, may, permit
from realestate.errors import Conflict
from realestate.models.accounts import Permission, Role
from realestate.papers.handovers import draw_handover
from realestate.problems import problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.bookings import BookingOut
from realestate.schemas.handovers import HandoverBasis
from realestate.schemas.possession import (
    ChecklistUpdate,
    RegistrationCreate,
    SignatureCreate,
    SignatureOut,
    SnagCreate,
    SnagOut,
)
from realestate.services import bookings
from realestate.views.bookings import BOOKING, SIGNATURES, SNAG, SNAGS
from realestate.views.handovers import HANDOVER

router = Router(prefix="/api/bookings", tags=["possession"])

Registrar = Annotated[Identity, may(Permission.agreements_sign)]
"""Whoever hands homes over."""


async def _signer(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.agreements_sign)


async def _inspector(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.handovers_write)


Signer = Annotated[Identity, Depends(_signer)]
Inspector = Annotated[Identity, Depends(_inspector)]


@router.get("/{booking_id}/signatures", response_model=list[SignatureOut], responses=problems(404))
async def list_signatures(booking_id: Id, read: PartyReader) -> Response:
    """Who has signed which version of the agreement."""
    return await read.all(SIGNATURES, booking_id=booking_id)


@router.post("/{booking_id}/signatures", response_model=BookingOut, status_code=201, responses=problems(409))
async def sign_agreement(booking_id: Id, said: SignatureCreate, by: Signer, session: PartySession) -> Response:
    """Sign the agreement: each customer who is party to it, and one of the team for the company. With the last signature it is signed.

    Repeatable. 409 `AGREEMENT_CHANGED` when there is a newer version than the one that was read, `AGREEMENT_OUTDATED` when the company
    must make one first: somebody has joined, or a term has changed.
    """
    await bookings.sign(session, by, booking_id, said.content_hash)
    return await answer(session, BOOKING, booking_id, 201)


@router.post("/{booking_id}/registration", response_model=BookingOut, status_code=201, responses=problems(409))
async def register_booking(booking_id: Id, said: RegistrationCreate, _: Registrar, session: BuilderSession) -> Response:
    """The sale stands in the public register: under which number, since when."""
    booking = await bookings.register(session, booking_id, said.registration_no, said.registration_date)
    return await answer(session, BOOKING, booking.id, 201)


@router.post("/{booking_id}/possession-offer", response_model=BookingOut, status_code=201, responses=problems(409))
async def offer_possession(booking_id: Id, _: Settler, session: BuilderSession) -> Response:
    """The home can be taken over; instalments that waited for that are due. 409 `NO_CERTIFICATE` without a document of the kind
    `occupancy_certificate` beside the project."""
    booking = await bookings.offer_possession(session, booking_id)
    return await answer(session, BOOKING, booking.id, 201)


@router.get("/{booking_id}/snags", response_model=list[SnagOut], responses=problems(404))
async def list_snags(booking_id: Id, read: PartyReader) -> Response:
    """What is not right in the home, newest first."""
    return await read.all(SNAGS, booking_id=booking_id)


@router.post("/{booking_id}/snags", response_model=SnagOut, status_code=201, responses=problems(409))
async def report_snag(booking_id: Id, said: SnagCreate, by: Inspector, session: PartySession) -> Response:
    """Something is not right. The team says whether it keeps the keys back."""
    snag = await bookings.report_snag(session, by, booking_id, said)
    return await answer(session, SNAG, snag.id, 201)


@router.put("/{booking_id}/handover/checklist", response_model=BookingOut, responses=problems(409))
async def tick_checklist(booking_id: Id, said: ChecklistUpdate, _: Keeper, session: BuilderSession) -> Response:
    """What is done of the policy's `handover_checklist`."""
    booking = await bookings.tick(session, booking_id, said.done)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/handover/acknowledgement", response_model=BookingOut, responses=problems(409))
async def acknowledge_handover(booking_id: Id, _: CurrentCustomer, session: CustomerSession) -> Response:
    """The customer of record has seen the home and takes it."""
    booking = await bookings.acknowledge(session, booking_id)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/handover", response_model=BookingOut, responses=problems(409))
async def hand_over(booking_id: Id, _: Keeper, session: BuilderSession) -> Response:
    """The keys. 409 `ARREARS`, `BLOCKING_SNAGS`, `CHECKLIST_INCOMPLETE` or `NOT_ACKNOWLEDGED` says what stands in the way."""
    booking = await bookings.hand_over(session, booking_id)
    return await answer(session, BOOKING, booking.id)


@router.get("/{booking_id}/handover-record.pdf", response_class=Pdf, responses=PDF | problems(404, 409))
async def get_handover_record(booking_id: Id, read: PartyReader) -> Response:
    """The handover on paper: dates, checklist, snags, and whether anything is still to be paid. 409 `NOT_HANDED_OVER` before the keys."""
    basis = HandoverBasis.model_validate(await read.found(HANDOVER, booking_id))
    if basis.handed_over_at is None:
        raise Conflict("NOT_HANDED_OVER", "There is a record once the keys have been handed over.")
    today = datetime.now(ZoneInfo(basis.unit.project.timezone)).date()
    return await printed(draw_handover, (basis, today), f"{basis.booking_number}-handover.pdf")
