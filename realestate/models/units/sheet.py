"""What a price consists of, to the last hundredth (domain.md §3.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Self

from realestate.errors import Invalid
from realestate.models.money import round_cents, split
from realestate.models.units.words import PriceCode

MOST = Decimal(10**13)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line: an amount, or for taxes a `percent` of all taxable lines, from which the amount follows.

    What is `in_plan` the payment plan asks for; the rest is paid apart from it (registration, a deposit). `pass_through` goes on to
    others, `refundable` comes back one day. A discount is negative.
    """

    code: PriceCode
    name: str
    amount: Decimal = ZERO
    percent: Decimal | None = None
    in_plan: bool = True
    pass_through: bool = False
    refundable: bool = False
    taxable: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """From what is kept as JSON."""
        percent = kept.get("percent")
        numbers = {"amount": Decimal(str(kept["amount"])), "percent": None if percent is None else Decimal(str(percent))}
        return cls(**{**kept, **numbers, "code": PriceCode(kept["code"])})

    @property
    def as_json(self) -> dict[str, Any]:
        """How it is kept: numbers as numbers, which PostgreSQL and the wire keep exactly within 15 digits."""
        percent = None if self.percent is None else float(self.percent)
        return asdict(self) | {"code": self.code.value, "amount": float(self.amount), "percent": percent}


@dataclass(frozen=True, slots=True)
class CostSheet:
    """All lines of a price. What is in the plan sums to the price; that and the rest to the total."""

    lines: tuple[PriceLine, ...]

    @classmethod
    def said(cls, lines: Iterable[PriceLine]) -> Self:
        """From what somebody has said. Invalid, naming the line, when there is not one base price, or less than nothing is left."""
        sheet = cls(_taxed(tuple(lines)))
        for place, line in enumerate(sheet.lines):
            sheet._check(place, line)
        if sum(line.code is PriceCode.base for line in sheet.lines) != 1:
            raise Invalid.field("price_lines", "There must be one line with the code 'base'.", "ONE_BASE")
        if not ZERO < sheet.price <= sheet.total <= MOST:
            raise Invalid.field("price_lines", "The lines must sum to more than nothing, within and beyond the plan.", "OUT_OF_RANGE")
        return sheet

    @classmethod
    def of(cls, price: Decimal, kept: Sequence[Mapping[str, Any]]) -> Self:
        """Of a unit or hold: its lines, or where it has none the price as one."""
        if not kept:
            return cls((PriceLine(PriceCode.base, "Base price", price, taxable=True),))
        return cls(tuple(PriceLine.of(line) for line in kept))

    @property
    def base(self) -> Decimal:
        return next(line.amount for line in self.lines if line.code is PriceCode.base)

    @property
    def price(self) -> Decimal:
        """What the plan asks for: the price of the unit."""
        return sum((line.amount for line in self.lines if line.in_plan), ZERO)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def taxes(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.code is PriceCode.tax), ZERO)

    def with_base(self, amount: Decimal) -> "CostSheet":
        """The same home at another base price: taxes follow."""
        return CostSheet.said(replace(line, amount=amount) if line.code is PriceCode.base else line for line in self.lines)

    @property
    def kept(self) -> list[dict[str, Any]]:
        """As a unit keeps its lines."""
        return [line.as_json for line in self.lines]

    @property
    def snapshot(self) -> dict[str, Any]:
        """As a booking keeps it: what its schedule sums to, and apart from that what is not in the plan."""
        lines = [line.as_json | {"amount": str(line.amount)} for line in self.lines]
        return {
            "lines": [line for line in lines if line["in_plan"]],
            "total": str(self.price),
            "outside_plan": [line for line in lines if not line["in_plan"]],
        }

    def _check(self, place: int, line: PriceLine) -> None:
        is_discount = line.code is PriceCode.discount
        if (line.amount < 0) != is_discount and line.amount != 0:
            said = "A discount is negative." if is_discount else "Only a discount may be negative."
            raise Invalid.field(f"price_lines.{place}.amount", said, "OUT_OF_RANGE")
        if line.percent is not None and line.code is not PriceCode.tax:
            raise Invalid.field(f"price_lines.{place}.percent", "Only a tax is a percentage.", "ONLY_TAXES")
        if line.code is PriceCode.tax and line.taxable:
            raise Invalid.field(f"price_lines.{place}.taxable", "There is no tax on a tax.", "OUT_OF_RANGE")


# ── What a booking keeps ────────────────────────────────────────────────────────────────────────────────────────────────────


def taxes_of(snapshot: Mapping[str, Any]) -> Decimal:
    """Within what the plan asks for."""
    return sum((Decimal(line["amount"]) for line in snapshot["lines"] if line["code"] == PriceCode.tax), ZERO)


def pass_through(snapshot: Mapping[str, Any]) -> Decimal:
    """What of it, within the plan and beyond, goes on to others."""
    lines = [*snapshot.get("lines", ()), *snapshot.get("outside_plan", ())]
    return sum((Decimal(line["amount"]) for line in lines if line["pass_through"]), ZERO)


def granted(snapshot: Mapping[str, Any], before: Decimal, amount: Decimal) -> dict[str, Any]:
    """The same with `amount` off the total, tax included, instead of what was granted `before`. Taxes stay as they are listed."""
    lines = snapshot["lines"][:-1] if before else snapshot["lines"]
    line = PriceLine(PriceCode.discount, "Discount", -amount).as_json | {"amount": str(-amount)}
    return {**snapshot, "lines": [*lines, line], "total": str(Decimal(snapshot["total"]) + before - amount)}


def _taxed(lines: tuple[PriceLine, ...]) -> tuple[PriceLine, ...]:
    """With the amounts of taxes: rounded once, over all of them, and split by their rates, so that they sum exactly."""
    rates = [line.percent for line in lines if line.percent is not None and line.code is PriceCode.tax]
    if not any(rates):
        return tuple(replace(line, amount=ZERO) if line.percent is not None and line.code is PriceCode.tax else line for line in lines)
    taxable = max(ZERO, sum((line.amount for line in lines if line.taxable), ZERO))
    parts = iter(split(round_cents(taxable * sum(rates, ZERO) / 100), rates))
    return tuple(replace(line, amount=next(parts)) if line.percent is not None and line.code is PriceCode.tax else line for line in lines)
