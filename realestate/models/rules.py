"""The rules of a project that its builder may set (`Project.rules`), with the defaults of the house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """Durations in the unit of their name, percents of the price."""

    hold_minutes: int = 30
    staff_hold_hours: int = 168
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
    change_cutoffs: Mapping[str, Any] = field(default_factory=dict)
    """By the type of a change request: from which percentage of which phase on it comes too late."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Rules":
        """From what the project keeps as JSON; what it does not say has its default."""
        known = {name: said[name] for name in cls.__slots__ if name in said}
        return cls(**known | ({"token_percent": Decimal(str(known["token_percent"]))} if "token_percent" in known else {}))
