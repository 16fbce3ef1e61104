"""That a booking ends is nobody's word alone: what a customer agrees to, and what nobody may decide without that."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import Conflict
from realestate.models.accounts import Role
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.settlements import NOBODYS_FAULT_OF_THE_BUYER, Settlement
from realestate.schemas.cancellations import ConsentCreate, SettlementBasis, SettlementTerms
from realestate.services import audit
from realestate.services.bookings import settling, standing
from realestate.services.bookings.finding import together
from realestate.services.notifications import notify


async def consent(session: AsyncSession, booking_id: int, said: ConsentCreate) -> Booking:
    """The customer agrees to what the team has proposed. Conflict TERMS_CHANGED, with those that stand, when they are not what was read."""
    async with together(session, booking_id, "") as found:
        found.booking.check("approve_cancel")
        basis = await settling.look(session, booking_id)
        wanted = settling.work_out(basis, standing.cause_of(basis, None, found.now), SettlementTerms(), found.now)
        stands: dict[str, Any] = {"retention": wanted.retention, "pass_through_spent": wanted.pass_through_spent}
        if {"cause": wanted.cause, **stands} != said.model_dump():
            raise Conflict("TERMS_CHANGED", "This is not what is proposed by now.", cause=wanted.cause, **stands)
        found.booking.consent(found.now, **stands, interest=wanted.builder_interest_owed)
        await session.flush()
    kept = f"The customer agrees: {found.booking.currency} {wanted.retention:,.2f} is kept."
    audit.record(session, "cancellation.consented", found.booking, cause=wanted.cause.value, retention=str(wanted.retention))
    notify(session, Event.cancellation_requested, found.booking, part=found.part, **found.names, reason=kept)
    return found.booking


def check_fair(basis: SettlementBasis, wanted: Settlement, terms: SettlementTerms, now: datetime) -> None:
    """Who asks to leave gets no less than what that comes to: Conflict WORSE_FOR_BUYER. Who was asked to leave has to say yes to what is
    kept, unless it is nothing: CONSENT_MISSING."""
    if standing.asked(basis).get("requested_by", Role.customer) == Role.customer:
        least = settling.work_out(
            basis, standing.cause_of(basis, None, now), SettlementTerms(pass_through_spent=terms.pass_through_spent), now
        )
        if wanted.refundable < least.refundable:
            raise Conflict(
                "WORSE_FOR_BUYER",
                f"The buyer has asked as {least.cause}, and gets at least what that comes to.",
                refundable=least.refundable,
            )
    elif wanted.cause not in NOBODYS_FAULT_OF_THE_BUYER:
        yes = standing.asked(basis).get("consent") or {}
        kept: dict[str, Any] = {"retention": wanted.retention, "pass_through_spent": wanted.pass_through_spent}
        is_more = any(amount > Decimal(yes.get(name, 0)) for name, amount in kept.items())
        if not yes or is_more or wanted.builder_interest_owed < Decimal(yes["interest"]):
            raise Conflict("CONSENT_MISSING", "The customer has not agreed to that.", **kept)
