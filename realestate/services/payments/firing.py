"""Events that make lines due: a day, a milestone, the agreement, the keys. Each line fires once, in the order of its plan.

What is due is a question of the state, not of who has changed it: `settle` may be called after anything, as often as anybody likes.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.demands import Passed, proof
from realestate.database import as_system
from realestate.models.agreements import SIGNED
from realestate.models.bookings import DEMANDED_OF, Booking, BookingStatus
from realestate.models.money import PlanTrigger
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.progress import ProjectProgress
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.services import audit
from realestate.services.notifications import notify
from realestate.services.payments.accruing import square
from realestate.services.payments.demanding import demand, room

B = BookingStatus


async def settle(session: AsyncSession, booking: Booking, project: Project, now: datetime) -> None:
    """Demand what has become due, in order, then let every receipt meet what is owed. Lock the booking first."""
    lines = await crud.payments.schedule(session, booking.id)
    waiting = [line for line in lines if line.status is InstallmentStatus.scheduled and line.demand_state is None]
    if waiting and booking.status is not B.cancellation_requested:
        await _fire(session, booking, project, waiting, now)
    await square(session, booking, project, now, lines)
    await lift_notice(session, booking)


async def lift_notice(session: AsyncSession, booking: Booking) -> None:
    """A notice of default has done its work once nothing is late any more: who falls behind again is given another one, and time to pay."""
    if booking.default_notice_at and not await crud.payments.is_late(session, booking.id):
        async with as_system(session):
            booking.default_notice_at = None
        audit.record(session, "booking.notice_lifted", booking)


async def demand_passed(session: AsyncSession, project: Project, phase: ProjectProgress, now: datetime) -> None:
    """A phase has risen: demand, of every booking, the milestones that it has passed. The project is locked; so is every booking before
    the first number is drawn. The system does it, whoever has reported the rise."""
    async with as_system(session):
        for booking_id in await crud.demands.bookings_passed(session, phase):
            await settle(session, await crud.bookings.get(session, booking_id), project, now)


async def _fire(session: AsyncSession, booking: Booking, project: Project, waiting: list[Installment], now: datetime) -> None:
    today, rules = project.date_at(now), Rules.of(project.rules)
    asks_site = booking.status in DEMANDED_OF and any(line.trigger.get("trigger") == PlanTrigger.on_milestone for line in waiting)
    passed = {one.line.id: one for one in await crud.demands.passed(session, booking.id)} if asks_site else {}
    due = [line for line in waiting if _is_due(line, booking, passed, today)]
    left = await room(session, booking, project, drafts=True) if due else None
    for line in due:
        if left is not None and line.kind == "installment":
            left -= line.amount
            if left < 0:  # what does not fit waits, and so does all behind it
                return
        found = passed.get(line.id)
        line.fire(proof(found, now) if found else None, _due_date(line, found, booking, rules, today))
        if rules.auto_issue:
            line.approve()
            await demand(session, booking, line, today, now)
        else:
            notify(session, Event.demand_drafted, line, number=booking.booking_number, line=line.name)


async def would_fire(session: AsyncSession, booking: Booking, line: Installment) -> bool:
    """Whether a line would be demanded again at once, were its demand taken back: of a day that is known, always."""
    match line.trigger.get("trigger"):
        case PlanTrigger.on_date | PlanTrigger.on_booking:
            return True
        case PlanTrigger.on_agreement:
            return booking.status in SIGNED
        case PlanTrigger.on_possession:
            return booking.status in (B.possession_offered, B.handed_over)
        case PlanTrigger.on_milestone:
            return await crud.demands.is_passed(session, line.id)
    return False


def _is_due(line: Installment, booking: Booking, passed: Mapping[int, Passed], today: date) -> bool:
    if line.due_date:  # also of a demand that was taken back until then
        return line.due_date <= today
    match line.trigger.get("trigger"):
        case PlanTrigger.on_booking:  # it was more than may be asked for before the agreement
            return True
        case PlanTrigger.on_agreement:
            return booking.status in SIGNED
        case PlanTrigger.on_possession:
            return booking.status in (B.possession_offered, B.handed_over)
    return line.id in passed


def _due_date(line: Installment, found: Passed | None, booking: Booking, rules: Rules, today: date) -> date:
    """A date line's own day; else from today on, or from the day that a credit note has named, and for what was passed before the buyer
    came at least the project's catch-up days."""
    days = line.trigger.get("due_in_days", 0)
    if line.due_date:
        return line.due_date + timedelta(days=0 if line.trigger.get("trigger") == PlanTrigger.on_date else days)
    counted_at = found and (found.phase.certified_at or found.phase.updated_at)
    if counted_at and booking.confirmed_at and counted_at <= _agreed_at(line, booking.confirmed_at):
        days = max(days, rules.catch_up_days)
    return today + timedelta(days=days)


def _agreed_at(line: Installment, confirmed_at: datetime) -> datetime:
    """When the buyer has bound themselves to a line: by the booking, or by a later amendment of its plan."""
    planned_at = line.trigger.get("planned_at")
    return datetime.fromisoformat(planned_at) if planned_at else confirmed_at
