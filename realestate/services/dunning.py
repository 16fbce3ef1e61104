"""Dunning: what is coming and what is late is said, rung by rung, unless finance has asked for a pause; who owes for too long is at risk."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Invalid, NotFound
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.payments import DunningPause, ReminderKind
from realestate.models.projects import Project
from realestate.services import audit
from realestate.services.notifications import notify

MOST_OF_ONE_COMMIT = 200
MOST_NOTICES = 10_000
"""An hour: where there are more, at first, the rest follows."""
SAID = {ReminderKind.due_soon: Event.payment_due_soon, ReminderKind.overdue: Event.payment_overdue}


async def remind() -> int:
    """Tell buyers, and who keeps the books, of every rung of the project's ladders that a line has come to, once each; how often.

    Who comes late to a ladder hears only of the nearest rung. A booking that its buyer wants to be let out of is left in peace.
    """
    async with transaction(WORKER) as session:
        for booking in await crud.dunning.clear_risk(session):
            audit.record(session, "booking.out_of_risk", booking)
    told = 0
    for kind in ReminderKind:
        while told < MOST_NOTICES and (said := await _remind_some(kind)):
            told += said
    while told < MOST_NOTICES and (said := await _warn_some()):
        told += said
    return told


async def _remind_some(kind: ReminderKind) -> int:
    async with transaction(WORKER) as session:
        found = await crud.dunning.take(session, kind, MOST_OF_ONE_COMMIT)
        for one in found:
            notify(session, SAID[kind], one.line, part=one.key, **_facts(one))
    return len(found)


async def _warn_some() -> int:
    async with transaction(WORKER) as session:
        found = await crud.dunning.mark_at_risk(session, MOST_OF_ONE_COMMIT)
        for one in found:
            notify(session, Event.payment_at_risk, one.line, **_facts(one), days=str(one.days))
    return len(found)


async def pause(session: AsyncSession, member: Identity, booking_id: int, until: date, reason: str) -> Booking:
    """Leave the buyer in peace until and with a day, in place of what was agreed on before."""
    booking = await crud.bookings.get(session, booking_id)
    now = await crud.clock.now(session)
    today = (await session.get_one(Project, booking.project_id)).date_at(now)
    if until < today:
        raise Invalid.field("until", "This day has passed.", "IN_THE_PAST")
    if before := await crud.dunning.find_pause(session, booking_id):
        before.lifted_at, before.lifted_by = now, member.me
        await session.flush()  # one at a time
    whose = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")}
    session.add(DunningPause(**whose, booking_id=booking.id, until=until, reason=reason, created_by=member.me))
    audit.record(session, "dunning.paused", booking, until=until.isoformat(), reason=reason)
    return booking


async def resume(session: AsyncSession, member: Identity, booking_id: int) -> None:
    """NotFound where nothing is paused."""
    booking = await crud.bookings.get(session, booking_id)
    standing = await crud.dunning.find_pause(session, booking_id)
    if standing is None:
        raise NotFound
    standing.lifted_at, standing.lifted_by = await crud.clock.now(session), member.me
    audit.record(session, "dunning.resumed", booking)


def _facts(one: crud.dunning.Reminded) -> dict[str, str]:
    line, booking = one.line, one.booking
    facts = {"number": booking.booking_number, "line": line.name, "amount": f"{booking.currency} {line.outstanding:,.2f}"}
    return facts | booking.unit.names | {"due": f"{line.due_date:%d %b %Y}"}
