"""Which money pays which line: a function of what has come and what is owed, whatever the order in which either was written down."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.models.bookings import Booking
from realestate.models.money import round_cents
from realestate.models.payments import OWED_FIRST, Allocation, Installment, InstallmentKind, InstallmentStatus, Payment
from realestate.models.projects import Project
from realestate.models.rules import Rules


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
            spent[one.payment_id] += one.amount
    rules = Rules.of((await session.get_one(Project, booking.project_id)).rules, booking.interest_terms)
    wanted = replay(await crud.payments.receipts(session, booking.id), owed, spent, rules.allocation_order)
    await _bring_about(session, [one for one in kept if one.installment_id in live], wanted)


def replay(
    receipts: Sequence[Any],
    owed: Sequence[Any],
    spent: Mapping[int, Decimal] | None = None,
    first: Sequence[str] = OWED_FIRST,
) -> list[Part]:
    """What pays what. At each moment at which money came or a line was demanded, what is there meets what is owed by then: by kind, as
    `first` says, and both oldest first (domain.md §3.4). What has been given back, or is `spent` elsewhere, pays nothing; what meets no
    line stays as credit. Of receipts and lines as the ledger has them, as somebody reads them, or as they were on a day."""
    lines, parts = sorted(owed, key=partial(_order, first)), dict[tuple[int, int], Part]()
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
    """Add what is missing of each line, or make all of a line anew where something of it has to go or is split in another way."""
    found: dict[int, list[Allocation]] = defaultdict(list)
    for one in kept:
        found[one.installment_id].append(one)
    missing: dict[int, list[Part]] = defaultdict(list)
    for part in wanted:
        missing[part.line.id].append(part)
    stays = {id: ones for id, ones in found.items() if _stands(ones, missing[id])}
    wrong = [one.id for id, ones in found.items() if id not in stays for one in ones]
    if wrong:
        async with as_system(session):
            await crud.payments.lift(session, wrong)
    for id, parts in missing.items():
        _add(session, stays.get(id, []), parts)
    await session.flush()


def _stands(kept: Sequence[Allocation], wanted: Sequence[Part]) -> bool:
    """Whether a line's allocations are a part of what is wanted, with its tax in proportion."""
    if not wanted:
        return False
    most, sums = {part.receipt.id: part.amount for part in wanted}, _by_receipt(kept)
    said = (sum((one.tax for one in kept), Decimal(0)), sum((one.interest for one in kept), Decimal(0)))
    return all(total <= most.get(id, 0) for id, total in sums.items()) and said == _of_which(wanted[0].line, sum(sums.values(), Decimal(0)))


def _add(session: AsyncSession, kept: Sequence[Allocation], parts: Sequence[Part]) -> None:
    there = _by_receipt(kept)
    paid = sum(there.values(), Decimal(0))
    for part in parts:
        amount = part.amount - there[part.receipt.id]
        if amount > 0:
            session.add(allocation(part.receipt, part.line, paid, amount))
            paid += amount


def _by_receipt(kept: Sequence[Allocation]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for one in kept:
        sums[one.payment_id] += one.amount
    return sums


def _of_which(line: Installment, paid: Decimal) -> tuple[Decimal, Decimal]:
    """Of so much paid of a line: tax, in proportion and cumulatively rounded, so that all of it sums to the line's; and interest."""
    if line.kind is InstallmentKind.interest:
        return Decimal(0), paid
    return round_cents((line.tax_amount or 0) * paid / line.amount), Decimal(0)


def _order(first: Sequence[str], line: Installment) -> tuple[int, date, int, int]:
    """What is of no kind that is named comes last."""
    rank = first.index(line.kind) if line.kind in first else len(first)
    return rank, line.due_date or date.max, line.seq, line.id


def allocation(receipt: Payment, line: Installment, before: Decimal, amount: Decimal) -> Allocation:
    """So much of a receipt to a line of which something had been paid before, with the share of its tax."""
    (tax, interest), (old_tax, old_interest) = _of_which(line, before + amount), _of_which(line, before)
    return Allocation(
        builder_id=line.builder_id,
        project_id=line.project_id,
        booking_id=line.booking_id,
        customer_id=line.customer_id,
        payment_id=receipt.id,
        installment_id=line.id,
        principal=amount - (tax - old_tax) - (interest - old_interest),
        tax=tax - old_tax,
        interest=interest - old_interest,
    )
