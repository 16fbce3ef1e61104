"""What stands behind a booking: who somebody is, a loan, nominees; and what is granted off the price."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, CurrentCustomer, CurrentParty, CustomerSession, PartyReader, PartySession, answer
from realestate.dependencies.guards import Seller, may, permit
from realestate.models.accounts import Permission, Role
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.bookings import BookingOut
from realestate.schemas.particulars import (
    DiscountCreate,
    DiscountDecision,
    KycDecision,
    KycDocument,
    LoanUpdate,
    NomineesUpdate,
    Particulars,
    TeamParticulars,
)
from realestate.schemas.settings.bookings import Item
from realestate.services import bookings
from realestate.views.bookings import BOOKING, PARTICULARS

router = Router(prefix="/api/bookings", tags=["particulars"])

Manager = Annotated[Identity, may(Permission.bookings_approve)]


async def _either(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.units_hold)


async def _insider(party: CurrentParty) -> Identity:
    sells = party.may(Permission.units_hold)
    return party if party.role is Role.customer or sells else permit(party, Permission.agreements_sign)


Either = Annotated[Identity, Depends(_either)]
"""The owner of record, or one of the team who sells."""
Insider = Annotated[Identity, Depends(_insider)]
"""The same, or who signs for the company."""


@router.get("/{booking_id}/particulars", response_model=Particulars | TeamParticulars, responses=CONDITIONAL)
async def get_particulars(booking_id: Id, _: Insider, read: PartyReader) -> Response:
    """The checklist of papers, the loan, nominees, and what was granted off the price: for the owner of record, and for those of the team
    who sell or sign."""
    return await read.one(PARTICULARS, booking_id)


@router.put("/{booking_id}/kyc/{item}", response_model=Particulars | TeamParticulars, responses=problems(404, 409))
async def show_kyc(booking_id: Id, item: Item, said: KycDocument, _: Either, session: PartySession) -> Response:
    """Lay a document of this booking beside an item of the policy's `kyc_items`."""
    await bookings.show_kyc(session, booking_id, item, said.document_id)
    return await answer(session, PARTICULARS, booking_id)


@router.post("/{booking_id}/kyc/{item}/verification", response_model=Particulars | TeamParticulars, responses=problems(404, 409))
async def decide_kyc(booking_id: Id, item: Item, said: KycDecision, member: Manager, session: BuilderSession) -> Response:
    """Verified, or refused with a reason. Where the policy says `kyc_required`, nothing is allotted before all items are verified."""
    await bookings.decide_kyc(session, member, booking_id, item, said)
    return await answer(session, PARTICULARS, booking_id)


@router.put("/{booking_id}/nominees", response_model=Particulars | TeamParticulars, responses=problems(409))
async def set_nominees(booking_id: Id, said: NomineesUpdate, _: CurrentCustomer, session: CustomerSession) -> Response:
    """Who is to have it after its owner of record."""
    await bookings.nominate(session, booking_id, said)
    return await answer(session, PARTICULARS, booking_id)


@router.put("/{booking_id}/loan", response_model=Particulars | TeamParticulars, responses=problems(409))
async def set_loan(booking_id: Id, said: LoanUpdate, by: Either, session: PartySession) -> Response:
    """Who lends how much; that it has been approved is for the team to note."""
    await bookings.fund(session, by, booking_id, said)
    return await answer(session, PARTICULARS, booking_id)


@router.post("/{booking_id}/discount", response_model=BookingOut, status_code=201, responses=problems(409))
async def ask_discount(booking_id: Id, said: DiscountCreate, member: Seller, session: BuilderSession) -> Response:
    """Something off the price, until the unit is allotted. Beyond the policy's `discount_limit_percent` somebody else decides."""
    await bookings.ask_discount(session, member, booking_id, said)
    return await answer(session, BOOKING, booking_id, 201)


@router.post("/{booking_id}/discount/decision", response_model=BookingOut, responses=problems(409))
async def decide_discount(booking_id: Id, said: DiscountDecision, member: Manager, session: BuilderSession) -> Response:
    """Grant or refuse what the particulars name as `discount_request`; not by who has asked for it (403 `MAKER_IS_CHECKER`). The schedule
    is split anew."""
    await bookings.decide_discount(session, member, booking_id, said)
    return await answer(session, BOOKING, booking_id)
