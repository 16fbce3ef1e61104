"""What the law and the house say about the end and the steps of a sale: packs per jurisdiction, each figure a default that may be set.

Not legal advice. A figure holds unless the platform, the company or the project has set another (`schemas.settings.bookings`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any

from realestate.models.base import Kind
from realestate.models.projects import Jurisdiction

SETTING = "bookings.policy"
"""Under which key the platform, a company and a project keep theirs."""


class ReturnTo(Kind):
    """What becomes of a unit whose booking ends, when nobody waits for it."""

    available = "available"
    unreleased = "unreleased"


class RetentionBase(Kind):
    """What a share is of: the price, or the money that has come."""

    price = "price"
    paid = "paid"


OF_PAID = "the money paid"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that may be kept where the works are at `least_progress` percent or beyond it (or, `is_above`, only beyond)."""

    least_progress: Decimal
    percent: Decimal
    of: RetentionBase = RetentionBase.price
    is_above: bool = False

    def holds_at(self, progress: Decimal) -> bool:
        return progress > self.least_progress or progress == self.least_progress and not self.is_above

    @property
    def said(self) -> str:
        """In words, for a statement."""
        where = (
            "before the works began"
            if self.of is RetentionBase.paid
            else f"{'above' if self.is_above else 'from'} {self.least_progress:g} % on"
        )
        return f"{self.percent:g} % of {OF_PAID if self.of is RetentionBase.paid else 'the price'}, {where}"


@dataclass(frozen=True, slots=True)
class Policy:
    """Durations in the unit of their name, percents of the price unless said otherwise."""

    retention_percent: Decimal = Decimal(10)
    """What the company keeps of a buyer who leaves; never more than has been paid, nor than a cap of the law."""
    default_retention_percent: Decimal | None = None
    """Of one in default; None: the same."""
    interest_percent: Decimal = Decimal(10)
    """A year: what a company in delay owes on each receipt from its date."""
    cooling_off_days: int = 0
    """After the allotment: for so long a buyer leaves without loss."""
    notice_days: int = 30
    """Between the notice of default and the end of a booking."""
    refund_due_days: int = 45
    """After the end of a booking."""
    default_refund_due_days: int | None = None
    """After its end for default; None: the same."""
    default_refund_due_after_resale_days: int | None = None
    """And then, if that is earlier, after the unit has been allotted to somebody else; None: that hastens nothing."""
    taxes_refundable: bool = False
    """Whether the tax in what has been paid comes back to the buyer."""
    return_to: ReturnTo = ReturnTo.available
    hold_until_refund: bool = False
    """Whether a unit is kept back until all refunds of its last booking are through."""
    offer_hours: int = 24
    """How long a unit that has become free is kept for who waits for it."""
    discount_limit_percent: Decimal = Decimal(0)
    """Up to here a discount needs nobody's approval."""
    kyc_required: bool = False
    kyc_items: tuple[str, ...] = ("identity", "address")
    possession_before_registration: bool = False
    handover_checklist: tuple[str, ...] = ("keys", "meters", "documents")
    transfer_fee_percent: Decimal = Decimal(0)
    transfer_fee_first: bool = True
    """Whether it is paid before the transfer is agreed to, or owed by who has taken the booking over."""
    finance_agrees_to_cancel: bool = False
    """Whether finance looks at a cancellation before it is settled."""
    arrears_block_transfer: bool = True
    escrow_percent: Decimal = Decimal(0)
    """Of every receipt, what lies in the project's escrow account (`models.escrow`) from its clearance on."""
    default_caps: tuple[Cap, ...] = ()
    """The law's for a buyer in default; who leaves of their own loses no more. The first that holds; none: no cap but what has been paid."""
    source: str = "Defaults of the house"

    @classmethod
    def of(cls, jurisdiction: Jurisdiction, said: Iterable[Mapping[str, Any]]) -> "Policy":
        """The pack of a jurisdiction, changed by what is kept as JSON, the narrowest last: each figure by itself."""
        pack, rules = PACKS[jurisdiction], dict[str, Any]()
        for one in said:
            rules |= {name: _typed(pack, name, value) for name, value in one.items() if name in SETTABLE and value is not None}
        return cls(**{one.name: getattr(pack, one.name) for one in fields(cls)} | rules)

    def owing(self, percent: Decimal) -> "Policy":
        """A company in delay owes the rate that its buyers owe; where they owe none, that of its jurisdiction."""
        return replace(self, interest_percent=percent) if percent else self

    def agreed(self, jurisdiction: Jurisdiction) -> dict[str, Any]:
        """What a booking keeps of it from its allotment on, as JSON: a company does not change afterwards what leaving costs."""
        said = {name: getattr(self, name) for name in AGREED}
        kept = {name: str(value) if isinstance(value, Decimal) else value for name, value in said.items()}
        return {"jurisdiction": jurisdiction.value, **kept}

    def as_agreed(self, terms: Mapping[str, Any]) -> "Policy":
        """With what a booking has kept, and the law of then; of one that has kept nothing yet, as it is."""
        if not terms:
            return self
        law = PACKS[Jurisdiction(terms["jurisdiction"])]
        figures: dict[str, Any] = {name: terms[name] for name in AGREED}
        exact = {name: Decimal(value) for name, value in figures.items() if name.endswith("_percent") and value is not None}
        return replace(self, default_caps=law.default_caps, source=law.source, **figures | exact)

    def cap_at(self, progress: Decimal) -> Cap | None:
        """What the law lets the company keep at most, where the works have come so far."""
        return next((cap for cap in self.default_caps if cap.holds_at(progress)), None)


AGREED = (
    *("retention_percent", "default_retention_percent", "interest_percent", "notice_days", "taxes_refundable"),
    *("refund_due_days", "default_refund_due_days", "default_refund_due_after_resale_days"),
)
SETTABLE = frozenset(one.name for one in fields(Policy)) - {"default_caps", "source"}


def _typed(pack: Policy, name: str, value: Any) -> Any:
    match getattr(pack, name):
        case Decimal():
            return Decimal(str(value))
        case None if name.endswith("_percent"):
            return Decimal(str(value))
        case ReturnTo():
            return ReturnTo(value)
        case tuple():
            return tuple(value)
    return value


PACKS: dict[Jurisdiction, Policy] = {
    Jurisdiction.generic: Policy(),
    Jurisdiction.in_rera: Policy(
        cooling_off_days=15,
        interest_percent=Decimal("10.75"),
        escrow_percent=Decimal(70),
        source=(
            "India, Real Estate (Regulation and Development) Act 2016: s. 4(2)(l)(D) (70 % of what is paid in a separate account), s. 13 (no more "
            "than 10 % before the agreement), s. 18 (money back with interest when the promoter is late), Model Agreement for Sale cl. 7.5 (the "
            "booking amount is kept, refund within 45 days) and 9.3 "
            "(30 days' notice before an end for default); MahaRERA model allotment letter (no deduction within 15 days); interest: the State "
            "Bank's highest marginal cost of lending rate plus 2 %, as most states' rules say"
        ),
    ),
    Jurisdiction.ae_dubai: Policy(
        default_retention_percent=Decimal(40),
        interest_percent=Decimal(9),
        default_refund_due_days=365,
        default_refund_due_after_resale_days=60,
        escrow_percent=Decimal(100),
        default_caps=(
            Cap(Decimal(80), Decimal(40), is_above=True),
            Cap(Decimal(60), Decimal(40)),
            Cap(Decimal(0), Decimal(25), is_above=True),
            Cap(Decimal(0), Decimal(30), RetentionBase.paid),
        ),
        source=(
            "Dubai, Law 13 of 2008 as re-issued by Law 19 of 2020, art. 11: 30 days' notice through the Land Department, then up to 40 % of the "
            "value above 80 % and from 60 to 80 % of completion, 25 % below, 30 % of the money paid where the works have not begun; the rest "
            "within a year of the end or 60 days of the resale, whichever is earlier; interest: the legal rate of Federal Decree-Law 50 of 2022; "
            "escrow: Law 8 of 2007 (all that buyers pay)"
        ),
    ),
}
