"""Who is party to a booking, who takes it over, and for which other unit it is exchanged."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import (
    BuilderSession,
    CurrentCustomer,
    CurrentParty,
    CustomerSession,
    ExpectedVersion,
    PartyReader,
    PartySession,
    answer,
)
from realestate.dependencies.guards import Settler, permit
from realestate.models.accounts import Permission, Role
from realestate.models.bookings import PartyInviteKind
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.bookings import BookingOut
from realestate.schemas.parties import CoApplicantInvite, PartyCode, PartyOut, SwapCreate, TransferApproval
from realestate.services import bookings
from realestate.views.bookings import BOOKING, PARTIES

router = Router(prefix="/api/bookings", tags=["parties"])


async def _mover(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.bookings_settle)


Mover = Annotated[Identity, Depends(_mover)]


@router.get("/{booking_id}/co-applicants", response_model=list[PartyOut], responses=problems(404))
async def list_parties(booking_id: Id, read: PartyReader) -> Response:
    """The owner of record and those who have joined, with their shares."""
    return await read.all(PARTIES, booking_id=booking_id)


@router.post("/{booking_id}/co-applicants/code", response_model=PartyCode, status_code=201, responses=problems(409, 429))
async def invite_co_applicant(booking_id: Id, said: CoApplicantInvite, customer: CurrentCustomer, session: CustomerSession) -> PartyCode:
    """A code for one co-applicant, said this once: good for seven days, until the agreement is signed. The owner of record alone invites."""
    return await bookings.invite_party(session, customer, booking_id, PartyInviteKind.co_applicant, said.share)


@router.delete("/{booking_id}/codes/{invite_id}", response_model=Said, responses=problems(404, 409))
async def revoke_code(booking_id: Id, invite_id: Id, _: CurrentCustomer, session: CustomerSession) -> Said:
    """Take a code back, for a co-applicant or a transfer. Repeatable; 409 `INVITE_USED` once somebody has joined with it."""
    await bookings.revoke_party_code(session, booking_id, invite_id)
    return Said(message="The code is good for nothing any more.")


@router.delete("/{booking_id}/co-applicants/{customer_id}", response_model=BookingOut, responses=problems(404, 409, 412))
async def remove_co_applicant(
    booking_id: Id, customer_id: Id, _: CurrentCustomer, version: ExpectedVersion, session: CustomerSession
) -> Response:
    """A co-applicant is none any more; their share goes back to the owner of record. Until the agreement is signed."""
    await bookings.remove_party(session, booking_id, customer_id, version)
    return await answer(session, BOOKING, booking_id)


@router.post("/{booking_id}/transfer/code", response_model=PartyCode, status_code=201, responses=problems(409, 429))
async def offer_transfer(booking_id: Id, customer: CurrentCustomer, session: CustomerSession) -> PartyCode:
    """A code for who is to take the booking over, said this once. Whoever brings it (`POST /api/customer/join`) is `transfer_to_id`."""
    return await bookings.invite_party(session, customer, booking_id, PartyInviteKind.transferee)


@router.delete("/{booking_id}/transfer", response_model=BookingOut, responses=problems(409))
async def give_up_transfer(booking_id: Id, by: Mover, session: PartySession) -> Response:
    """The owner of record keeps it after all, or the builder declines: nobody is `transfer_to_id`. A fee of which nothing has been paid is
    not owed any more."""
    booking = await bookings.give_up_transfer(session, by, booking_id)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/transfer/approval", response_model=BookingOut, responses=problems(409))
async def approve_transfer(booking_id: Id, said: TransferApproval, member: Settler, session: BuilderSession) -> Response:
    """Agree to it: answers the new booking, in the same state and at the same terms, with the money that has come. Where the policy says
    `kyc_required`, say in `kyc_verified` what you have verified of the new owner: 409 `KYC_INCOMPLETE` names what is `missing`."""
    booking = await bookings.transfer(session, member, booking_id, said)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/swap", response_model=BookingOut, status_code=201, responses=problems(404, 409))
async def swap_unit(booking_id: Id, said: SwapCreate, member: Settler, session: BuilderSession) -> Response:
    """Exchange the unit for another one of the company's, at its price: answers the new booking, with the money that has come."""
    booking = await bookings.swap(session, member, booking_id, said.unit_id)
    return await answer(session, BOOKING, booking.id, 201)
