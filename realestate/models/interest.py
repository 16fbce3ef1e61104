"""Interest on what is paid late: simple, actual days over 365, on what was unpaid between one payment and the next."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from realestate.models.money import round_cents

YEAR = 365


def interest(amount: Decimal, percent: Decimal, due: date, grace_days: int, paid: Iterable[tuple[date, Decimal]], until: date) -> Decimal:
    """From the day after the due date and its grace to the day of each payment, or to `until`. Rounded once, at the end."""
    since, left, weighted = due + timedelta(days=grace_days), amount, Decimal(0)
    for day, part in sorted(paid):
        if day > since:
            weighted += left * (min(day, until) - since).days
            since = min(day, until)
        left -= part
    weighted += left * max(0, (until - since).days)
    return round_cents(weighted * percent / (100 * YEAR))
