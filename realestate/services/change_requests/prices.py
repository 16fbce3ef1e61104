"""What a change costs: quoted, accepted, expired."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, Identity, as_system, transaction
from realestate.errors import Invalid
from realestate.models.base import Versions
from realestate.models.bookings import Booking
from realestate.models.change_requests import QUOTED_FOR, ChangeRequest, Quote
from realestate.models.money import PlanTrigger
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentKind
from realestate.models.projects import Project
from realestate.schemas.change_requests import ChangeRequestStep, QuoteCreate, QuoteLine
from realestate.services import payments
from realestate.services.change_requests.finding import attach, check_changeable, check_cut_off, fetch, lock, names, peek, price
from realestate.services.notifications import notify

CHARGES_DUE_IN = timedelta(days=15)
LONGEST_QUOTE = timedelta(days=366)


async def quote(
    session: AsyncSession, member: Identity, request_id: int, said: QuoteCreate, version: Versions | None = None
) -> ChangeRequest:
    """Name a price, or another one: what was quoted before can no longer be accepted."""
    request, project, now = await fetch(session, request_id, "quote", version)
    booking = await crud.bookings.peek(session, request.booking_id)
    check_changeable(booking)
    await check_cut_off(session, booking, request.request_type)
    until = said.valid_until or now + QUOTED_FOR
    if not now < until <= now + LONGEST_QUOTE:
        raise Invalid.field("valid_until", "This should be within the coming year.", "OUT_OF_RANGE")
    lines = [(line.name, line.amount, line.tax_percent) for line in said.lines]
    request.quote(Quote(lines, said.days, until), member.me, now)
    request.answer(member.role, said.note)
    await attach(session, request, said.attachment_ids)
    facts = {"price": price(request), "until": f"{project.date_at(until):%d %b %Y}"}
    notify(session, Event.change_request_quoted, request, part=str(request.quote_version), **names(request), **facts)
    return request


async def accept(
    session: AsyncSession,
    request_id: int,
    wanted: tuple[int | None, Decimal | None],
    note: str | None = None,
    version: Versions | None = None,
) -> ChangeRequest:
    """The customer agrees to a price, named by its version or its amount. The charges, the addendum and the new promise follow at once,
    written by the system: neither side may do that alone."""
    seen = await peek(session, request_id, "accept", version)
    async with as_system(session):
        booking = await crud.bookings.get(session, seen.booking_id)
    request, project, now = await lock(session, request_id, "accept", version)
    check_changeable(booking)
    request.accept(*wanted, now)
    request.answer(session.info["identity"].role, note)
    async with as_system(session):
        await _agree(session, request, booking, project, now)
    assert request.addendum is not None, "just written"
    facts = {"price": price(request), "addendum": request.addendum["number"]}
    notify(session, Event.change_request_accepted, request, **names(request), **facts)
    return request


async def expire() -> int:
    """Write down which prices have run out, and tell; how many. They cannot be accepted any more before anybody writes that."""
    total = 0
    while True:
        async with transaction(WORKER) as session:
            lapsed = await crud.change_requests.lock_lapsed(session)
            for request in lapsed:
                request.take("expire")
                until = f"{request.quote_valid_until:%d %b %Y}"
                notify(session, Event.change_request_expired, request, part=str(request.quote_version), **names(request), until=until)
        total += len(lapsed)
        if not lapsed:
            return total


async def _agree(session: AsyncSession, request: ChangeRequest, booking: Booking, project: Project, now: datetime) -> None:
    """What follows from the customer's word: the addendum, the promise, and the charges, demanded at once and met by credit first."""
    number, first = await crud.change_requests.next_numbers(session, booking)
    request.agree(number, booking, now)
    today = project.date_at(now)
    owed = [line for line in request.lines if line[1] + line[2] > 0]
    charges = [
        Installment(
            **{name: getattr(request, name) for name in ("builder_id", "project_id", "booking_id", "customer_id")},
            kind=InstallmentKind.charge,
            seq=seq,
            name=name,
            amount=amount + tax,
            tax_amount=tax,
            trigger={"trigger": PlanTrigger.manual.value},
            due_date=today + CHARGES_DUE_IN,
            change_request_id=request.id,
        )
        for seq, (name, amount, tax) in enumerate(owed, first)
    ]
    session.add_all(charges)
    await session.flush()
    for charge in charges:
        await payments.demand(session, booking, charge, today, now)
    await payments.settle(session, booking, project, now)


def in_one_sum(said: ChangeRequestStep) -> QuoteCreate:
    """The portals' quote: one price for all, tax included."""
    if said.estimated_cost is None:
        raise Invalid.field("estimated_cost", "Say what it costs.", "MISSING")
    line = QuoteLine(name="Change as described", amount=said.estimated_cost)
    days = said.estimated_timeline_days or 0
    more = {"note": said.builder_response, "attachment_ids": said.attachment_ids}
    return QuoteCreate(lines=[line], days=days, valid_until=said.quote_valid_until, **more)
