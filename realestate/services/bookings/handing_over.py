"""The last steps: possession is offered, what is not right is mended, the keys are handed over."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Conflict, Invalid
from realestate.models.base import Versions
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.rules import Rules
from realestate.models.units import Unit
from realestate.services import audit, payments, policies
from realestate.services.bookings import settling, standing
from realestate.services.bookings.finding import together
from realestate.services.bookings.joining import turn_away
from realestate.services.notifications import notify


async def offer_possession(session: AsyncSession, booking_id: int, version: Versions | None = None) -> Booking:
    """The home can be taken over, as the certificate beside the project says; what waited for that is due. Conflict NO_CERTIFICATE."""
    by = session.info["identity"]
    async with together(session, booking_id, "offer_possession", version) as found:
        booking, unit, now = found
        policy = await policies.of(session, unit.project)
        may_be_unregistered = policy.possession_before_registration
        if (booking.status is not BookingStatus.agreement_signed or may_be_unregistered) and not await crud.bookings.has_certificate(
            session, booking.project_id
        ):
            raise Conflict("NO_CERTIFICATE", "Put the certificate of occupancy beside the project's documents first.")
        await turn_away(session, booking, unit)
        booking.offer_possession(now, may_be_unregistered=may_be_unregistered)
        await session.flush()
        rate = policy.owing(Rules.of(unit.project.rules, booking.interest_terms).interest_percent).as_agreed(booking.policy_terms)
        await payments.credit_delay(session, by, booking, unit.project, rate.interest_percent, now)
        await payments.settle(session, booking, unit.project, now)  # the lines that have waited for this are due
    notify(session, Event.booking_possession_offered, booking, **found.names)
    return booking


async def acknowledge(session: AsyncSession, booking_id: int) -> Booking:
    """The customer has seen the home and takes it as it is, but for the snags."""
    seen = await crud.bookings.peek(session, booking_id)
    async with together(session, booking_id, "") as found:
        is_first = seen.acknowledged_at is None
        found.booking.acknowledge(found.now)
        await session.flush()
    if is_first:
        notify(session, Event.booking_acknowledged, seen, **found.names)
    return seen


async def tick(session: AsyncSession, booking_id: int, done: Mapping[str, bool]) -> Booking:
    """What of the checklist is done. Invalid for what is not on it."""
    async with together(session, booking_id, "handover") as found:
        items = (await policies.of(session, found.unit.project)).handover_checklist
        if unknown := done.keys() - set(items):
            said = f"Not on the checklist: {', '.join(sorted(unknown))}. It asks for {', '.join(items)}."
            raise Invalid.field("done", said, "UNKNOWN_ITEM")
        found.booking.handover_checklist = {**found.booking.handover_checklist, **done}
        await session.flush()
    audit.record(session, "booking.checked", found.booking, **done)
    return found.booking


async def hand_over(session: AsyncSession, booking_id: int, version: Versions | None = None) -> Booking:
    """The keys. Conflict ARREARS, BLOCKING_SNAGS, CHECKLIST_INCOMPLETE or NOT_ACKNOWLEDGED, whichever stands in the way."""
    async with together(session, booking_id, "handover", version) as found:
        booking, unit, now = found
        await _check_ready(session, booking, unit)
        booking.hand_over(now)
        unit.take("hand_over")
    notify(session, Event.booking_handed_over, booking, **found.names)
    return booking


async def _check_ready(session: AsyncSession, booking: Booking, unit: Unit) -> None:
    basis = await settling.look(session, booking.id)
    if (left := standing.owed(basis)) > 0:
        raise Conflict("ARREARS", f"{basis.currency} {left:,.2f} of what is due is still to come.", outstanding=left)
    if blocking := await crud.bookings.count_blocking(session, booking.id):
        raise Conflict("BLOCKING_SNAGS", f"{blocking} of the snags must be mended first.")
    items = (await policies.of(session, unit.project)).handover_checklist
    if open_items := [item for item in items if not booking.handover_checklist.get(item)]:
        raise Conflict("CHECKLIST_INCOMPLETE", f"Not done yet: {', '.join(open_items)}.", missing=open_items)
    if booking.acknowledged_at is None:
        raise Conflict("NOT_ACKNOWLEDGED", "The customer has not acknowledged the handover yet.")
