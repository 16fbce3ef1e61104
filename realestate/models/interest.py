"""Interest on what comes late, by whichever side: simple, actual days over 365."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from realestate.models.money import round_cents

YEAR = 365


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


def interest_to_buyer(came: Iterable[tuple[date, Decimal]], percent: Decimal, until: date, late_since: date | None = None) -> Decimal:
    """Of a builder who is late with the keys since a day: on each receipt from that day or its own, whichever is later; without a day, from
    its own. Rounded for each."""
    days = ((amount, (until - max(day, late_since or day)).days) for day, amount in came)
    return sum((round_cents(amount * percent * max(0, count) / (100 * YEAR)) for amount, count in days), Decimal(0))
