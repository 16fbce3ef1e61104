"""Money in the database: lines of a schedule, receipts, numbers."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.base import Money
from realestate.models.payments import (
    CLEARED,
    Installment,
    InstallmentKind,
    InstallmentStatus,
    NumberCounter,
    Payment,
    PaymentKind,
    PaymentStatus,
    Series,
)

I = InstallmentStatus


async def get(session: AsyncSession, payment_id: int) -> Payment:
    """The payment, locked. Lock its booking first."""
    payment = await session.scalar(select(Payment).where(Payment.id == payment_id).with_for_update(of=Payment))
    if payment is None:
        raise NotFound
    return payment


async def booking_id_of(session: AsyncSession, payment_id: int) -> int:
    booking_id = await session.scalar(select(Payment.booking_id).where(Payment.id == payment_id))
    if booking_id is None:
        raise NotFound
    return booking_id


async def schedule(session: AsyncSession, booking_id: int) -> Sequence[Installment]:
    """The live lines of a booking, in their order, as the database has them now."""
    lines = select(Installment).where(Installment.booking_id == booking_id, Installment.status.not_in([I.cancelled, I.waived]))
    return (await session.scalars(lines.order_by(Installment.seq).execution_options(populate_existing=True))).all()


async def receipts(session: AsyncSession, booking_id: int) -> Sequence[Payment]:
    """The receipts of a booking whose money has arrived, oldest first, as the database has them now."""
    cleared = select(Payment).where(Payment.booking_id == booking_id, Payment.kind == PaymentKind.receipt, Payment.status.in_(CLEARED))
    return (await session.scalars(cleared.order_by(Payment.payment_date, Payment.id).execution_options(populate_existing=True))).all()


async def cancel_schedule(session: AsyncSession, booking_id: int) -> None:
    """Nothing of it is owed any more; what was paid stays on record."""
    unpaid = (I.scheduled, I.demanded, I.partially_paid)
    await session.execute(
        update(Installment).where(Installment.booking_id == booking_id, Installment.status.in_(unpaid)).values(status=I.cancelled)
    )


async def next_number(session: AsyncSession, builder_id: int, series: Series, year: str) -> int:
    """The next of a gap-free series: the counter's row stays locked until commit, and a rollback takes the number back."""
    first = insert(NumberCounter).values(builder_id=builder_id, series=series, year=year, last_number=1)
    next_one = first.on_conflict_do_update(
        index_elements=[NumberCounter.builder_id, NumberCounter.series, NumberCounter.year],
        set_={"last_number": NumberCounter.last_number + 1},
    )
    return (await session.scalars(next_one.returning(NumberCounter.last_number))).one()


async def total(session: AsyncSession, booking_id: int, states: Sequence[PaymentStatus]) -> Decimal:
    """The sum of a booking's receipts in these states."""
    amount = func.coalesce(func.sum(Payment.amount), 0, type_=Money())
    receipts = select(amount).where(Payment.booking_id == booking_id, Payment.kind == PaymentKind.receipt, Payment.status.in_(states))
    return (await session.scalars(receipts)).one()


async def charged(session: AsyncSession, booking_id: int) -> Decimal:
    """What a booking owes beyond its schedule."""
    amount = func.coalesce(func.sum(Installment.amount), 0, type_=Money())
    beyond = (Installment.kind != InstallmentKind.installment, Installment.status.not_in([I.cancelled, I.waived]))
    return (await session.scalars(select(amount).where(Installment.booking_id == booking_id, *beyond))).one()
