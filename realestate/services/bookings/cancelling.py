"""How bookings end once there is money in them: asked for, withdrawn or declined, settled; or ended for default after notice."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Role
from realestate.models.base import Versions
from realestate.models.bookings import Booking, BookingStatus, CancellationCause
from realestate.models.notifications import Event
from realestate.models.settlements import Settlement
from realestate.schemas.cancellations import CancellationCreate, SettlementBasis, SettlementTerms
from realestate.services import audit, payments
from realestate.services.bookings import settling, standing
from realestate.services.bookings.agreeing import check_fair
from realestate.services.bookings.allotting import cancel
from realestate.services.bookings.finding import Found, let_go, peek, together, who
from realestate.services.bookings.joining import turn_away
from realestate.services.notifications import notify

KEPT_FOR = "Settlement of the cancellation"


async def request(
    session: AsyncSession, by: Identity, booking_id: int, said: CancellationCreate, version: Versions | None = None
) -> Booking:
    """Ask to be let out, or propose it. A reserve that nobody has paid for simply ends. Conflict NOT_MUTUAL, RETENTION_MISSING."""
    if by.role is Role.customer and (said.retention, said.interest, said.pass_through_spent) != (None, None, None):
        raise Invalid.field("retention", "What is kept is for the company to propose.", "TEAM_ONLY")
    seen = await peek(session, booking_id, "", version)
    if seen.status is BookingStatus.reserved:
        return await cancel(session, booking_id, said.reason, version)
    async with together(session, booking_id, "request_cancel", version) as found:
        basis = await settling.look(session, booking_id)
        cause = standing.cause_of(basis, said.cause if by.role is not Role.customer else None, found.now)
        terms = SettlementTerms(retention=said.retention, interest=said.interest, pass_through_spent=said.pass_through_spent)
        wanted = settling.work_out(basis, cause, terms, found.now)
        proposed = {"pass_through_spent": wanted.pass_through_spent} if wanted.pass_through_spent else {}
        if cause is CancellationCause.mutual:
            proposed |= {"retention": wanted.retention, "interest": wanted.builder_interest_owed}
        found.booking.policy_terms = found.booking.policy_terms or standing.policy_of(basis).agreed(found.unit.project.jurisdiction)
        found.booking.request_cancel(cause, said.reason, found.now, who(by) or Role.worker, **proposed)
        await turn_away(session, found.booking, found.unit)
        await session.flush()
    notify(session, Event.cancellation_requested, found.booking, part=found.part, **found.names, reason=said.reason or "")
    return found.booking


async def withdraw(session: AsyncSession, by: Identity, booking_id: int, version: Versions | None = None) -> Booking:
    """The customer stays after all, or the builder declines: the booking is where it was."""
    event = "withdraw_cancel" if by.role is Role.customer else "decline_cancel"
    async with together(session, booking_id, event, version) as found:
        found.booking.resume(event)
        await session.flush()
        await payments.loosen(session, *found, found.now)
        await payments.settle(session, found.booking, found.unit.project, found.now)  # what has become due meanwhile
    said = "withdrawn" if by.role is Role.customer else "declined"
    notify(session, Event.cancellation_withdrawn, found.booking, part=found.part, **found.names, said=said)
    return found.booking


async def approve(session: AsyncSession, by: Identity, booking_id: int, terms: SettlementTerms, version: Versions | None = None) -> Booking:
    """Let them out: the settlement stands from now on, its refunds wait for somebody else's approval, the unit is free at once.

    Conflict WORSE_FOR_BUYER, CONSENT_MISSING, NOT_MUTUAL, RETENTION_MISSING, FINANCE_MISSING.
    """
    async with together(session, booking_id, "approve_cancel", version) as found:
        basis = await settling.look(session, booking_id)
        if standing.policy_of(basis).finance_agrees_to_cancel:
            found.booking.check_agreed(by.me)
        settlement = settling.work_out(basis, standing.cause_of(basis, terms.cause, found.now), terms, found.now)
        check_fair(basis, settlement, terms, found.now)
        await _end(session, found, "approve_cancel", settlement)
    await _pay_back(session, by, found, settlement, standing.going_back(basis))
    return found.booking


async def agree(session: AsyncSession, by: Identity, booking_id: int) -> Booking:
    """For finance, where the policy wants its word beside that of whoever settles."""
    async with together(session, booking_id, "") as found:
        found.booking.agree_to_cancel(by.me, found.now)
        await session.flush()
    audit.record(session, "cancellation.agreed", found.booking)
    return found.booking


async def give_notice(session: AsyncSession, booking_id: int) -> Booking:
    """Tell the buyer that the booking ends unless what is late is paid. Conflict NO_ARREARS."""
    async with together(session, booking_id, "terminate") as found:
        basis = await settling.look(session, booking_id)
        late = _late(basis)
        found.booking.give_notice(found.now)
    days = standing.policy_of(basis).notice_days
    notify(session, Event.booking_default_notice, found.booking, part=f"{found.now:%Y%m%d}", **found.names, amount=late, days=days)
    return found.booking


async def terminate(session: AsyncSession, by: Identity, booking_id: int) -> Booking:
    """End it for default. Conflict NO_NOTICE, NOTICE_RUNNING, NO_ARREARS."""
    async with together(session, booking_id, "terminate") as found:
        await turn_away(session, found.booking, found.unit)
        basis = await settling.look(session, booking_id)
        found.booking.check_notice(found.now, standing.policy_of(basis).notice_days)
        _late(basis)
        settlement = settling.work_out(basis, CancellationCause.buyer_default, SettlementTerms(), found.now)
        await _end(session, found, "terminate", settlement)
    await _pay_back(session, by, found, settlement, standing.going_back(basis))
    return found.booking


def _late(basis: SettlementBasis) -> str:
    late = standing.arrears(basis)
    if late <= 0:
        raise Conflict("NO_ARREARS", "Nothing is overdue on this booking.")
    return f"{basis.currency} {late:,.2f}"


async def _end(session: AsyncSession, found: Found, event: str, settlement: Settlement) -> None:
    booking = found.booking
    booking.end(event, settlement.cause, settlement.as_json)
    booking.default_notice_at = None
    if settlement.interest_due:
        project = found.unit.project
        await payments.post(session, booking, project, found.now, project.date_at(found.now))
    await payments.withhold(session, booking, settlement.interest_due, settlement.other_charges)
    await let_go(session, found, booking.booking_number if settlement.refundable > 0 else None)


async def _pay_back(session: AsyncSession, by: Identity, found: Found, settlement: Settlement, going_back: Decimal) -> None:
    """In the name of whoever has agreed: somebody else approves the refunds. What the builder owes is credited, and goes back too; what was
    on its way back before is a part of it."""
    booking = found.booking
    if settlement.builder_interest_owed:
        await payments.credit(session, by, booking, found.unit.project, settlement.builder_interest_owed, found.now)
    await payments.spread(session, by, booking, settlement.refundable - going_back, KEPT_FOR)
    back = f"{booking.currency} {settlement.refundable:,.2f}"
    notify(session, Event.cancellation_settled, booking, **found.names, amount=back, due=f"{settlement.refund_due_by:%d %b %Y}")
