"""Exact arithmetic with money: splitting a total so that the parts sum to it, and payment plans made of such parts."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from realestate.models.base import Kind

CENT = Decimal("0.01")


def round_cents(amount: Decimal) -> Decimal:
    """To two decimals, half up: the only rounding there is, and only when a line is posted."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def split(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Parts in proportion to `weights` that sum to `total` exactly, each within one minor unit of its ideal and none negative.

    Cumulative rounding (domain.md §3.1): part k is the difference of two rounded running totals.
    """
    whole, running, parts, cut = sum(weights, Decimal(0)), Decimal(0), [], Decimal(0)
    for weight in weights:
        running += weight
        next_cut = round_cents(total * running / whole)
        parts.append(next_cut - cut)
        cut = next_cut
    return parts


def split_tax(tax: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """The tax within each of the parts of a total that contains it: exact in sum, and never more than the part itself."""
    whole = sum(amounts, Decimal(0))
    return split(min(tax, whole), amounts) if whole else [Decimal(0) for _ in amounts]


class PlanTrigger(Kind):
    """What makes a line of a plan fall due."""

    on_booking = "on_booking"
    on_agreement = "on_agreement"
    on_date = "on_date"
    on_milestone = "on_milestone"
    on_possession = "on_possession"
    manual = "manual"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of a plan: its share (weights are percents that total 100), what fires it, and how long it may then take."""

    name: str
    weight: Decimal
    trigger: PlanTrigger
    phase_key: str | None = None
    threshold_pct: int | None = None
    offset_months: int = 0
    offset_days: int = 0
    due_in_days: int = 15

    def date_from(self, anchor: date) -> date | None:
        """When a line falls due whose date is known at booking; None for one that waits for an event. 31 Jan + 1 month is 28 Feb."""
        match self.trigger:
            case PlanTrigger.on_booking:
                return anchor + timedelta(days=self.due_in_days)
            case PlanTrigger.on_date:
                return add_months(anchor, self.offset_months) + timedelta(days=self.offset_days)
        return None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "PlanLine":
        """As `as_json` has kept it."""
        said = {name: kept[name] for name in cls.__slots__ if name in kept}
        return cls(**said | {"weight": Decimal(said["weight"]), "trigger": PlanTrigger(said["trigger"])})

    @property
    def as_json(self) -> dict[str, Any]:
        """How the line is kept in a booking's snapshot."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return said | {"weight": str(self.weight), "trigger": self.trigger.value}


def add_months(anchor: date, months: int) -> date:
    """The same day of a later month, or its last day where there is none."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def financial_year(day: date, currency: str) -> str:
    """The year that numbers belong to: April to March, such as 2026-27, where money is rupees; else the calendar year."""
    if currency != "INR":
        return str(day.year)
    start = day.year - (day.month < 4)
    return f"{start}-{(start + 1) % 100:02d}"
