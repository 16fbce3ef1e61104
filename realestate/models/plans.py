"""The payment plans every project offers unless it brings its own (domain.md §3.3). Percents; each plan totals exactly 100."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from realestate.errors import Conflict
from realestate.models.bookings import PaymentPlan
from realestate.models.money import PlanLine, PlanTrigger

T = PlanTrigger


def _line(name: str, weight: str, trigger: PlanTrigger, **when: int | str) -> PlanLine:
    return PlanLine(name, Decimal(weight), trigger, **when)  # type: ignore[arg-type]  # names and types as PlanLine's


_BOOKING = _line("On booking", "10", T.on_booking)
_POSSESSION = _line("On possession", "5", T.on_possession, due_in_days=30)


def _milestone(name: str, weight: str, phase: str, threshold: int = 100) -> PlanLine:
    return _line(name, weight, T.on_milestone, phase_key=phase, threshold_pct=threshold)


STANDARD_PLANS: dict[PaymentPlan, tuple[PlanLine, ...]] = {
    PaymentPlan.down_payment: (_BOOKING, _line("Within 45 days", "85", T.on_date, offset_days=45), _POSSESSION),
    PaymentPlan.time_linked: (
        _BOOKING,
        *(_line(f"Instalment {n}", "10", T.on_date, offset_months=3 * n) for n in range(1, 10)),
    ),
    PaymentPlan.construction_linked: (
        _BOOKING,
        _line("On agreement", "15", T.on_agreement),
        _milestone("Foundation complete", "15", "foundation"),
        _milestone("Structure at half", "15", "structure", 50),
        _milestone("Structure complete", "15", "structure"),
        _milestone("Brickwork and plaster", "15", "finishing", 50),
        _milestone("Finishing complete", "10", "finishing"),
        _POSSESSION,
    ),
    PaymentPlan.possession_linked: (
        _line("On booking", "20", T.on_booking),
        _line("On possession", "80", T.on_possession, due_in_days=30),
    ),
    PaymentPlan.hybrid: (
        _BOOKING,
        _line("After six months", "20", T.on_date, offset_months=6),
        _milestone("Structure complete", "30", "structure"),
        _milestone("Finishing complete", "30", "finishing"),
        _line("On possession", "10", T.on_possession, due_in_days=30),
    ),
    PaymentPlan.full_payment: (_line("Full payment", "100", T.on_booking, due_in_days=30),),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a project offers under a name: one of the house, version 0, or its own, whose version counts up with every change."""

    kind: PaymentPlan
    name: str
    version: int
    lines: tuple[PlanLine, ...]
    is_offered: bool = True

    @property
    def as_json(self) -> dict[str, Any]:
        """For the snapshot of a booking, which later edits never touch."""
        return {"plan": self.kind.value, "name": self.name, "version": self.version, "lines": [line.as_json for line in self.lines]}


def plans_of(kept: Mapping[str, Any]) -> dict[PaymentPlan, Plan]:
    """All plans of a project, from what it keeps (`Project.payment_plans`) over those of the house."""
    plans = {kind: Plan(kind, kind.value.replace("_", " ").capitalize(), 0, lines) for kind, lines in STANDARD_PLANS.items()}
    for word, own in kept.items():
        kind = PaymentPlan(word)
        of_house = plans[kind].lines if kind in plans else ()
        lines = tuple(PlanLine.of(line) for line in own["lines"]) or of_house
        plans[kind] = Plan(kind, own["name"], own["version"], lines, own["is_offered"])
    return plans


def plan_of(kept: Mapping[str, Any], kind: PaymentPlan) -> Plan:
    """Conflict PLAN_NOT_OFFERED, with those that are."""
    plans = plans_of(kept)
    plan = plans.get(kind)
    if plan is None or not plan.is_offered:
        offered = [plan.kind.value for plan in plans.values() if plan.is_offered]
        raise Conflict("PLAN_NOT_OFFERED", f"This project does not offer the plan '{kind}'.", offered=offered)
    return plan
