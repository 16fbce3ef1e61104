"""The rules of a project that its builder may set (`Project.rules`), with the defaults of the house."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

OF_MONEY = ("interest_percent", "grace_days", "allocation_order", "bounce_charge", "pre_agreement_cap")
"""What the buyers' delay costs, and what may be asked of them: for those who write the company's settings."""
MOST_FOR_A_BOUNCE = Decimal(10_000)
EXACT = ("token_percent", "interest_percent", "bounce_charge", "pre_agreement_cap")


@dataclass(frozen=True, slots=True)
class Rules:
    """Durations in the unit of their name, percents of the price."""

    hold_minutes: int = 30
    staff_hold_hours: int = 168
    max_hold_hours: int = 336
    """Of a hold from its beginning, however often it is extended."""
    max_extensions: int = 1
    """How often the team may extend a hold."""
    reserve_hours: int = 72
    """How long a reserve waits for its token before the unit is free again."""
    unpaid_reserves: int = 3
    """How many units of the project one customer may have reserved without a token: or one could take a tower off the market."""
    token_percent: Decimal = Decimal(2)
    """The token, never more than the first line of the plan, which it is part of."""
    grace_days: int = 0
    """After the due date, before a line counts as overdue."""
    certificate_required: bool = True
    """Whether a phase counts as far as it is certified, or as soon as it is reported."""
    interest_percent: Decimal = Decimal(0)
    """A year, simple, on what is paid late."""
    allocation_order: Sequence[str] = ("installment", "charge", "interest")
    """Of which kind of line money pays first; within a kind, what fell due first."""
    bounce_charge: Decimal = Decimal(0)
    """What a payment that bounces costs the buyer; 0: nothing."""
    due_soon_days: Sequence[int] = (7, 1)
    """Before a line is due: when its buyer is told."""
    overdue_days: Sequence[int] = (1, 7, 15, 30)
    """After that day and the days of grace."""
    at_risk_days: int = 30
    """The same: from when on the booking counts as at risk, and its sales managers are told."""
    reminders_per_week: int = 3
    """Of one booking, however many of its lines are coming or late; what does not fit waits."""
    reminders_per_month: int = 8
    """In thirty days."""
    auto_issue: bool = True
    """Whether a demand is issued at once when its event has come, or waits as a draft."""
    catch_up_days: int = 0
    """At least so long a buyer has, from the confirmation on, for lines whose milestones were passed before."""
    pre_agreement_cap: Decimal | None = None
    """Percent of the price that may be asked for before the agreement is signed; None: as the jurisdiction says."""
    change_cutoffs: Mapping[str, Any] = field(default_factory=dict)
    """By the type of a change request: from which percentage of which phase on it comes too late."""

    @property
    def longest_hold(self) -> int:
        """Of the team, in hours: one that it may take at once it may have at all."""
        return max(self.max_hold_hours, self.staff_hold_hours)

    @property
    def agreed(self) -> dict[str, Any]:
        """What a booking keeps of them from its allotment on, as JSON: a builder does not change afterwards what delay costs."""
        return {
            "interest_percent": str(self.interest_percent),
            "allocation_order": list(self.allocation_order),
            "grace_days": self.grace_days,
            "bounce_charge": str(self.bounce_charge),
        }

    @classmethod
    def of(cls, project: Mapping[str, Any], agreed: Mapping[str, Any] | None = None) -> "Rules":
        """From what the project keeps as JSON, and what a booking has kept of that; what neither says has its default."""
        said = {**project, **(agreed or {})}
        known = {name: said[name] for name in cls.__slots__ if said.get(name) is not None}
        return cls(**known | {name: Decimal(str(known[name])) for name in EXACT if name in known})
