"""Interest on what comes late, by whichever side: simple, actual days over 365."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from realestate.models.money import round_cents
from realestate.models.payments.words import PaymentKind

YEAR = 365


class Moved(Protocol):
    """A receipt that has cleared, or a refund that has gone: as the ledger has it, or as somebody reads it."""

    id: int
    kind: PaymentKind
    amount: Decimal
    payment_date: date
    cleared_at: datetime | None
    refund_of_id: int | None


class Stay(NamedTuple):
    """Money that a builder had: from when, how much, and until when, if it has gone back."""

    since: date
    amount: Decimal
    until: date | None = None


def interest(amount: Decimal, percent: Decimal, due: date, grace_days: int, paid: Iterable[tuple[date, Decimal]], until: date) -> Decimal:
    """Of a buyer: on what was unpaid between one payment and the next, from the day after the due date and its grace to the day of each
    payment, or to `until`. Rounded once, at the end."""
    since, left, weighted = due + timedelta(days=grace_days), amount, Decimal(0)
    for day, part in sorted(paid):
        if day > since:
            weighted += left * max(0, (min(day, until) - since).days)
            since = min(day, until)
        left -= part
    weighted += left * max(0, (until - since).days)
    return round_cents(weighted * percent / (100 * YEAR))


def stays(moved: Sequence[Moved]) -> Iterator[Stay]:
    """Of each receipt what has gone back, until it went, and what is left. Interest that was credited is none of them."""
    for one in moved:
        if one.kind not in (PaymentKind.refund, PaymentKind.interest_credit):
            gone = [refund for refund in moved if refund.refund_of_id == one.id]
            yield from (Stay(one.payment_date, refund.amount, refund.payment_date) for refund in gone)
            if (left := one.amount - sum((refund.amount for refund in gone), Decimal(0))) > 0:
                yield Stay(one.payment_date, left)


def interest_to_buyer(had: Iterable[Stay], percent: Decimal, until: date, late_since: date | None = None) -> Decimal:
    """Of a builder who is late with the keys since a day: on each receipt from that day or its own, whichever is later; without a day, from
    its own. Up to a day, or to that on which it went back. Rounded for each."""
    days = ((one.amount, (min(until, one.until or until) - max(one.since, late_since or one.since)).days) for one in had)
    return sum((round_cents(amount * percent * max(0, count) / (100 * YEAR)) for amount, count in days), Decimal(0))
