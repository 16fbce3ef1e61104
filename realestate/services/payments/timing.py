"""What was paid of a line, and when. Money that goes back was there until the day on which it went: only from then on is missing what it
had paid."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from realestate.models.interest import Moved
from realestate.models.payments import InstallmentStatus, PaymentKind
from realestate.services.payments.allocating import replay

I = InstallmentStatus
NOT_OWED = (I.scheduled, I.cancelled, I.waived)
Spent = tuple[int, int, Decimal]
"""Of which receipt, for which line, how much."""
Paid = dict[int, list[tuple[date, Decimal]]]
"""By line: what came of it on which day, less what went."""


class Receipt(NamedTuple):
    """A receipt, as of a day: with what had gone back of it by then."""

    id: int
    amount: Decimal
    refunded: Decimal
    arrived_at: datetime


def paid_over_time(moved: Sequence[Moved], lines: Sequence[Any], kept: Iterable[Spent], first: Sequence[str]) -> Paid:
    """By allocations as they are, and as they were before each refund of money that had come: that follows from what had come and was owed."""
    days_of = {one.id: one.payment_date for one in moved}
    is_owed = {line.id for line in lines if line.demanded_at and line.status not in NOT_OWED}
    owed, by_now, elsewhere = [line for line in lines if line.id in is_owed], list(kept), defaultdict[int, Decimal](Decimal)
    for receipt_id, line_id, amount in by_now:
        if line_id not in is_owed:
            elsewhere[receipt_id] += amount
    found: Paid = {}
    level = defaultdict[int, Decimal](Decimal)
    gone = sorted({one.payment_date for one in moved if one.kind is PaymentKind.refund})
    for start, end in pairwise((date.min, *gone, date.max)):
        parts = by_now
        if end < date.max:
            parts = [(part.receipt.id, part.line.id, part.amount) for part in replay(list(_as_of(start, moved)), owed, elsewhere, first)]
        _go_on(found, level, [(line_id, days_of[receipt_id], amount) for receipt_id, line_id, amount in parts], start, end)
    return found


def _as_of(day: date, moved: Sequence[Moved]) -> Iterator[Receipt]:
    gone = [one for one in moved if one.kind is PaymentKind.refund and one.payment_date <= day]
    for one in moved:
        if one.kind is not PaymentKind.refund:
            back = sum((refund.amount for refund in gone if refund.refund_of_id == one.id), Decimal(0))
            yield Receipt(one.id, one.amount, back, one.cleared_at or datetime.combine(one.payment_date, time(), UTC))


def _go_on(found: Paid, level: MutableMapping[int, Decimal], parts: Sequence[tuple[int, date, Decimal]], start: date, end: date) -> None:
    """From `start` on these are the parts: what differs by then from what was paid before it, and what comes before `end`."""
    for id in {*level, *(line_id for line_id, _, _ in parts)}:
        had = sum((amount for line_id, day, amount in parts if line_id == id and day <= start), Decimal(0))
        events = [(start, had - level[id])] if had != level[id] else []
        events += [(day, amount) for line_id, day, amount in parts if line_id == id and start < day < end]
        found.setdefault(id, []).extend(events)
        level[id] += sum((amount for _, amount in events), Decimal(0))
