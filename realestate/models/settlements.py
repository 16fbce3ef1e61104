"""What a buyer gets back when a booking ends (domain.md §3.5). Exact; each amount of the statement is rounded once, when it is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from realestate.models.bookings import CancellationCause
from realestate.models.interest import Stay, interest_to_buyer
from realestate.models.money import round_cents
from realestate.models.policies import OF_PAID, Policy, RetentionBase

C = CancellationCause
NOBODYS_FAULT_OF_THE_BUYER = (C.cooling_off, C.builder_delay, C.project_cancelled)
"""The company keeps nothing."""
KEPT = ("retention", "non_refundable_taxes", "pass_through_spent", "interest_due", "other_charges", "tax_credits")
"""Of what was paid, in the order in which it is taken."""
BUILDERS_FAULT = (C.builder_delay, C.project_cancelled)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came, less what has gone back of it, and when: money, or tax that the buyer has paid on the company's account, a credit."""

    amount: Decimal
    on: date
    is_credit: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """How a booking stands when it ends. `taxes`: within what has been paid. `interest_due` and `other_charges`: owed by the buyer.

    `agreed_retention` and `agreed_interest` are what both sides have settled on (cause mutual); `pass_through_spent` what the company has
    paid on for the buyer.
    """

    price: Decimal
    receipts: Sequence[Receipt]
    gone: Sequence[Stay] = ()
    """What has gone back of them before: the company had it until then."""
    credited: Decimal = Decimal(0)
    """For delay, before, whether it is still there or has been paid out: taken off what the builder owes for the same."""
    credit_left: Decimal = Decimal(0)
    """What of it has not been paid out: counts as paid and bears no interest."""
    progress: Decimal = Decimal(0)
    taxes: Decimal = Decimal(0)
    pass_through_spent: Decimal = Decimal(0)
    interest_due: Decimal = Decimal(0)
    other_charges: Decimal = Decimal(0)
    agreed_retention: Decimal | None = None
    agreed_interest: Decimal | None = None

    @property
    def paid(self) -> Decimal:
        return sum((receipt.amount for receipt in self.receipts), self.credit_left)


@dataclass(frozen=True, slots=True)
class Settlement:
    """Itemised: `refundable` is `paid_cleared` less the five deductions, as far as there is something for each, and less `tax_credits`, plus
    what the builder owes. `tax_credits`: what is left and was no money; the tax office gives it back, not the company."""

    cause: CancellationCause
    paid_cleared: Decimal
    retention: Decimal
    retention_rule: str
    non_refundable_taxes: Decimal
    pass_through_spent: Decimal
    interest_due: Decimal
    other_charges: Decimal
    tax_credits: Decimal
    builder_interest_owed: Decimal
    refundable: Decimal
    refund_due_by: date
    refund_due_after_resale_days: int | None
    refund_interest_percent: Decimal
    """A year, on what goes back later than that."""
    policy_source: str

    @property
    def as_json(self) -> dict[str, Any]:
        """As it is kept: amounts as exact text."""
        said = {name: getattr(self, name) for name in self.__slots__}
        return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in said.items()} | {
            "cause": self.cause.value
        }


def without(settled: Mapping[str, Any], amount: Decimal) -> dict[str, Any]:
    """A settlement, as it is kept, had so much less been paid: what is a part of what was paid shrinks with it, and nothing takes more than
    is left."""
    before = Decimal(settled["paid_cleared"])
    left = paid = max(Decimal(0), before - amount)
    wanted = {name: Decimal(settled.get(name, 0)) for name in KEPT}
    if OF_PAID in settled["retention_rule"]:
        wanted["retention"] = round_cents(wanted["retention"] * paid / before)
    taken: dict[str, Decimal] = {}
    for name, most in wanted.items():
        taken[name] = min(most, left)
        left -= taken[name]
    said = taken | {"paid_cleared": paid, "refundable": left + Decimal(settled["builder_interest_owed"])}
    return {**settled, **{name: str(value) for name, value in said.items()}}


def kept(cancellation: Mapping[str, Any] | None) -> Decimal:
    """What stays with the company of all that came, by the settlement that is kept of a booking; nothing, where there is none."""
    said = (cancellation or {}).get("settlement") or {}
    return sum((Decimal(said.get(name, 0)) for name in KEPT), Decimal(0))


def settle(cause: CancellationCause, account: Account, policy: Policy, today: date) -> Settlement:
    """`max(0, paid - min(policy, cap, paid) - taxes and money paid on - dues) + what the builder owes`: each in turn takes no more than is left,
    and credits before money."""
    left = account.paid
    amount, rule = _retention(cause, account, policy)
    taken: list[Decimal] = []
    taxes = Decimal(0) if policy.taxes_refundable or cause in NOBODYS_FAULT_OF_THE_BUYER else account.taxes
    spent = Decimal(0) if cause in NOBODYS_FAULT_OF_THE_BUYER else account.pass_through_spent
    late = Decimal(0) if cause in NOBODYS_FAULT_OF_THE_BUYER else account.interest_due
    for wanted in (amount, taxes, spent, late, account.other_charges):
        taken.append(min(max(wanted, Decimal(0)), left))
        left -= taken[-1]
    owed = _interest(cause, account, policy, today)
    days, after_resale = _due(cause, policy)
    retention, taxes, spent, late, charges = taken
    due = today + timedelta(days=days)
    credits = max(Decimal(0), left - sum((one.amount for one in account.receipts if not one.is_credit), account.credit_left))
    items = (account.paid, retention, rule, taxes, spent, late, charges, credits, owed, left - credits + owed)
    return Settlement(cause, *items, due, after_resale, policy.interest_percent, policy.source)


def late_interest(settled: Mapping[str, Any], amount: Decimal, came: date, until: date) -> Decimal:
    """On what goes back of a settlement, as it is kept, from the day on which it was due, or on which it came after that. None on interest."""
    due, percent = date.fromisoformat(settled["refund_due_by"]), Decimal(settled.get("refund_interest_percent", "0"))
    return interest_to_buyer([Stay(came, amount)], percent, until, due)


def _due(cause: CancellationCause, policy: Policy) -> tuple[int, int | None]:
    """Days from the end, and from the sale to somebody else."""
    if cause is not C.buyer_default or policy.default_refund_due_days is None:
        return policy.refund_due_days, None
    return policy.default_refund_due_days, policy.default_refund_due_after_resale_days


def _retention(cause: CancellationCause, account: Account, policy: Policy) -> tuple[Decimal, str]:
    if cause in NOBODYS_FAULT_OF_THE_BUYER:
        return Decimal(0), f"nothing: {cause.value.replace('_', ' ')}"
    if cause is C.mutual:
        return account.agreed_retention or Decimal(0), "as both sides have agreed"
    own = policy.default_retention_percent if cause is C.buyer_default else None
    percent = policy.retention_percent if own is None else own
    wanted, rule = round_cents(account.price * percent / 100), f"{percent:g} % of the price"
    cap = policy.cap_at(account.progress)
    if cap is None:
        return wanted, rule
    most = round_cents((account.paid if cap.of is RetentionBase.paid else account.price) * cap.percent / 100)
    return (most, f"at most {cap.said}") if most < wanted else (wanted, rule)


def _interest(cause: CancellationCause, account: Account, policy: Policy, today: date) -> Decimal:
    """Simple, actual/365, on each receipt from its date; rounded for each; less what has been credited for delay before."""
    if cause is C.mutual:
        return account.agreed_interest or Decimal(0)
    if cause not in BUILDERS_FAULT:
        return Decimal(0)
    whole = interest_to_buyer([*(Stay(one.on, one.amount) for one in account.receipts), *account.gone], policy.interest_percent, today)
    return max(Decimal(0), whole - account.credited)
