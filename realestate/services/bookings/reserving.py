"""How a booking begins: a unit claimed, asked about, or waited for."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import LeadSource, Role
from realestate.models.bookings import WHOLE_SHARE, Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.notifications import Event
from realestate.models.rules import Rules
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.schemas.bookings import BookingCreate, BookingIntent, OfferAcceptance
from realestate.services import claims, pricing
from realestate.services.bookings.finding import peek
from realestate.services.leads import meet
from realestate.services.notifications import notify

MOST_GIVEN_BACK = 2
"""Reserves of one unit that one customer may let go of in half an hour."""


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

    Conflict HOLD_TOO_OFTEN, or UNIT_NOT_AVAILABLE when somebody was faster: the lock, the wall and a unique index each see to that.
    """
    if order.payment_plan is None:
        raise Invalid.field("payment_plan", "Choose a plan to reserve a unit.", "MISSING")
    unit, now = await _claim(session, order.unit_id)
    await meet(session, by, unit.builder_id, customer_id, LeadSource.booking)
    rules, standing = Rules.of(unit.project.rules), await crud.bookings.standing(session, unit, customer_id)
    _check_limits(rules, standing, by)
    price, lines = await end_own_hold(session, unit, customer_id)
    booking = _new(unit, customer_id, BookingStatus.reserved)
    if standing.inquiry_status == BookingStatus.waitlisted and by.role is Role.builder:
        raise Conflict("CUSTOMER_WAITS", "This customer waits for the unit: what is offered to them is theirs alone to accept.")
    if standing.inquiry_id:  # the customer's open enquiry about the unit goes on
        booking.id, booking.status = standing.inquiry_id, standing.inquiry_status
        booking.accept_offer() if booking.status is BookingStatus.waitlisted else booking.take("reserve")
    until = now + timedelta(hours=rules.reserve_hours)
    unit.reserve(customer_id, until)
    pricing.price(booking, unit, price, order.payment_plan, lines)
    booking.booking_date, booking.reserve_expires_at = now, until
    booking.needs_loan, booking.special_requests = order.needs_loan, order.notes
    await crud.reserves.create(session, booking, unit, pricing.schedule(booking, unit.project, now))
    token = f"{booking.currency} {booking.token_amount:,.2f}"
    notify(
        session,
        Event.booking_reserved,
        booking,
        number=booking.booking_number,
        **unit.names,
        token=token,
        until=f"{until:%d %b %Y, %H:%M} UTC",
    )
    return booking


async def accept_offer(session: AsyncSession, customer: Identity, booking_id: int, said: OfferAcceptance) -> Booking:
    """Who has waited takes the unit that is kept for them. Conflict NO_OFFER when it is not, or not any more."""
    booking = await peek(session, booking_id, "accept_offer")
    unit = await crud.units.get(session, booking.unit_id)
    is_kept = booking.offered_until and unit.status is UnitStatus.held and unit.customer_id == customer.me
    if not is_kept or await crud.units.is_free(session, unit.id):  # by the clock
        raise Conflict("NO_OFFER", "The unit is not offered to you now.")
    order = BookingCreate(unit_id=booking.unit_id, payment_plan=said.payment_plan, needs_loan=said.needs_loan)
    return await reserve(session, customer, customer.me, order)


async def _claim(session: AsyncSession, unit_id: int) -> tuple[Unit, datetime]:
    """The unit, locked, and the time. A claim on it that the clock has ended is brought to its end first."""
    unit, is_over, now = await crud.units.claim(session, unit_id)
    if is_over:
        await claims.make_way(session, (await crud.units.lock(session, unit_id)).unit, now)
        unit, _, now = await crud.units.claim(session, unit_id)
    return unit, now


def _check_limits(rules: Rules, standing: Any, by: Identity) -> None:
    if standing.unpaid >= rules.unpaid_reserves:
        raise Conflict("RESERVE_LIMIT", f"Pay the token of one first: at most {rules.unpaid_reserves} units of a project wait for theirs.")
    if by.role is Role.customer and standing.given_back >= MOST_GIVEN_BACK:
        raise Conflict("HOLD_TOO_OFTEN", f"You gave this unit back {MOST_GIVEN_BACK} times in the last half hour; please wait a little.")


def _new(unit: Unit, customer_id: int, status: BookingStatus) -> Booking:
    return Booking(
        builder_id=unit.builder_id,
        project_id=unit.project_id,
        unit_id=unit.id,
        customer_id=customer_id,
        status=status,
        kyc_checklist={},  # said, because nobody but the system reads back what the database would say by itself
        nominees=[],
        currency=unit.project.currency,
        promised_possession_date=unit.project.promised_possession_date,
    )


async def end_own_hold(session: AsyncSession, unit: Unit, customer_id: int) -> tuple[Decimal, list[dict[str, Any]]]:
    """The price of the customer's hold on the unit, which this ends, and what it consists of; else today's."""
    if unit.status is not UnitStatus.held or unit.customer_id != customer_id:
        return unit.price, unit.price_lines
    hold = await crud.units.get_open_hold(session, unit.id)
    hold.end(HoldEnd.reserved)
    return hold.price, hold.price_lines


async def _check_wait(session: AsyncSession, unit: Unit, customer_id: int) -> None:
    if await crud.units.is_free(session, unit.id):
        raise Conflict("UNIT_AVAILABLE", "This unit is available: reserve it instead of waiting for it.")
    if unit.customer_id == customer_id:
        raise Conflict("ALREADY_YOURS", "Nobody waits for a unit that they hold or have.")


async def _register_interest(session: AsyncSession, by: Identity, customer_id: int, order: BookingCreate, status: BookingStatus) -> Booking:
    """An enquiry or a place on the waiting list: no claim on the unit, today's price for the record."""
    unit = await crud.units.get(session, order.unit_id)
    if status is BookingStatus.waitlisted:
        await _check_wait(session, unit, customer_id)
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
