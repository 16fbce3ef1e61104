"""What a unit would cost: the arithmetic of a reserve, without one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from realestate.errors import NotFound
from realestate.models.bookings import Booking, PaymentPlan
from realestate.models.money import PlanTrigger
from realestate.models.payments import Installment
from realestate.models.plans import Plan, plan_of, plans_of
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.models.units import CostSheet, Unit
from realestate.papers.quotes import QuotePaper
from realestate.schemas.units.prices import CostSheetOut
from realestate.schemas.units.quotes import PhaseOfQuote, ProjectOfQuote, QuoteBasis, QuotedLine, QuotedPlan, QuoteOut
from realestate.services import pricing

DECIDES = {"currency", "jurisdiction", "timezone", "rules", "payment_plans"}
"""What of a project the arithmetic goes by."""


def quote(said: dict[str, Any] | None, plan: PaymentPlan | None) -> QuoteOut:
    """A dated schedule for each plan that is offered, or for one (Conflict PLAN_NOT_OFFERED). NotFound without a unit to see."""
    basis, of_project = _seen(said)
    kept = of_project.payment_plans
    wanted = [plan_of(kept, plan)] if plan else [one for one in plans_of(kept).values() if one.is_offered]
    project, source = _project(of_project), basis.hold or basis
    sheet = CostSheet.of(source.price, source.price_lines)
    unit = Unit(id=basis.id, tower=basis.tower, price=source.price, price_lines=source.price_lines, project=project)
    plans = [_plan(basis, unit, source.price, one) for one in wanted]
    return QuoteOut(
        unit_id=basis.id,
        project_id=basis.project_id,
        tower=basis.tower,
        unit_number=basis.unit_number,
        currency=project.currency,
        quoted_on=project.date_at(basis.now),
        held_until=basis.hold and basis.hold.expires_at,
        cost_sheet=sheet_out(sheet),
        plans=plans,
    )


def quote_paper(said: dict[str, Any] | None, plan: PaymentPlan | None) -> QuotePaper:
    """The same for paper, which names the seller: NotFound where the company sells nothing at the moment."""
    quoted = quote(said, plan)
    return replace(cost_sheet_paper(said), cost_sheet=quoted.cost_sheet, quote=quoted)


def cost_sheet_paper(said: dict[str, Any] | None) -> QuotePaper:
    """What the unit costs today, whoever holds it."""
    basis, project = _seen(said)
    if project.builder is None:
        raise NotFound(detail="Nobody sells this unit at the moment.")
    sheet = sheet_out(CostSheet.of(basis.price, basis.price_lines))
    return QuotePaper(basis, project, project.builder, _project(project).date_at(basis.now), sheet)


def _seen(said: dict[str, Any] | None) -> tuple[QuoteBasis, ProjectOfQuote]:
    basis = QuoteBasis.model_validate(said) if said else None
    if basis is None or basis.project is None:
        raise NotFound(detail="There is no such unit.")
    return basis, basis.project


def _project(said: ProjectOfQuote) -> Project:
    return Project(**said.model_dump(include=DECIDES))


def sheet_out(sheet: CostSheet) -> CostSheetOut:
    """As it is said."""
    sums = {"price": sheet.price, "taxes": sheet.taxes, "total": sheet.total, "outside_plan": sheet.total - sheet.price}
    return CostSheetOut.model_validate({"lines": sheet.kept, **sums})


def _plan(basis: QuoteBasis, unit: Unit, price: Decimal, plan: Plan) -> QuotedPlan:
    booking, today, rules = Booking(), unit.project.date_at(basis.now), Rules.of(unit.project.rules)
    pricing.price(booking, unit, price, plan.kind, unit.price_lines)
    phases = reached(basis.phases, unit, rules)
    lines = [_line(one, phases, rules, today) for one in pricing.schedule(booking, unit.project, basis.now)]
    lines = _within(pricing.room_before_agreement(booking, unit.project), lines)
    due = sum((line.amount for line in lines if line.is_due_at_once), Decimal(0))
    return QuotedPlan(payment_plan=plan.kind, name=plan.name, token_amount=booking.token_amount, due_at_once=due, lines=lines)


def _within(room: Decimal | None, lines: list[QuotedLine]) -> list[QuotedLine]:
    """As far as it may be asked for before the agreement: the first line that does not fit waits for that, and so do all behind it."""
    if room is None:
        return lines
    kept = []
    for line in lines:
        if line.is_due_at_once:
            room -= line.amount
        waits = line.is_due_at_once and room < 0
        kept.append(line.model_copy(update={"is_due_at_once": False, "due_date": None}) if waits else line)
    return kept


def _line(line: Installment, phases: dict[str, Decimal], rules: Rules, today: date) -> QuotedLine:
    """What the work has passed already is due at the later of its own days and the project's for catching up."""
    said = line.trigger
    is_passed = said["trigger"] == PlanTrigger.on_milestone and phases.get(said["phase_key"], Decimal(-1)) >= said["threshold_pct"]
    caught_up = today + timedelta(days=max(said["due_in_days"], rules.catch_up_days))
    return QuotedLine(
        seq=line.seq,
        name=line.name,
        amount=line.amount,
        tax_amount=line.tax_amount,
        trigger=said["trigger"],
        phase_key=said["phase_key"],
        threshold_pct=said["threshold_pct"],
        due_in_days=said["due_in_days"],
        due_date=caught_up if is_passed else line.due_date,
        is_due_at_once=is_passed or said["trigger"] == PlanTrigger.on_booking,
        is_passed=is_passed,
    )


def reached(phases: list[PhaseOfQuote], unit: Unit, rules: Rules) -> dict[str, Decimal]:
    """How far each phase is for a unit, as far as money goes: of a phase that several scopes define, the widest counts."""
    here = [phase for phase in phases if phase.tower in (None, unit.tower) and phase.unit_id in (None, unit.id)]
    narrowest_first = sorted(here, key=lambda phase: (phase.unit_id is None, phase.tower is None))
    return {one.phase_key: one.certified_percentage if rules.certificate_required else one.progress_percentage for one in narrowest_first}
