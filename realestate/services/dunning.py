"""Dunning: what is coming and what is late is said, rung by rung, unless finance has asked for a pause; who owes for too long is at risk."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Invalid, NotFound
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.payments import DunningPause, ReminderKind
from realestate.models.projects import Project
from realestate.services import audit
from realestate.services.jobs import every, one_by_one
from realestate.services.notifications import notify

MOST_AT_ONCE = 500
SAID = {ReminderKind.due_soon: Event.payment_due_soon, ReminderKind.overdue: Event.payment_overdue}


async def remind() -> int:
    """Tell buyers, and who keeps the books, of every rung of the project's ladders that a line has come to, once each; of how many bookings.

    Who comes late to a ladder hears only of the nearest rung. A booking that its buyer wants to be let out of is left in peace. Each in a
    transaction of its own, in any number of processes.
    """
    return await one_by_one([(name, id) for name, (page, _) in STEPS.items() for id in await every(page, MOST_AT_ONCE)], _take_step)


async def _take_step(due: tuple[str, int]) -> bool:
    name, booking_id = due
    async with transaction(WORKER) as session:
        return await STEPS[name][1](session, await crud.bookings.get(session, booking_id))


async def _remind(kind: ReminderKind, session: AsyncSession, booking: Booking) -> bool:
    found = await crud.dunning.take(session, kind, booking.id)
    for one in found:
        notify(session, SAID[kind], one.line, part=one.key, **_facts(one))
    return bool(found)


async def _warn(session: AsyncSession, booking: Booking) -> bool:
    found = await crud.dunning.mark_at_risk(session, booking.id)
    for one in found:
        notify(session, Event.payment_at_risk, one.line, **_facts(one), days=str(one.days))
    return bool(found)


async def _calm(session: AsyncSession, booking: Booking) -> bool:
    if is_calm := await crud.dunning.is_out_of_risk(session, booking.id):
        booking.at_risk = False
        audit.record(session, "booking.out_of_risk", booking)
    return is_calm


Page = Callable[[AsyncSession, int, int | None], Awaitable[Sequence[int]]]
Step = Callable[[AsyncSession, Booking], Awaitable[bool]]
STEPS: dict[str, tuple[Page, Step]] = {
    "calm": (crud.dunning.out_of_risk, _calm),
    **{kind.value: (partial(crud.dunning.to_remind, kind), partial(_remind, kind)) for kind in ReminderKind},
    "warn": (crud.dunning.to_warn, _warn),
}
"""In this order: the bookings of which there is something to say, and how it is said of one."""


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
