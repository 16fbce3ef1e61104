"""Money that comes: recorded, cleared, allocated oldest first, and what follows from it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.money import financial_year
from realestate.models.notifications import Event
from realestate.models.payments import (
    CLEARED,
    ON_THEIR_WAY,
    Allocation,
    Installment,
    InstallmentKind,
    InstallmentStatus,
    Payment,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    Series,
)
from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.schemas.payments import PaymentCreate
from realestate.services import audit
from realestate.services.notifications import notify

CLEARED_LATER = (PaymentMethod.cheque, PaymentMethod.demand_draft)
"""Paper that may bounce: it counts once its clearance is recorded."""


async def record(session: AsyncSession, member: Identity, said: PaymentCreate) -> Payment:
    """Write down money that a builder has received. It makes the booking's claim firm; paper waits for its clearance."""
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, said.booking_id)).unit_id)
    booking = await crud.bookings.get(session, said.booking_id)
    if booking.status not in ACTIVE:
        raise Conflict("BOOKING_NOT_ACTIVE", f"A booking that is {booking.status} takes no payments.")
    await _check(session, booking, unit.project.date_at(now), said)
    payment = Payment(
        builder_id=booking.builder_id,
        project_id=booking.project_id,
        customer_id=booking.customer_id,
        currency=booking.currency,
        created_by=member.me,
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
        await _clear(session, booking, unit, payment, now)
    return payment


async def clear(session: AsyncSession, member: Identity, payment_id: int) -> Payment:
    """The bank has credited a cheque or draft. What comes for a booking that has ended meanwhile is queued to go back."""
    booking_id = await crud.payments.booking_id_of(session, payment_id)
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, booking_id)).unit_id)
    booking = await crud.bookings.get(session, booking_id)
    payment = await crud.payments.get(session, payment_id)
    await _clear(session, booking, unit, payment, now)
    if booking.status not in ACTIVE:
        await _queue_refund(session, member, payment, unit.project.date_at(now))
    return payment


async def settle(session: AsyncSession, booking: Booking, project: Project, now: datetime) -> None:
    """Demand the lines whose date has come, then let every receipt's remainder meet what is owed, oldest first."""
    lines = await crud.payments.schedule(session, booking.id)
    today = project.date_at(now)
    for line in lines:
        if line.status is InstallmentStatus.scheduled and line.due_date and line.due_date <= today:
            await demand(session, booking, line, today, now)
    owed = [line for line in lines if line.status is not InstallmentStatus.scheduled]
    session.add_all(allocate(await crud.payments.receipts(session, booking.id), owed))
    await session.flush()


def allocate(receipts: Iterable[Payment], owed: Sequence[Installment]) -> list[Allocation]:
    """Which part of which receipt pays which line: both oldest first. What meets no line stays as credit (domain.md §3.4)."""
    found, due = [], {line.id: line.outstanding for line in owed}
    for receipt in receipts:
        left = receipt.amount - receipt.allocated
        for line in sorted(owed, key=_order):
            part = min(left, due[line.id])
            if part > 0:
                found.append(_allocation(receipt, line, part))
                left, due[line.id] = left - part, due[line.id] - part
    return found


def _order(line: Installment) -> tuple[bool, date, int, int]:
    """The schedule first, then charges."""
    return line.kind is not InstallmentKind.installment, line.due_date or date.max, line.seq, line.id


async def queue_full_refund(session: AsyncSession, member: Identity, booking: Booking, today: date) -> None:
    """One pending refund for each receipt that has cleared; somebody else approves it."""
    for receipt in await crud.payments.receipts(session, booking.id):
        await _queue_refund(session, member, receipt, today)


async def _queue_refund(session: AsyncSession, member: Identity, receipt: Payment, today: date) -> None:
    """All of a receipt. Pending until somebody else approves it."""
    copied = ("builder_id", "project_id", "booking_id", "customer_id", "payment_type", "amount", "currency", "payment_method")
    refund = Payment(
        **{name: getattr(receipt, name) for name in copied},
        kind=PaymentKind.refund,
        status=PaymentStatus.pending,
        payment_date=today,
        refund_of_id=receipt.id,
        created_by=member.user_id or receipt.created_by,
    )
    session.add(refund)
    await session.flush()
    audit.record(session, "refund.queued", refund, amount=str(refund.amount), receipt=receipt.receipt_no)


async def _check(session: AsyncSession, booking: Booking, today: date, said: PaymentCreate) -> None:
    """A date that can be, and no more than the booking can ever owe: a slip of the keyboard, not a gift."""
    if said.payment_date > today:
        raise Invalid.field("payment_date", "This date has not come yet.", "IN_THE_FUTURE")
    owed = booking.total_amount + await crud.payments.charged(session, booking.id)
    left = owed - await crud.payments.total(session, booking.id, ON_THEIR_WAY)
    if said.amount > left:
        raise Conflict("EXCEEDS_TOTAL", f"Only {booking.currency} {left:,.2f} of this booking's total is still to come.", outstanding=left)


async def _clear(session: AsyncSession, booking: Booking, unit: Unit, payment: Payment, now: datetime) -> None:
    payment.take("clear")
    payment.receipt_no = await _number(session, booking, Series.receipt, unit.project.date_at(now))
    await session.flush()
    amount = f"{payment.currency} {payment.amount:,.2f}"
    notify(session, Event.receipt_cleared, payment, number=booking.booking_number, amount=amount, receipt=payment.receipt_no)
    if booking.status not in ACTIVE:
        return
    await settle(session, booking, unit.project, now)
    if booking.status is BookingStatus.reserved and await crud.payments.total(session, booking.id, CLEARED) >= booking.token_amount:
        booking.token_cleared()
        notify(session, Event.booking_token_paid, booking, number=booking.booking_number, **unit.names)


async def demand(session: AsyncSession, booking: Booking, line: Installment, today: date, now: datetime) -> None:
    """Issue it: numbered in the year of today, and told."""
    line.demand_no = await _number(session, booking, Series.demand, today)
    line.status, line.demanded_at = InstallmentStatus.demanded, now
    facts = {"number": booking.booking_number, "line": line.name, "demand": line.demand_no}
    notify(session, Event.demand_issued, line, **facts, amount=f"{booking.currency} {line.amount:,.2f}", due=f"{line.due_date:%d %b %Y}")


async def _number(session: AsyncSession, booking: Booking, series: Series, day: date) -> str:
    """Such as R-2026-27-00042: gap-free per builder, series and financial year."""
    year = financial_year(day, booking.currency)
    return f"{series.value[0].upper()}-{year}-{await crud.payments.next_number(session, booking.builder_id, series, year):05d}"


def _allocation(receipt: Payment, line: Installment, part: Decimal) -> Allocation:
    return Allocation(
        builder_id=line.builder_id,
        project_id=line.project_id,
        booking_id=line.booking_id,
        customer_id=line.customer_id,
        payment_id=receipt.id,
        installment_id=line.id,
        principal=part,
    )
