"""A reserve decided: allotted, turned down, let go of. Each verb: fetch (unit, then booking, locked), change, tell."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict
from realestate.models.base import Versions
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED
from realestate.models.policies import Policy
from realestate.models.rules import Rules
from realestate.services import allotments, payments, policies
from realestate.services.bookings import settling
from realestate.services.bookings.finding import fetch, let_go, together
from realestate.services.notifications import notify


async def confirm(session: AsyncSession, booking_id: int, version: Versions | None = None) -> Booking:
    """Allot a unit whose token has been paid, demand what its plan already owes, and tell the buyer.

    Conflict KYC_INCOMPLETE, DISCOUNT_PENDING, TOKEN_MISSING.
    """
    async with together(session, booking_id, "approve", version) as found:
        booking, unit, now = found
        policy = await policies.of(session, unit.project)
        _check_ready(booking, policy)
        if await payments.lacks_token(session, booking):
            raise Conflict("TOKEN_MISSING", "The token of this booking is not there any more.")
        booking.approve(now, f"AL-{booking.id:06d}", timedelta(days=policy.cooling_off_days))
        rules = Rules.of(unit.project.rules)
        booking.interest_terms, booking.policy_terms = rules.agreed, policy.owing(rules.interest_percent).agreed(unit.project.jurisdiction)
        unit.take("book")
        await settling.resold(session, found)
        await payments.settle(session, booking, unit.project, now)
        await allotments.issue(session, booking, now)
    notify(session, Event.booking_confirmed, booking, **found.names)
    return booking


async def reject(session: AsyncSession, member: Identity, booking_id: int, reason: str, version: Versions | None = None) -> Booking:
    """Turn a buyer down: the unit is free again and all money that came is queued to go back."""
    found = booking, _, _ = await fetch(session, booking_id, "reject", version)
    booking.reject(reason)
    await payments.queue_full_refund(session, member, booking, reason)
    await let_go(session, found)
    notify(session, Event.booking_rejected, booking, **found.names, reason=reason)
    return booking


async def cancel(session: AsyncSession, booking_id: int, reason: str | None, version: Versions | None = None) -> Booking:
    """Let go of a reserve before any money has come: nobody owes anything."""
    found = booking, _, _ = await fetch(session, booking_id, "cancel", version)
    booking.cancel(reason, bool(await crud.payments.total(session, booking.id, CLEARED)))
    await let_go(session, found)
    notify(session, Event.booking_cancelled, booking, **found.names)
    return booking


def _check_ready(booking: Booking, policy: Policy) -> None:
    missing = [item for item in policy.kyc_items if not booking.kyc_checklist.get(item, {}).get("verified_by")]
    if policy.kyc_required and missing:
        raise Conflict("KYC_INCOMPLETE", f"Not verified yet: {', '.join(missing)}.", missing=missing)
    if booking.discount_request:
        raise Conflict("DISCOUNT_PENDING", "A discount has been asked for; somebody else decides on it first.")
