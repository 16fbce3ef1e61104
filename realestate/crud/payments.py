"""Money in the database: lines of a schedule, receipts, numbers."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from realestate.errors import NotFound
from realestate.models.base import Money
from realestate.models.payments import (
    CLEARED,
    INCOMING,
    Allocation,
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
    locked = select(Payment).where(Payment.id == payment_id).with_for_update(of=Payment).execution_options(populate_existing=True)
    payment = await session.scalar(locked)
    if payment is None:
        raise NotFound
    return payment


async def peek(session: AsyncSession, payment_id: int) -> Payment:
    """The payment, not locked."""
    payment = await session.scalar(select(Payment).where(Payment.id == payment_id))
    if payment is None:
        raise NotFound
    return payment


async def booking_id_of(session: AsyncSession, payment_id: int, kind: PaymentKind | None = None) -> int:
    """NotFound also when it is of another kind."""
    wanted = select(Payment.booking_id).where(Payment.id == payment_id)
    booking_id = await session.scalar(wanted if kind is None else wanted.where(Payment.kind == kind))
    if booking_id is None:
        raise NotFound
    return booking_id


async def schedule(session: AsyncSession, booking_id: int) -> Sequence[Installment]:
    """The live lines of a booking, in their order, as the database has them now."""
    lines = select(Installment).where(Installment.booking_id == booking_id, Installment.status.not_in([I.cancelled, I.waived]))
    return (await session.scalars(lines.order_by(Installment.seq).execution_options(populate_existing=True))).all()


async def lines_of_price(session: AsyncSession, booking_id: int) -> Sequence[Installment]:
    """The lines that sum to the price, in their order: those of the plan, also what has been waived of them."""
    wanted = Installment.kind == InstallmentKind.installment, Installment.status != I.cancelled
    lines = select(Installment).where(Installment.booking_id == booking_id, *wanted).order_by(Installment.seq)
    return (await session.scalars(lines.execution_options(populate_existing=True))).all()


async def all_lines(session: AsyncSession, booking_id: int) -> Sequence[Installment]:
    """The same with those that are waived or cancelled."""
    lines = select(Installment).where(Installment.booking_id == booking_id).order_by(Installment.seq)
    return (await session.scalars(lines.execution_options(populate_existing=True))).all()


async def moved(session: AsyncSession, booking_id: int) -> Sequence[Payment]:
    """What has come for a booking and what has gone back, oldest first."""
    settled = select(Payment).where(Payment.booking_id == booking_id, Payment.status.in_(CLEARED))
    return (await session.scalars(settled.order_by(Payment.payment_date, Payment.id))).all()


async def receipts(session: AsyncSession, booking_id: int, *, for_update: bool = False) -> Sequence[Payment]:
    """What has come for a booking and stayed at least in part, oldest first, as the database has it now."""
    cleared = select(Payment).where(Payment.booking_id == booking_id, Payment.kind.in_(INCOMING), Payment.status.in_(CLEARED))
    wanted = cleared.order_by(Payment.payment_date, Payment.id).execution_options(populate_existing=True)
    return (await session.scalars(wanted.with_for_update(of=Payment) if for_update else wanted)).all()


async def allocations(session: AsyncSession, booking_id: int) -> Sequence[Allocation]:
    return (await session.scalars(select(Allocation).where(Allocation.booking_id == booking_id).order_by(Allocation.id))).all()


async def on_schedule(session: AsyncSession, payment_id: int) -> Decimal:
    """How much of a receipt pays lines of the plan."""
    amount = func.coalesce(func.sum(Allocation.principal + Allocation.tax), 0, type_=Money())
    of_plan = select(amount).join(Installment, Installment.id == Allocation.installment_id)
    return (
        await session.scalars(of_plan.where(Allocation.payment_id == payment_id, Installment.kind == InstallmentKind.installment))
    ).one()


async def lift(session: AsyncSession, ids: Sequence[int]) -> None:
    """Take allocations back: what they paid is owed again. The system's to do."""
    await session.execute(delete(Allocation).where(Allocation.id.in_(ids)).execution_options(synchronize_session="fetch"))


async def trim(session: AsyncSession, receipt: Payment, most: Decimal) -> None:
    """Take back of a receipt's allocations what goes beyond `most` in all: first of lines that are not owed any more, then of the schedule,
    the latest first. The system's to do."""
    beyond = receipt.allocated - most
    kept = select(Allocation).join(Installment, Installment.id == Allocation.installment_id).where(Allocation.payment_id == receipt.id)
    on_schedule = Installment.kind == InstallmentKind.installment
    kept = kept.order_by((Installment.status == I.cancelled).desc(), on_schedule.desc(), Allocation.id.desc())
    for one in (await session.scalars(kept)).all() if beyond > 0 else ():
        if beyond <= 0:
            break
        await session.delete(one)
        await session.flush()  # before anything is added, or both would not fit
        if one.amount > beyond:
            session.add(one.part(one.amount - beyond))
        beyond -= one.amount
    await session.flush()
    await session.refresh(receipt)


async def cancel_schedule(session: AsyncSession, booking_id: int) -> None:
    """Nothing of it is owed any more; what was paid stays on record."""
    unpaid = (I.scheduled, I.demanded, I.partially_paid)
    await session.execute(
        update(Installment).where(Installment.booking_id == booking_id, Installment.status.in_(unpaid)).values(status=I.cancelled)
    )


async def revive_schedule(session: AsyncSession, booking_id: int) -> None:
    """What was cancelled last, when the booking ended, is owed again."""
    line = aliased(Installment)
    last = select(func.max(line.updated_at)).where(line.booking_id == booking_id, line.status == I.cancelled).scalar_subquery()
    status = case((Installment.demanded_at.is_(None), I.scheduled.value), else_=I.demanded.value)
    ended = Installment.booking_id == booking_id, Installment.status == I.cancelled, Installment.allocated == 0
    await session.execute(
        update(Installment).where(*ended, Installment.updated_at == last).values(status=status).execution_options(synchronize_session=False)
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
    """The sum of a booking's receipts in these states, less what has been given back."""
    amount = func.coalesce(func.sum(Payment.amount - Payment.refunded), 0, type_=Money())
    receipts = select(amount).where(Payment.booking_id == booking_id, Payment.kind.in_(INCOMING), Payment.status.in_(states))
    return (await session.scalars(receipts)).one()


async def charged(session: AsyncSession, booking_id: int) -> Decimal:
    """What a booking owes beyond its price, less what has been waived of that."""
    of_price, is_waived = Installment.kind == InstallmentKind.installment, Installment.status == I.waived
    signed = case((of_price, Installment.allocated - Installment.amount), else_=Installment.amount)
    amount = func.coalesce(func.sum(signed), 0, type_=Money())
    beyond = or_(and_(of_price, is_waived), and_(~of_price, ~is_waived, Installment.status != I.cancelled))
    found: Decimal = (await session.scalars(select(amount).where(Installment.booking_id == booking_id, beyond))).one()
    return found


_GOING_BACK = Payment.kind == PaymentKind.refund, Payment.status.in_([PaymentStatus.pending, PaymentStatus.approved])


async def is_going_back(session: AsyncSession, booking_id: int) -> bool:
    """Whether a refund of a booking has been asked for and is neither paid nor refused."""
    return await session.scalar(select(Payment.id).where(Payment.booking_id == booking_id, *_GOING_BACK).limit(1)) is not None


async def under_way(session: AsyncSession, booking_id: int) -> Sequence[Payment]:
    """Such refunds, locked, the newest first."""
    wanted = select(Payment).where(Payment.booking_id == booking_id, *_GOING_BACK).order_by(Payment.id.desc()).with_for_update(of=Payment)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).all()


async def is_late(session: AsyncSession, booking_id: int) -> bool:
    """Whether something of a booking is overdue."""
    late = select(Installment.id).where(Installment.booking_id == booking_id, Installment.is_overdue)
    return await session.scalar(late.limit(1)) is not None


async def is_on_its_way(session: AsyncSession, booking_id: int) -> bool:
    """Whether some of a booking's money may yet come: recorded, and neither cleared nor failed. A page that was only opened is no money."""
    is_opened = and_(Payment.status == PaymentStatus.pending, Payment.gateway_order_id.is_not(None))
    waiting = Payment.kind.in_(INCOMING), Payment.status.in_([PaymentStatus.pending, PaymentStatus.clearance_pending]), ~is_opened
    return await session.scalar(select(Payment.id).where(Payment.booking_id == booking_id, *waiting).limit(1)) is not None
