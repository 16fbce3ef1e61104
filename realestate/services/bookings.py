"""Booking a unit, from the reserve to the allotment. Each verb: fetch (unit, then booking, locked), change, tell."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import LeadSource
from realestate.models.bookings import Booking, BookingParty, BookingStatus, PartyRole, PaymentPlan
from realestate.models.money import PlanLine, PlanTrigger, round_cents, split
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.plans import lines_of
from realestate.models.rules import Rules
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.schemas.bookings import BookingCreate, BookingIntent, BookingStep
from realestate.services import claims, payments
from realestate.services.notifications import notify

ALL_OF_IT = 1_000_000
"""A share of 100 %, in basis points × 100."""


async def create(session: AsyncSession, customer_id: int, order: BookingCreate) -> Booking:
    """What the customer intends: claim the unit, ask about it, or wait for it."""
    match order.intent:
        case BookingIntent.reserve:
            return await reserve(session, customer_id, order)
        case BookingIntent.inquire:
            return await _register_interest(session, customer_id, order, BookingStatus.inquiry)
        case BookingIntent.waitlist:
            return await _register_interest(session, customer_id, order, BookingStatus.waitlisted)


async def reserve(session: AsyncSession, customer_id: int, order: BookingCreate) -> Booking:
    """Claim a unit for a customer until its token is due, at the server's price and with the whole schedule written down.

    Conflict UNIT_NOT_AVAILABLE when somebody was faster: the lock, the wall and a unique index each see to that.
    """
    if order.payment_plan is None:
        raise Invalid.field("payment_plan", "Choose a plan to reserve a unit.", "MISSING")
    unit, is_over, now = await crud.units.lock(session, order.unit_id)
    if is_over:
        await claims.lapse(session, unit)
    await crud.leads.know(session, unit.builder_id, customer_id, LeadSource.booking)
    price = await _end_own_hold(session, unit, customer_id)
    booking = await _booking_for(session, unit, customer_id)
    until = now + timedelta(hours=Rules.of(unit.project.rules).reserve_hours)
    unit.reserve(customer_id, until)
    _price(booking, unit, price, order.payment_plan)
    booking.reserve_expires_at, booking.needs_loan, booking.special_requests = until, order.needs_loan, order.notes
    await _enter(session, booking)
    session.add_all(schedule(booking, now, unit.project.date_at(now)))
    token = f"{booking.currency} {booking.token_amount:,.2f}"
    notify(session, Event.booking_reserved, booking, **_names(booking, unit), token=token, until=f"{until:%d %b %Y, %H:%M} UTC")
    return booking


async def confirm(session: AsyncSession, booking_id: int) -> Booking:
    """Allot a unit whose token has been paid, demand what its plan already owes, and tell the buyer."""
    unit, now = await _lock_unit(session, booking_id)
    booking = await crud.bookings.get(session, booking_id)
    booking.approve(now)
    unit.take("book")
    await payments.settle(session, booking, unit.project, now)
    notify(session, Event.booking_confirmed, booking, **_names(booking, unit))
    return booking


async def reject(session: AsyncSession, member: Identity, booking_id: int, reason: str) -> Booking:
    """Turn a buyer down: the unit is free again and all money that came is queued to go back."""
    unit, _ = await _lock_unit(session, booking_id)
    booking = await crud.bookings.get(session, booking_id)
    booking.reject(reason)
    await payments.queue_full_refund(session, member, booking)
    await _let_go(session, booking, unit)
    notify(session, Event.booking_rejected, booking, **_names(booking, unit), reason=reason)
    return booking


async def cancel(session: AsyncSession, booking_id: int, reason: str | None) -> Booking:
    """Let go of a reserve before its token has cleared: nobody owes anything."""
    (await crud.bookings.peek(session, booking_id)).may("cancel")  # a customer cannot lock what is no longer its own
    unit, _ = await _lock_unit(session, booking_id)
    booking = await crud.bookings.get(session, booking_id)
    booking.cancel(reason)
    await _let_go(session, booking, unit)
    notify(session, Event.booking_cancelled, booking, **_names(booking, unit))
    return booking


async def step(session: AsyncSession, member: Identity, booking_id: int, wanted: BookingStep, version: int | None) -> Booking:
    """The portals' PATCH of a status, as the event that it stands for (domain.md §2). Stale when `version` is not the current one."""
    booking = await crud.bookings.peek(session, booking_id)
    booking.expect(version)
    match wanted.status:
        case BookingStatus.booking_confirmed:
            return await confirm(session, booking_id)
        case BookingStatus.rejected:
            if wanted.reason is None:
                raise Invalid.field("reason", "Say why; the customer will read it.", "MISSING")
            return await reject(session, member, booking_id, wanted.reason)
        case BookingStatus.cancelled:
            return await cancel(session, booking_id, wanted.reason)
    code = "SET_BY_MONEY" if wanted.status is BookingStatus.token_paid else "INVALID_TRANSITION"
    said = f"A booking that is {booking.status} cannot be set to {wanted.status}."
    where: dict[str, Any] = {"from": booking.status.value, "event": wanted.status.value, "allowed": booking.allowed}
    raise Conflict(code, said, **where)


def schedule(booking: Booking, now: datetime, today: date) -> list[Installment]:
    """Every line of the plan, summing exactly to the total. What the booking itself triggers is owed at once, without a demand notice."""
    assert booking.payment_plan is not None, "priced before"
    lines = lines_of(booking.payment_plan)
    amounts = split(booking.total_amount, [line.weight for line in lines])
    return [_installment(booking, seq, line, amount, now, today) for seq, (line, amount) in enumerate(zip(lines, amounts, strict=True), 1)]


def _installment(booking: Booking, seq: int, line: PlanLine, amount: Decimal, now: datetime, today: date) -> Installment:
    is_owed = line.trigger is PlanTrigger.on_booking
    return Installment(
        **_key(booking),
        customer_id=booking.customer_id,
        seq=seq,
        name=line.name,
        amount=amount,
        trigger=line.as_json,
        due_date=line.date_from(today),
        status=InstallmentStatus.demanded if is_owed else InstallmentStatus.scheduled,
        demanded_at=now if is_owed else None,
    )


def _price(booking: Booking, unit: Unit, price: Decimal, plan: PaymentPlan) -> None:
    """Totals and plan as they are today; later edits of project and unit never touch a booking."""
    lines = lines_of(plan)
    first = split(price, [line.weight for line in lines])[0]
    rules = Rules.of(unit.project.rules)
    booking.total_amount, booking.payment_plan = price, plan
    booking.token_amount = min(first, round_cents(price * rules.token_percent / 100))
    booking.cost_sheet = {"lines": [{"code": "base", "name": "Base price", "amount": str(price)}], "total": str(price)}
    booking.plan_snapshot = {"plan": plan.value, "lines": [line.as_json for line in lines]}


async def _booking_for(session: AsyncSession, unit: Unit, customer_id: int) -> Booking:
    """The customer's open enquiry about the unit, moved on, or a new booking."""
    inquiry = await crud.bookings.find_inquiry(session, unit.id, customer_id)
    if inquiry:
        inquiry.take("reserve")
        return inquiry
    return _new(unit, customer_id, BookingStatus.reserved)


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
    """The price of the customer's hold on the unit, which this ends, else today's."""
    if unit.status is not UnitStatus.held or unit.customer_id != customer_id:
        return unit.price
    hold = await crud.units.get_open_hold(session, unit.id)
    hold.end(HoldEnd.reserved)
    return hold.price


async def _register_interest(session: AsyncSession, customer_id: int, order: BookingCreate, status: BookingStatus) -> Booking:
    """An enquiry or a place on the waiting list: no claim on the unit, today's price for the record."""
    unit = await crud.units.get(session, order.unit_id)
    if status is BookingStatus.waitlisted and await crud.units.is_free(session, unit.id):
        raise Conflict("UNIT_AVAILABLE", "This unit is available: reserve it instead of waiting for it.")
    await crud.leads.know(session, unit.builder_id, customer_id, LeadSource.enquiry)
    booking = _new(unit, customer_id, status)
    booking.total_amount, booking.token_amount = unit.price, Decimal(0)
    booking.cost_sheet, booking.plan_snapshot = {}, {}
    booking.payment_plan, booking.needs_loan, booking.special_requests = order.payment_plan, order.needs_loan, order.notes
    await _enter(session, booking)
    event = Event.booking_inquired if status is BookingStatus.inquiry else Event.booking_waitlisted
    notify(session, event, booking, **unit.names)
    return booking


async def _enter(session: AsyncSession, booking: Booking) -> None:
    """Write the booking down and, if it is new, its owner of record."""
    is_new = booking.id is None
    session.add(booking)
    await session.flush()
    if is_new:
        owner = {"owner_id": booking.customer_id, "customer_id": booking.customer_id, "role": PartyRole.owner}
        session.add(BookingParty(**_key(booking), **owner, share=ALL_OF_IT))


async def _lock_unit(session: AsyncSession, booking_id: int) -> tuple[Unit, datetime]:
    """The booking's unit, to be locked before the booking itself, and the time."""
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, booking_id)).unit_id)
    return unit, now


async def _let_go(session: AsyncSession, booking: Booking, unit: Unit) -> None:
    await crud.payments.cancel_schedule(session, booking.id)
    unit.free("end_booking")


def _key(booking: Booking) -> dict[str, int]:
    return {"builder_id": booking.builder_id, "booking_id": booking.id}


def _names(booking: Booking, unit: Unit) -> dict[str, str]:
    return {"number": booking.booking_number, **unit.names}
