"""What stands behind a booking: papers that show who somebody is, a loan, nominees."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.database import Identity
from realestate.errors import Conflict, Forbidden, Invalid, NotFound
from realestate.models.accounts import Role
from realestate.models.base import as_said
from realestate.models.bookings import ACTIVE, Booking
from realestate.models.documents import Document
from realestate.models.notifications import Event
from realestate.schemas.particulars import KycDecision, LoanUpdate, NomineesUpdate
from realestate.services import audit, policies
from realestate.services.bookings.finding import Found, together
from realestate.services.notifications import notify

NOTHING_SAID: dict[str, Any] = {"document_id": None, "verified_by": None, "verified_at": None, "reason": None}
"""Of an item of the checklist."""


async def show(session: AsyncSession, booking_id: int, item: str, document_id: int) -> Booking:
    """Lay a document of the booking beside an item of the checklist; what was verified of it is open again."""
    document = await session.get(Document, document_id)
    if document is None or document.booking_id != booking_id:
        raise NotFound(detail="There is no such document among those of this booking.")
    async with together(session, booking_id, "") as found:
        await _check_item(session, found, item)
        _note(found.booking, item, {"document_id": document_id})
        await session.flush()
    audit.record(session, "booking.kyc_shown", found.booking, item=item)
    return found.booking


async def decide(session: AsyncSession, member: Identity, booking_id: int, item: str, said: KycDecision) -> Booking:
    """Verified, or refused and why. Conflict NOTHING_SHOWN before there is a document."""
    async with together(session, booking_id, "") as found:
        await _check_item(session, found, item)
        shown = found.booking.kyc_checklist.get(item)
        if shown is None:
            raise Conflict("NOTHING_SHOWN", f"There is no document yet that shows {item}.")
        made = {"verified_by": member.me, "verified_at": as_said(found.now)} if said.verified else {"reason": said.reason}
        _note(found.booking, item, {"document_id": shown["document_id"]} | made)
        await session.flush()
    audit.record(session, "booking.kyc_decided", found.booking, item=item, verified=said.verified)
    if not said.verified:
        facts = {"number": found.booking.booking_number, "item": item, "reason": said.reason}
        notify(session, Event.kyc_doc_rejected, found.booking, part=f"{item}:{found.part}", **facts)
    return found.booking


async def nominate(session: AsyncSession, booking_id: int, said: NomineesUpdate) -> Booking:
    """Who is to have it after its owner: instead of whom was named before."""
    async with together(session, booking_id, "") as found:
        _check_active(found.booking)
        found.booking.nominees = [one.model_dump() | {"share": float(one.share)} for one in said.nominees]
        await session.flush()
    audit.record(session, "booking.nominated", found.booking, count=len(said.nominees))
    return found.booking


async def fund(session: AsyncSession, by: Identity, booking_id: int, said: LoanUpdate) -> Booking:
    """Who lends how much. A customer does not approve its own loan; an approval is of one loan, and ends when that becomes another."""
    if by.role is Role.customer and said.loan_approved is not None:
        raise Forbidden("TEAM_ONLY", "That a loan has been approved is for the builder to note.")
    async with together(session, booking_id, "") as found:
        booking = found.booking
        _check_active(booking)
        before = booking.lender, booking.loan_amount
        for name, value in said.model_dump(exclude_unset=True, exclude={"loan_approved"}).items():
            setattr(booking, name, value)
        if said.loan_approved is not None:
            booking.loan_approved = said.loan_approved
        elif (booking.lender, booking.loan_amount) != before:
            booking.loan_approved = False
        if booking.loan_amount is not None and booking.loan_amount > booking.total_amount:
            raise Invalid.field("loan_amount", "This is more than the home costs.", "TOO_MUCH")
        booking.needs_loan = booking.loan_amount is not None
        await session.flush()
    audit.record(session, "booking.funded", booking, lender=booking.lender, approved=booking.loan_approved)
    return booking


def _note(booking: Booking, item: str, said: dict[str, Any]) -> None:
    booking.kyc_checklist = {**booking.kyc_checklist, item: NOTHING_SAID | said}


async def _check_item(session: AsyncSession, found: Found, item: str) -> None:
    _check_active(found.booking)
    items = (await policies.of(session, found.unit.project)).kyc_items
    if item not in items:
        raise NotFound(detail=f"The checklist asks for {', '.join(items)}.")


def _check_active(booking: Booking) -> None:
    if booking.status not in ACTIVE:
        raise Conflict("BOOKING_NOT_ACTIVE", f"A booking that is {booking.status} keeps what was said of it.")
