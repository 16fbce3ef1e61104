"""A unit exchanged for another one of the company's: at that one's price, with a schedule of its own, and with the money that has come."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import NotFound
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED
from realestate.models.rules import Rules
from realestate.models.units import Unit
from realestate.services import claims, endings, payments, pricing, vacancies
from realestate.services.bookings import joining, moving, reserving
from realestate.services.bookings.finding import Found, on_behalf, peek
from realestate.services.notifications import notify

GOES_ALONG = (
    *("confirmed_at", "cooling_off_until", "needs_loan", "lender", "loan_amount", "kyc_checklist", "nominees", "agent_id"),
    *("special_requests", "interest_terms", "policy_terms"),
)
"""What is the buyer's. That a loan has been approved was said of another home."""
EXCHANGED = "The unit has been exchanged for another one."


async def swap(session: AsyncSession, by: Identity, booking_id: int, unit_id: int) -> Booking:
    """The new one is claimed first, at its price or at that of the customer's hold on it. Two units are locked in the order of their ids,
    so that two who cross do not wait for each other.

    Conflict UNIT_NOT_AVAILABLE, PAYMENT_PENDING.
    """
    seen = await peek(session, booking_id, "swap")
    await crud.units.get(session, unit_id)  # the caller's own, or not there
    async with as_system(session):
        units = {id: await crud.units.lock(session, id) for id in sorted({seen.unit_id, unit_id})}
        old = await crud.bookings.get(session, booking_id)
        old.check("swap")
        unit, is_over, now = units[unit_id]
        if unit.builder_id != old.builder_id:
            raise NotFound
        if is_over:
            await claims.make_way(session, unit, now)
        await moving.check_money(session, booking_id)
    async with on_behalf(session):
        left = units[seen.unit_id].unit
        await joining.turn_away(session, old, left)
        new = await _exchange(session, by, old, Found(old, unit, now))
        await vacancies.vacate(session, left, "end_booking", now)
        vacancies.tell_followers(session, left)
    notify(session, Event.booking_swapped, old, number=old.booking_number, next=new.booking_number, other=unit.names["unit"])
    return new


async def _exchange(session: AsyncSession, by: Identity, old: Booking, found: Found) -> Booking:
    _, unit, now = found
    await payments.close(session, old, unit.project, now, unit.project.date_at(now))  # its lines end here, and what they have accrued
    lines, begun = await crud.payments.schedule(session, old.id), await crud.successions.begun_changes(session, old.id)
    parties = [(one.customer_id, one.role, one.share) for one in await crud.parties.of_booking(session, old.id)]
    new = await _claim(session, old, found)
    old.take("swap")
    await session.flush()
    await moving.enter(session, new, parties, now)
    schedule = pricing.schedule(new, unit.project, now)
    session.add_all(schedule)
    await moving.copy_charges(session, new, lines, len(schedule) + 1, begun)
    await endings.call_off(session, old, unit.project, EXCHANGED)
    await moving.move_money(session, by, Found(new, unit, now), old)
    return new


async def _claim(session: AsyncSession, old: Booking, found: Found) -> Booking:
    """The unit for the same people, in the same state; without its token, which may be dearer, it is reserved for as long as any other."""
    _, unit, now = found
    assert old.payment_plan, "a reserve has a plan"
    price, lines = await reserving.end_own_hold(session, unit, old.customer_id)
    await _end_wait(session, unit, old.customer_id)
    unit.reserve(old.customer_id, now)
    unit.firm()
    new = Booking(
        **{name: getattr(old, name) for name in GOES_ALONG},
        builder_id=unit.builder_id,
        project_id=unit.project_id,
        unit_id=unit.id,
        customer_id=old.customer_id,
        status=old.status,
        swapped_from_id=old.id,
    )
    pricing.price(new, unit, price, old.payment_plan, lines)
    if new.loan_amount is not None and new.loan_amount > new.total_amount:
        new.loan_amount = new.total_amount
    if old.status is BookingStatus.booking_confirmed:
        unit.take("book")
    elif await crud.payments.total(session, old.id, CLEARED) < new.token_amount:
        new.status = BookingStatus.reserved
        new.reserve_expires_at = unit.hold_expires_at = now + timedelta(hours=Rules.of(unit.project.rules).reserve_hours)
    return new


async def _end_wait(session: AsyncSession, unit: Unit, customer_id: int) -> None:
    """Nobody waits for what is theirs."""
    standing = await crud.bookings.standing(session, unit, customer_id)
    if standing.inquiry_status == BookingStatus.waitlisted:
        (await crud.bookings.get(session, standing.inquiry_id)).miss_offer()
