"""How bookings end once somebody wants them to."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import (
    BuilderSession,
    CurrentCustomer,
    CurrentParty,
    CustomerSession,
    ExpectedVersion,
    PartySession,
    answer,
    asked,
)
from realestate.dependencies.guards import Cashier, Settler, permit
from realestate.models.accounts import Permission, Role
from realestate.papers.settlements import draw_settlement
from realestate.problems import problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.bookings import BookingOut
from realestate.schemas.cancellations import CancellationCreate, CancellationQuote, ConsentCreate, QuoteQuestion, SettlementTerms
from realestate.services import bookings
from realestate.views.bookings import BOOKING

router = Router(prefix="/api/bookings", tags=["cancellations"])


async def _asker(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.units_hold)


async def _resumer(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.bookings_settle)


Asker = Annotated[Identity, Depends(_asker)]
Resumer = Annotated[Identity, Depends(_resumer)]


@router.post("/{booking_id}/cancellation", response_model=BookingOut, status_code=201, responses=problems(409))
async def cancel_booking(booking_id: Id, why: CancellationCreate, by: Asker, session: PartySession) -> Response:
    """Ask to be let out. A reserve whose token has not come simply ends; beyond that the builder settles it.

    The `cause` follows from the calendar (within `cooling_off_until` nothing is kept), unless the team names another.
    """
    booking = await bookings.request_cancellation(session, by, booking_id, why)
    return await answer(session, BOOKING, booking.id, 201)


@router.get("/{booking_id}/cancellation-quote", response_model=CancellationQuote, responses=problems(404, 409))
async def get_cancellation_quote(
    booking_id: Id, asking: Annotated[QuoteQuestion, asked(QuoteQuestion)], party: CurrentParty
) -> CancellationQuote:
    """What leaving would come to today, item by item; of a booking that has been cancelled, what was settled."""
    return await bookings.quote_cancellation(party, booking_id, asking.cause)


@router.get("/{booking_id}/cancellation-statement.pdf", response_class=Pdf, responses=PDF | problems(404, 409))
async def get_cancellation_statement(
    booking_id: Id, asking: Annotated[QuoteQuestion, asked(QuoteQuestion)], party: CurrentParty
) -> Response:
    """The same on paper, with what it follows from, the receipts and the refunds; marked as a quote until it is settled."""
    said = await bookings.put_cancellation_on_paper(party, booking_id, asking.cause)
    return await printed(draw_settlement, said, f"{said[1].booking_number}-cancellation.pdf")


@router.post("/{booking_id}/cancellation/approval", response_model=BookingOut, responses=problems(409))
async def approve_cancellation(booking_id: Id, terms: SettlementTerms, member: Settler, session: BuilderSession) -> Response:
    """Let the buyer out: the settlement stands, the unit is free at once, and the refunds wait for somebody else's approval."""
    booking = await bookings.approve_cancellation(session, member, booking_id, terms)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/cancellation/agreement", response_model=BookingOut, responses=problems(409))
async def agree_to_cancellation(booking_id: Id, member: Cashier, session: BuilderSession) -> Response:
    """Finance has looked at it: needed before the approval, by somebody else, where the policy says `finance_agrees_to_cancel`. Repeatable."""
    booking = await bookings.agree_to_cancellation(session, member, booking_id)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/cancellation/consent", response_model=BookingOut, responses=problems(409))
async def consent_to_cancellation(booking_id: Id, said: ConsentCreate, _: CurrentCustomer, session: CustomerSession) -> Response:
    """The customer of record agrees to what the team has proposed, as the quote says it: needed where something is kept. Repeatable."""
    booking = await bookings.consent_to_cancellation(session, booking_id, said)
    return await answer(session, BOOKING, booking.id)


@router.delete("/{booking_id}/cancellation", response_model=BookingOut, responses=problems(409, 412))
async def withdraw_cancellation(booking_id: Id, by: Resumer, version: ExpectedVersion, session: PartySession) -> Response:
    """The customer stays after all, or the builder declines: the booking is where it was."""
    booking = await bookings.withdraw_cancellation(session, by, booking_id, version)
    return await answer(session, BOOKING, booking.id)


@router.post("/{booking_id}/default-notice", response_model=BookingOut, status_code=201, responses=problems(409))
async def give_default_notice(booking_id: Id, _: Settler, session: BuilderSession) -> Response:
    """Tell a buyer in arrears that the booking ends unless they pay within the policy's `notice_days`."""
    booking = await bookings.give_notice(session, booking_id)
    return await answer(session, BOOKING, booking.id, 201)


@router.post("/{booking_id}/termination", response_model=BookingOut, responses=problems(409))
async def terminate_booking(booking_id: Id, member: Settler, session: BuilderSession) -> Response:
    """End it for default: notice was given long enough ago, and the arrears are still there. Settled like any other end."""
    booking = await bookings.terminate(session, member, booking_id)
    return await answer(session, BOOKING, booking.id)
