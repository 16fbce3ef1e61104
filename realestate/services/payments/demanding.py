"""Demands: a line becomes money that is owed by a day. Draft, approved, issued; the project says whether all three happen at once."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Conflict
from realestate.models.agreements import SIGNED
from realestate.models.bookings import DEMANDED_OF, Booking
from realestate.models.money import PlanTrigger
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED, Installment, Series
from realestate.models.projects import Project
from realestate.services import audit, pricing
from realestate.services.notifications import notify
from realestate.services.payments.allocating import reallocate
from realestate.services.payments.numbering import number


async def demand(session: AsyncSession, booking: Booking, line: Installment, today: date, now: datetime) -> None:
    """Issue it: numbered in the year of today, and told, with the proof where there is one."""
    line.issue(await number(session, booking, Series.demand, today), now)
    facts = {"number": booking.booking_number, "line": line.name, "demand": line.demand_no, "why": _why(line)}
    notify(session, Event.demand_issued, line, **facts, amount=f"{booking.currency} {line.amount:,.2f}", due=f"{line.due_date:%d %b %Y}")


async def approve(session: AsyncSession, line_id: int) -> Installment:
    """Somebody has looked at the draft."""
    booking = await crud.bookings.get(session, await crud.demands.booking_id_of(session, line_id))
    line = await crud.demands.get(session, line_id)
    _expect_demandable(booking)
    line.approve()
    audit.record(session, "demand.approved", line, number=booking.booking_number, line=line.name)
    return line


async def issue(session: AsyncSession, line_id: int) -> Installment:
    """Send an approved one. Its time to pay begins today, and is never shorter than the draft has said. Conflict PRE_AGREEMENT_CAP."""
    booking = await crud.bookings.get(session, await crud.demands.booking_id_of(session, line_id))
    line = await crud.demands.get(session, line_id)
    _expect_demandable(booking)
    project, now = await session.get_one(Project, booking.project_id), await crud.clock.now(session)
    today, trigger, days = project.date_at(now), line.trigger.get("trigger"), timedelta(days=line.trigger.get("due_in_days", 0))
    if trigger == PlanTrigger.manual and line.demand_state is None and line.kind == "installment":
        line.fire(None, max(today, line.due_date or today) + days)
        line.approve()
    elif line.demand_state is None:
        raise Conflict("NOT_DUE", "The event that this line waits for has not come.")
    if trigger != PlanTrigger.on_date and line.next_steps:
        line.due_date = max(today + days, line.due_date or today)
    await _check_room(session, booking, project, line)
    await demand(session, booking, line, today, now)
    await session.flush()
    await reallocate(session, booking)
    return line


async def room(session: AsyncSession, booking: Booking, project: Project, *, drafts: bool) -> Decimal | None:
    """What may still be asked for before the agreement is signed; None: anything."""
    most = None if booking.status in SIGNED else pricing.room_before_agreement(booking, project)
    if most is None:
        return None
    asked = await crud.demands.asked_for(session, booking.id, drafts=drafts)
    return most - max(asked, await crud.payments.total(session, booking.id, CLEARED))


async def _check_room(session: AsyncSession, booking: Booking, project: Project, line: Installment) -> None:
    """What was drafted or is asked for by hand has to fit too: money may have come meanwhile."""
    left = await room(session, booking, project, drafts=False) if line.kind == "installment" else None
    if left is not None and line.amount > left:
        said = f"Before the agreement is signed, {booking.currency} {max(left, Decimal(0)):,.2f} more may be asked for."
        raise Conflict("PRE_AGREEMENT_CAP", said, room=max(left, Decimal(0)))


def _expect_demandable(booking: Booking) -> None:
    if booking.status not in DEMANDED_OF:
        raise Conflict("BOOKING_NOT_CONFIRMED", f"Nothing is demanded of a booking that is {booking.status}.")


def _why(line: Installment) -> str:
    """Such as: Structure has reached 50 % (certified by Meera Iyer)."""
    if not line.proof:
        return ""
    by = f" (certified by {line.proof['certified_by']})" if line.proof.get("certified_by") else ""
    return f" {line.proof['phase_name']} has reached {line.proof['threshold_pct']} %{by}."
