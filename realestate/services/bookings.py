"""Booking a unit, from the reserve to the allotment. Each verb: fetch (unit, then booking, locked), change, tell."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Invalid, NotFound
from realestate.models.accounts import LeadSource, Permission
from realestate.models.base import Versions, no_such_step
from realestate.models.bookings import WHOLE_SHARE, Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.notifications import Event
from realestate.models.rules import Rules
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.schemas.bookings import BookingCreate, BookingIntent, BookingStep
from realestate.services import claims, payments, pricing
from realestate.services.leads import meet
from realestate.services.notifications import notify


async def create(session: AsyncSession, by: Identity, customer_id: int, order: BookingCreate) -> Booking:
    """What the customer intends: claim the unit, ask about it, or wait for it."""
    match order.intent:
        case BookingIntent.reserve:
            return await reserve(session, by, customer_id, order)
        case BookingIntent.inquire:
            return await _register_interest(session, by, customer_id, order, BookingStatus.inquiry)
        case BookingIntent.waitlist:
            return await _register_interest(session, by, customer_id, order, BookingStatus.waitlisted)


async def reserve(session: AsyncSession, by: Identity, customer_id: int, order: BookingCreate) -> Booking:
    """Claim a unit for a customer until its token is due, at the server's price and with the whole schedule written down.

    Conflict UNIT_NOT_AVAILABLE when somebody was faster: the lock, the wall and a unique index each see to that.
    """
    if order.payment_plan is None:
        raise Invalid.field("payment_plan", "Choose a plan to reserve a unit.", "MISSING")
    unit, now = await _claim(session, order.unit_id)
    await meet(session, by, unit.builder_id, customer_id, LeadSource.booking)
    rules, standing = Rules.of(unit.project.rules), await crud.bookings.standing(session, unit, customer_id)
    if standing.unpaid >= rules.unpaid_reserves:
        raise Conflict("RESERVE_LIMIT", f"Pay the token of one first: at most {rules.unpaid_reserves} units of a project wait for theirs.")
    price = await _end_own_hold(session, unit, customer_id)
    booking = _new(unit, customer_id, BookingStatus.reserved)
    if standing.inquiry_id:  # the customer's open enquiry about the unit goes on
        booking.id, booking.status = standing.inquiry_id, standing.inquiry_status
        booking.take("reserve")
    until = now + timedelta(hours=rules.reserve_hours)
    unit.reserve(customer_id, until)
    pricing.price(booking, unit, price, order.payment_plan)
    booking.booking_date, booking.reserve_expires_at = now, until
    booking.needs_loan, booking.special_requests = order.needs_loan, order.notes
    await crud.reserves.create(session, booking, unit, pricing.schedule(booking, now, unit.project.date_at(now)))
    token = f"{booking.currency} {booking.token_amount:,.2f}"
    notify(session, Event.booking_reserved, booking, **_names(booking, unit), token=token, until=f"{until:%d %b %Y, %H:%M} UTC")
    return booking


async def confirm(session: AsyncSession, booking_id: int, version: Versions | None = None) -> Booking:
    """Allot a unit whose token has been paid, demand what its plan already owes, and tell the buyer."""
    booking, unit, now = await _fetch(session, booking_id, "approve", version)
    booking.approve(now)
    unit.take("book")
    await payments.settle(session, booking, unit.project, now)
    notify(session, Event.booking_confirmed, booking, **_names(booking, unit))
    return booking


async def reject(session: AsyncSession, member: Identity, booking_id: int, reason: str, version: Versions | None = None) -> Booking:
    """Turn a buyer down: the unit is free again and all money that came is queued to go back."""
    booking, unit, _ = await _fetch(session, booking_id, "reject", version)
    booking.reject(reason)
    await payments.queue_full_refund(session, member, booking, reason)
    await _let_go(session, booking, unit)
    notify(session, Event.booking_rejected, booking, **_names(booking, unit), reason=reason)
    return booking


async def cancel(session: AsyncSession, booking_id: int, reason: str | None, version: Versions | None = None) -> Booking:
    """Let go of a reserve before its token has come: nobody owes anything."""
    booking, unit, _ = await _fetch(session, booking_id, "cancel", version)
    booking.cancel(reason)
    await _let_go(session, booking, unit)
    notify(session, Event.booking_cancelled, booking, **_names(booking, unit))
    return booking


async def step(session: AsyncSession, member: Identity, booking_id: int, wanted: BookingStep, version: Versions | None) -> Booking:
    """The portals' PATCH of a status, as the event that it stands for (domain.md §2). Stale when `version` is not the current one."""
    match wanted.status:
        case BookingStatus.booking_confirmed:
            return await confirm(session, booking_id, version)
        case BookingStatus.rejected:
            if wanted.reason is None:
                raise Invalid.field("reason", "Say why; the customer will read it.", "MISSING")
            return await reject(session, member, booking_id, wanted.reason, version)
        case BookingStatus.cancelled:
            return await cancel(session, booking_id, wanted.reason, version)
    booking, _, _ = await _fetch(session, booking_id, wanted.status.value, version)
    if wanted.status is BookingStatus.token_paid:
        raise Conflict("SET_BY_MONEY", "Only recorded money takes a booking to token_paid.", allowed=booking.allowed)
    raise no_such_step("booking", booking.status, wanted.status.value, booking.allowed)


def may_take(status: BookingStatus) -> Permission:
    """What a member of the team needs for a step: a sale that is not paid for is let go of by those who may make one."""
    return Permission.units_hold if status is BookingStatus.cancelled else Permission.bookings_approve


async def _claim(session: AsyncSession, unit_id: int) -> tuple[Unit, datetime]:
    """The unit, locked, and the time. A claim on it that the clock has ended is brought to its end first."""
    unit, is_over, now = await crud.units.claim(session, unit_id)
    if is_over:
        await claims.lapse(session, (await crud.units.lock(session, unit_id)).unit)
        unit, _, now = await crud.units.claim(session, unit_id)
    return unit, now


def _new(unit: Unit, customer_id: int, status: BookingStatus) -> Booking:
    return Booking(
        builder_id=unit.builder_id,
        project_id=unit.project_id,
        unit_id=unit.id,
        customer_id=customer_id,
        status=status,
        currency=unit.project.currency,
        promised_possession_date=unit.project.promised_possession_date,
    )


async def _end_own_hold(session: AsyncSession, unit: Unit, customer_id: int) -> Decimal:
    """The price of the customer's hold on the unit, which this ends, with what it consisted of; else today's."""
    if unit.status is not UnitStatus.held or unit.customer_id != customer_id:
        return unit.price
    hold = await crud.units.get_open_hold(session, unit.id)
    hold.end(HoldEnd.reserved)
    unit.price_lines = hold.price_lines
    return hold.price


async def _register_interest(session: AsyncSession, by: Identity, customer_id: int, order: BookingCreate, status: BookingStatus) -> Booking:
    """An enquiry or a place on the waiting list: no claim on the unit, today's price for the record."""
    unit = await crud.units.get(session, order.unit_id)
    if status is BookingStatus.waitlisted and await crud.units.is_free(session, unit.id):
        raise Conflict("UNIT_AVAILABLE", "This unit is available: reserve it instead of waiting for it.")
    await meet(session, by, unit.builder_id, customer_id, LeadSource.enquiry)
    booking = _new(unit, customer_id, status)
    booking.total_amount, booking.token_amount = unit.price, Decimal(0)
    booking.cost_sheet, booking.plan_snapshot = {}, {}
    booking.payment_plan, booking.needs_loan, booking.special_requests = order.payment_plan, order.needs_loan, order.notes
    session.add(booking)
    await session.flush()
    owner = {"owner_id": customer_id, "customer_id": customer_id, "role": PartyRole.owner, "share": WHOLE_SHARE}
    session.add(BookingParty(builder_id=booking.builder_id, project_id=booking.project_id, booking_id=booking.id, **owner))
    event = Event.booking_inquired if status is BookingStatus.inquiry else Event.booking_waitlisted
    notify(session, event, booking, **unit.names)
    return booking


async def _fetch(session: AsyncSession, booking_id: int, event: str, version: Versions | None) -> tuple[Booking, Unit, datetime]:
    """A booking and its unit, the unit locked first, and the time. Stale, or Conflict when it is expired by the clock.

    What is refused anyway is refused before anything is locked: a customer cannot lock a unit that is out of its hands.
    """
    seen = await crud.bookings.peek(session, booking_id)
    seen.expect(version)
    if event in Booking.EDGES:
        seen.may(event)
    try:
        unit, _, now = await crud.units.lock(session, seen.unit_id)
    except (NotFound, Conflict):  # out of the caller's hands since: say what became of the booking, not of the unit
        (await crud.bookings.get(session, booking_id)).may(event)
        raise
    booking = await crud.bookings.get(session, booking_id)
    booking.expect(version)
    if booking.has_lapsed(now):
        raise no_such_step("booking", BookingStatus.expired, event, [])
    return booking, unit, now


async def _let_go(session: AsyncSession, booking: Booking, unit: Unit) -> None:
    await crud.payments.cancel_schedule(session, booking.id)
    async with as_system(session):  # the project's rules may take the unit out of the customer's sight
        unit.free("end_booking")


def _names(booking: Booking, unit: Unit) -> dict[str, str]:
    return {"number": booking.booking_number, **unit.names}
