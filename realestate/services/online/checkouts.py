"""Ordering a payment: so much, on a page of the gateway's."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.adapters import gateways
from realestate.config import settings
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Unavailable
from realestate.models.accounts import User
from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.payments import ON_THEIR_WAY, Payment, PaymentMethod, PaymentStatus, PaymentType
from realestate.models.projects import Project
from realestate.schemas.payments import CheckoutCreate
from realestate.services import audit
from realestate.services.payments import still_to_come

AT_ONCE = asyncio.Semaphore(2)
"""Of the writing connections of a process, so many wait for a gateway that is slow, or for somebody who does; who comes then tries again."""
MOST_OPEN = 5
"""Pages of one booking, each for another amount or of another person."""
LEFT = timedelta(minutes=5)
"""That a page must still be open for, to be shown once more."""


async def open_checkout(session: AsyncSession, customer: Identity, booking_id: int, said: CheckoutCreate, here: str) -> Payment:
    """A pending receipt, and the page on which its money can be paid. The same amount brings the same page while it is open.

    Conflict BOOKING_NOT_ACTIVE, NOTHING_DUE, BELOW_TOKEN, EXCEEDS_TOTAL, TOO_MANY_PAGES, NO_GATEWAY, GATEWAY_REFUSED; Unavailable GATEWAY_AWAY.
    The row is the system's: no customer writes what only a gateway can say. All of it is one transaction, though it waits for the gateway:
    an order kept before its page is there would have to be found again or swept after each crash, at every gateway in another way, and the
    caller's idempotency key is kept with the answer anyway. So waiting is bounded: by PATIENCE, by AT_ONCE, by the lock's own timeout.
    """
    if AT_ONCE.locked():
        raise Unavailable("The payment gateway is slow just now. Please try again.", "GATEWAY_AWAY")
    async with AT_ONCE:
        await crud.gateways.queue_up(session, booking_id)
        return await _find_or_order(session, customer, booking_id, said, here)


async def _find_or_order(session: AsyncSession, customer: Identity, booking_id: int, said: CheckoutCreate, here: str) -> Payment:
    booking, now = await crud.bookings.peek(session, booking_id), await crud.clock.now(session)
    if booking.status not in ACTIVE or booking.has_lapsed(now):
        raise Conflict("BOOKING_NOT_ACTIVE", "This booking takes no payments any more.")
    gateway = gateways.current()
    async with as_system(session):
        amount = await _amount(session, booking, said.amount, now)
        known = await crud.gateways.find_open(session, booking.id, customer.me, amount, gateway.name, now + LEFT)
        if known is None and await crud.gateways.count_open(session, booking.id) >= MOST_OPEN:
            raise Conflict("TOO_MANY_PAGES", f"{MOST_OPEN} pages are open for this booking: pay on one of them, or wait until one closes.")
        payment = known or await order(session, gateway, customer, booking, amount, now, here)
    if known is None:
        audit.record(session, "payment.ordered", payment, amount=str(amount), gateway=gateway.name)
    return payment


async def _amount(session: AsyncSession, booking: Booking, wanted: Decimal | None, now: datetime) -> Decimal:
    """What is paid for when nobody says how much: of a reserve the token, then what has been demanded."""
    project = await session.get_one(Project, booking.project_id)
    left = await still_to_come(session, booking, project, project.date_at(now))
    came = await crud.payments.total(session, booking.id, ON_THEIR_WAY)
    token = booking.token_amount - came if booking.status is BookingStatus.reserved else Decimal(0)
    amount = wanted
    if amount is None:
        amount = token if token > 0 else await crud.gateways.due_now(session, booking.id)
    if amount <= 0:
        raise Conflict("NOTHING_DUE", "Nothing is due now; name an amount to pay ahead.")
    if amount < token:  # or a rupee would keep a unit off the market
        raise Conflict("BELOW_TOKEN", f"The first payment of a reserve is its token: {booking.currency} {token:,.2f}.", token=token)
    if amount > left:
        raise Conflict("EXCEEDS_TOTAL", f"Only {booking.currency} {left:,.2f} of this booking's total is still to come.", outstanding=left)
    return amount


async def order(
    session: AsyncSession, gateway: gateways.Gateway, customer: Identity, booking: Booking, amount: Decimal, now: datetime, here: str
) -> Payment:
    """A pending receipt and its page. The system's to do."""
    project = await session.get_one(Project, booking.project_id)
    payer = await session.get_one(User, customer.me)
    payment = Payment(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id", "currency")},
        booking_id=booking.id,
        payment_type=PaymentType.token if booking.status is BookingStatus.reserved else PaymentType.installment,
        payment_method=PaymentMethod.online,
        amount=amount,
        status=PaymentStatus.pending,
        payment_date=project.date_at(now),
        created_by=customer.me,
    )
    session.add(payment)
    await session.flush()
    page = await gateway.open(
        gateways.Order(
            reference=str(payment.id),
            amount=amount,
            currency=booking.currency,
            description=f"{booking.booking_number}, {project.project_name}",
            email=payer.email,
            return_url=f"{settings.public_url.rstrip('/')}/bookings/{booking.id}",
            here=here,
        )
    )
    payment.gateway, payment.gateway_order_id = gateway.name, page.order_id
    payment.checkout_url, payment.checkout_until = page.url, page.until
    await session.flush()
    return payment
