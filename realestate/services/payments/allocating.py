"""Which money pays which line: a function of what has come and what is owed, whatever the order in which either was written down."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.models.bookings import Booking
from realestate.models.payments import OWED_FIRST, Allocation, Installment, InstallmentStatus, Payment


class Part(NamedTuple):
    """So much of a receipt pays a line."""

    receipt: Payment
    line: Installment
    amount: Decimal


async def reallocate(session: AsyncSession, booking: Booking, lines: Sequence[Installment] | None = None) -> None:
    """Make the allocations those that come about when everything that still counts happens again, in its order. Mostly that only adds
    some; what has to move is moved by the system, for nobody may take back what has been paid. Lock the booking first."""
    lines = await crud.payments.schedule(session, booking.id) if lines is None else lines
    owed = [line for line in lines if line.status is not InstallmentStatus.scheduled]
    kept = await crud.payments.allocations(session, booking.id)
    live = {line.id for line in owed}
    spent: dict[int, Decimal] = defaultdict(Decimal)  # on lines that are waived or cancelled by now: that stays
    for one in kept:
        if one.installment_id not in live:
            spent[one.payment_id] += one.principal
    wanted = replay(await crud.payments.receipts(session, booking.id), owed, spent)
    await _bring_about(session, [one for one in kept if one.installment_id in live], wanted)


def replay(receipts: Sequence[Payment], owed: Sequence[Installment], spent: Mapping[int, Decimal] | None = None) -> list[Part]:
    """What pays what. At each moment at which money came or a line was demanded, what is there meets what is owed by then, both oldest
    first (domain.md §3.4). What has been given back, or is `spent` elsewhere, pays nothing; what meets no line stays as credit."""
    lines, parts = sorted(owed, key=_order), dict[tuple[int, int], Part]()
    due = {line.id: line.amount for line in lines}
    left = {receipt.id: receipt.amount - receipt.refunded - (spent or {}).get(receipt.id, Decimal(0)) for receipt in receipts}
    demanded = {line.id: line.demanded_at for line in lines if line.demanded_at}
    for moment in sorted({*(receipt.arrived_at for receipt in receipts), *demanded.values()}):
        there = [receipt for receipt in receipts if receipt.arrived_at <= moment and left[receipt.id] > 0]
        open_lines = [line for line in lines if demanded[line.id] <= moment and due[line.id] > 0] if there else []
        for receipt, line in product(there, open_lines):
            part = min(left[receipt.id], due[line.id])
            if part > 0:
                before = parts[receipt.id, line.id].amount if (receipt.id, line.id) in parts else Decimal(0)
                parts[receipt.id, line.id] = Part(receipt, line, before + part)
                left[receipt.id], due[line.id] = left[receipt.id] - part, due[line.id] - part
    return list(parts.values())


async def _bring_about(session: AsyncSession, kept: Sequence[Allocation], wanted: list[Part]) -> None:
    missing = {(part.receipt.id, part.line.id): part for part in wanted}
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for one in kept:
        sums[one.payment_id, one.installment_id] += one.principal
    wrong = {key for key, total in sums.items() if key not in missing or missing[key].amount < total}
    if wrong:
        async with as_system(session):
            await crud.payments.lift(session, [one.id for one in kept if (one.payment_id, one.installment_id) in wrong])
    more = ((part, part.amount - (Decimal(0) if key in wrong else sums[key])) for key, part in missing.items())
    session.add_all(_allocation(part, amount) for part, amount in more if amount > 0)
    await session.flush()


def _order(line: Installment) -> tuple[int, date, int, int]:
    """The schedule first, then charges, then interest."""
    return OWED_FIRST.index(line.kind), line.due_date or date.max, line.seq, line.id


def _allocation(part: Part, amount: Decimal) -> Allocation:
    line = part.line
    return Allocation(
        builder_id=line.builder_id,
        project_id=line.project_id,
        booking_id=line.booking_id,
        customer_id=line.customer_id,
        payment_id=part.receipt.id,
        installment_id=line.id,
        principal=amount,
    )
