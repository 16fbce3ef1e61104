"""Money that a gateway says has come: a receipt like any other, for a booking that still stands, or stands again."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER
from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.payments import EventOutcome, IssueKind, Payment, PaymentStatus
from realestate.models.units import HoldEnd, Unit, UnitStatus
from realestate.services import audit, claims
from realestate.services.notifications import notify
from realestate.services.online.issues import question
from realestate.services.payments import arrive, loosen, refunds, still_to_come


class Sale(NamedTuple):
    """What a payment is about, locked: unit, booking, payment. `is_over`: the clock has ended the claim on the unit."""

    unit: Unit
    is_over: bool
    now: datetime
    booking: Booking
    payment: Payment

    def of(self, payment: Payment) -> "Sale":
        return self._replace(payment=payment)


async def fetch(session: AsyncSession, seen: Payment) -> Sale:
    """In the order of the house."""
    claim = await crud.units.lock(session, (await crud.bookings.peek(session, seen.booking_id)).unit_id)
    booking = await crud.bookings.get(session, seen.booking_id)
    return Sale(*claim, booking, await crud.payments.get(session, seen.id))


async def take(session: AsyncSession, sale: Sale, reference: str) -> EventOutcome:
    """The money of an order, known to the gateway as `reference`. Whatever was thought of the order before: the gateway has it."""
    unit, _, now, booking, payment = sale
    await reopen(session, payment)
    payment.gateway_payment_id, payment.payment_date, payment.reason = reference, unit.project.date_at(now), None
    if booking.status is BookingStatus.expired:
        await _reclaim(session, sale)
    if booking.status in ACTIVE:
        booking.firm()
        unit.firm()
    await session.flush()
    audit.record(session, "payment.recorded", payment, amount=str(payment.amount), method=payment.payment_method.value)
    await arrive(session, booking, unit, payment, now)
    if booking.status not in ACTIVE:
        await give_back(session, sale, IssueKind.orphan, "It came after the booking had ended.")
        amount = f"{payment.currency} {payment.amount:,.2f}"
        notify(session, Event.payment_orphaned, payment, number=booking.booking_number, amount=amount)
        return EventOutcome.queued
    return await _check_total(session, sale)


async def reopen(session: AsyncSession, payment: Payment) -> None:
    """An order that was closed, or had failed, waits for its money again."""
    if payment.status in (PaymentStatus.failed, PaymentStatus.cancelled):
        payment.take("reopen")
        await session.flush()


async def let_go(session: AsyncSession, sale: Sale) -> None:
    """If the claim was firm because of this money, it has its end again."""
    if sale.booking.reserve_expires_at is None:
        await loosen(session, sale.booking, sale.unit, sale.now, sale.payment.created_at)


async def take_again(session: AsyncSession, sale: Sale, reference: str, amount: Decimal) -> EventOutcome:
    """An order was paid a second time: that is a receipt too, and goes back."""
    copied = ("builder_id", "project_id", "booking_id", "customer_id", "payment_type", "payment_method", "currency", "created_by")
    names = (*copied, "gateway", "gateway_order_id", "payment_date")
    payment = Payment(**{name: getattr(sale.payment, name) for name in names}, amount=amount, status=PaymentStatus.pending)
    payment.gateway_payment_id = reference
    session.add(payment)
    await session.flush()
    await arrive(session, sale.booking, sale.unit, payment, sale.now)
    await give_back(session, sale.of(payment), IssueKind.paid_twice, "The same order was paid before.")
    return EventOutcome.queued


async def give_back(session: AsyncSession, sale: Sale, kind: IssueKind, why: str) -> None:
    """All of it is asked back, for somebody of the team to approve."""
    payment = sale.payment
    assert payment.gateway_payment_id is not None, "it has come"
    await refunds.request(session, WORKER, payment, payment.remainder, why)
    await question(session, payment, kind, payment.gateway_payment_id, payment.amount, payment.currency, why)


async def _reclaim(session: AsyncSession, sale: Sale) -> None:
    """Whoever pays after their time has the unit again, if nobody else has it by now; at what they had agreed to. Not who had paid a part: that
    is on its way back."""
    unit, is_over, now, booking, _ = sale
    if is_over:
        await claims.lapse(session, unit, now)
        await session.flush()
    if unit.status is UnitStatus.held and unit.customer_id == booking.customer_id:
        hold = await crud.units.get_open_hold(session, unit.id)
        if hold.booking_id is None:
            hold.end(HoldEnd.reserved)
            unit.free("end_hold")
    if unit.status is not UnitStatus.available or await crud.payments.moved(session, booking.id):
        return
    booking.reclaim(now)
    unit.reserve(booking.customer_id, now)
    await session.flush()
    await crud.payments.revive_schedule(session, booking.id)
    audit.record(session, "booking.reclaimed", booking)


async def _check_total(session: AsyncSession, sale: Sale) -> EventOutcome:
    """Two pages open at once can bring more than a booking can ever owe: that stays as credit until somebody decides."""
    booking, payment = sale.booking, sale.payment
    beyond = -await still_to_come(session, booking, sale.unit.project, sale.unit.project.date_at(sale.now))
    if beyond <= 0:
        return EventOutcome.applied
    assert payment.gateway_payment_id is not None, "it has come"
    why = "More has come than the booking can owe."
    await question(session, payment, IssueKind.overpaid, payment.gateway_payment_id, beyond, payment.currency, why)
    return EventOutcome.queued
