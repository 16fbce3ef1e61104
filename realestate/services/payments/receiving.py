"""Money that comes: recorded, cleared, allocated oldest first, and what follows from it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Invalid
from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED, ON_THEIR_WAY, Payment, PaymentKind, PaymentMethod, PaymentStatus, Series
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.models.units import Unit
from realestate.schemas.payments import PaymentCreate
from realestate.services import audit
from realestate.services.notifications import notify
from realestate.services.payments import refunds
from realestate.services.payments.accruing import owed, square
from realestate.services.payments.charging import charge
from realestate.services.payments.firing import settle
from realestate.services.payments.loosening import loosen
from realestate.services.payments.numbering import number
from realestate.services.payments.unsettling import drop, unsettle

CLEARED_LATER = (PaymentMethod.cheque, PaymentMethod.demand_draft, PaymentMethod.tds)
"""Paper that may bounce, and tax that counts with its certificate: from the recorded clearance on."""

LONG_AGO = timedelta(days=5 * 365)
"""Sales from before a company came here are entered late, with the days on which their money came: as long as a house is under way."""


async def record(session: AsyncSession, member: Identity, said: PaymentCreate) -> Payment:
    """Write down money that a builder has received. It makes the booking's claim firm; paper waits for its clearance."""
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, said.booking_id)).unit_id)
    booking = await crud.bookings.get(session, said.booking_id)
    if booking.status not in ACTIVE:
        raise Conflict("BOOKING_NOT_ACTIVE", f"A booking that is {booking.status} takes no payments.")
    await _check(session, booking, unit.project, unit.project.date_at(now), said)
    payment = Payment(
        builder_id=booking.builder_id,
        project_id=booking.project_id,
        customer_id=booking.customer_id,
        currency=booking.currency,
        created_by=member.me,
        kind=PaymentKind.tds_credit if said.payment_method is PaymentMethod.tds else PaymentKind.receipt,
        status=PaymentStatus.pending,
        **said.model_dump(),
    )
    session.add(payment)
    booking.firm()
    unit.firm()
    if payment.payment_method in CLEARED_LATER:
        payment.take("submit")
    await session.flush()
    audit.record(session, "payment.recorded", payment, amount=str(payment.amount), method=payment.payment_method.value)
    if payment.payment_method not in CLEARED_LATER:
        await arrive(session, booking, unit, payment, now)
    return payment


async def clear(session: AsyncSession, member: Identity, payment_id: int) -> Payment:
    """The bank has credited a cheque or draft. What comes for a booking that has ended meanwhile is queued to go back."""
    unit, booking, payment, now = await _fetch(session, payment_id)
    if payment.checkout_url:
        raise Conflict("SET_BY_GATEWAY", "Whether an online payment has come, its gateway says.")
    await arrive(session, booking, unit, payment, now)
    if booking.status not in ACTIVE and payment.kind is PaymentKind.receipt:
        await refunds.request(session, member, payment, payment.remainder, "It came after the booking had ended.")
    return payment


async def bounce(session: AsyncSession, payment_id: int, reason: str) -> Payment:
    """The bank has not paid it after all: what it had paid is owed again, later receipts move up, and the rules may charge for it.

    A reserve that nothing else speaks for has its end again; so has a booking whose token it was. Of
    one that has ended, nothing of this money goes back. Conflict REFUND_UNDER_WAY, REFUND_SENT.
    """
    unit, booking, payment, now = await _fetch(session, payment_id)
    payment.may("bounce")
    if booking.status not in ACTIVE:
        await drop(session, booking, reason, payment)
    async with as_system(session):
        await crud.payments.trim(session, payment, Decimal(0))
    payment.bounce(now, reason)
    await session.flush()
    amount = f"{payment.currency} {payment.amount:,.2f}"
    notify(session, Event.receipt_bounced, payment, number=booking.booking_number, amount=amount, reason=reason)
    if booking.status not in ACTIVE:
        await unsettle(session, booking, unit, payment, now)
        return payment
    rules = Rules.of(unit.project.rules, booking.interest_terms)
    await loosen(session, booking, unit, now, payment.created_at)
    if rules.bounce_charge:
        name = f"Charge for the payment of {payment.payment_date:%d %b %Y} that bounced"
        await charge(session, booking, unit.project, name, rules.bounce_charge, now)
    await square(session, booking, unit.project, now)
    return payment


async def _fetch(session: AsyncSession, payment_id: int) -> tuple[Unit, Booking, Payment, datetime]:
    """Locked in this order, and the time."""
    booking_id = await crud.payments.booking_id_of(session, payment_id)
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, booking_id)).unit_id)
    return unit, await crud.bookings.get(session, booking_id), await crud.payments.get(session, payment_id), now


async def _check(session: AsyncSession, booking: Booking, project: Project, today: date, said: PaymentCreate) -> None:
    """A date that can be, and no more than the booking can ever owe: a slip of the keyboard, not a gift."""
    if said.payment_date > today:
        raise Invalid.field("payment_date", "This date has not come yet.", "IN_THE_FUTURE")
    if said.payment_date < (earliest := project.date_at(booking.booking_date) - LONG_AGO):
        raise Invalid.field(
            "payment_date", f"The booking is of {earliest + LONG_AGO}: nobody has paid for it so long before.", "TOO_LONG_AGO"
        )
    left = await still_to_come(session, booking, project, today)
    if said.amount > left:
        raise Conflict("EXCEEDS_TOTAL", f"Only {booking.currency} {left:,.2f} of this booking's total is still to come.", outstanding=left)


async def still_to_come(session: AsyncSession, booking: Booking, project: Project, today: date) -> Decimal:
    """What a booking can ever owe, interest until today included, less what has come or been sent. Negative when more has."""
    charged = await crud.payments.charged(session, booking.id) + await owed(session, booking, project, today)
    return booking.total_amount + charged - await crud.payments.total(session, booking.id, ON_THEIR_WAY)


async def arrive(session: AsyncSession, booking: Booking, unit: Unit, payment: Payment, now: datetime) -> None:
    """The money is there, from whomever we know it: a number, the lines that it pays, and what follows. Lock all three first."""
    payment.may("clear")
    series = Series.receipt if payment.kind is PaymentKind.receipt else Series.credit
    payment.clear(now, await number(session, booking, series, unit.project.date_at(now)))
    await session.flush()
    amount = f"{payment.currency} {payment.amount:,.2f}"
    notify(session, Event.receipt_cleared, payment, number=booking.booking_number, amount=amount, receipt=payment.receipt_no)
    if booking.status not in ACTIVE:
        return
    await settle(session, booking, unit.project, now)
    if booking.status is BookingStatus.reserved and await crud.payments.total(session, booking.id, CLEARED) >= booking.token_amount:
        booking.token_cleared()
        notify(session, Event.booking_token_paid, booking, number=booking.booking_number, **unit.names)
