"""Demands: a line becomes money that is owed by a day. Draft, approved, issued; the project says whether all three happen at once."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Conflict
from realestate.models.bookings import DEMANDED_OF, Booking
from realestate.models.money import PlanTrigger
from realestate.models.notifications import Event
from realestate.models.payments import Installment, Series
from realestate.models.projects import Project
from realestate.services import audit
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
    """Send an approved one. Its time to pay begins today."""
    booking = await crud.bookings.get(session, await crud.demands.booking_id_of(session, line_id))
    line = await crud.demands.get(session, line_id)
    _expect_demandable(booking)
    project, now = await session.get_one(Project, booking.project_id), await crud.clock.now(session)
    today = project.date_at(now)
    if line.trigger.get("trigger") != PlanTrigger.on_date and line.next_steps:
        line.due_date = today + timedelta(days=line.trigger.get("due_in_days", 0))
    if line.trigger.get("trigger") == PlanTrigger.manual and line.demand_state is None and line.kind == "installment":
        line.fire(None, today + timedelta(days=line.trigger.get("due_in_days", 0)))
        line.approve()
    elif line.demand_state is None:
        raise Conflict("NOT_DUE", "The event that this line waits for has not come.")
    await demand(session, booking, line, today, now)
    await session.flush()
    await reallocate(session, booking)
    return line


def _expect_demandable(booking: Booking) -> None:
    if booking.status not in DEMANDED_OF:
        raise Conflict("BOOKING_NOT_CONFIRMED", f"Nothing is demanded of a booking that is {booking.status}.")


def _why(line: Installment) -> str:
    """Such as: Structure has reached 50 % (certified by Meera Iyer)."""
    if not line.proof:
        return ""
    by = f" (certified by {line.proof['certified_by']})" if line.proof.get("certified_by") else ""
    return f" {line.proof['phase_name']} has reached {line.proof['threshold_pct']} %{by}."
