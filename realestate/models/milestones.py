"""Which lines wait for which phase: what demands by milestones are a question of, asked by those who demand and by those who look ahead."""

from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from realestate.models.bookings import DEMANDED_OF, Booking
from realestate.models.money import PlanTrigger
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.progress import ProjectProgress
from realestate.models.projects import Project
from realestate.models.units import Unit

WAITS = and_(Installment.status == InstallmentStatus.scheduled, Installment.demand_state.is_(None), Installment.due_date.is_(None))
"""Its event has not come yet."""
TRIGGER = Installment.trigger["trigger"].astext


def milestones(reached: Any, waits: Any = WAITS) -> Any:
    """(line, phase) of waiting milestone lines whose threshold is `reached` (an expression over the phase `PHASE`): of a phase that several
    scopes define, the widest counts. What has a day of its own waits for that."""
    return (
        select(Installment, PHASE)
        .join(Booking, Booking.id == Installment.booking_id)
        .join(Unit, Unit.id == Booking.unit_id)
        .join(Project, Project.id == Booking.project_id)
        .join(PHASE, true())
        .where(waits, TRIGGER == PlanTrigger.on_milestone.value, Booking.status.in_(DEMANDED_OF))
        .where(reached >= cast(Installment.trigger["threshold_pct"].astext, Integer))
        .order_by(Installment.booking_id, Installment.seq)
    )


def _phase() -> Any:
    """The one that counts for a line's unit."""
    here = or_(ProjectProgress.tower.is_(None), ProjectProgress.tower == Unit.tower)
    widest = (ProjectProgress.unit_id.is_not(None), ProjectProgress.tower.is_not(None))
    found = (
        select(ProjectProgress)
        .where(ProjectProgress.project_id == Installment.project_id, ProjectProgress.phase_key == Installment.trigger["phase_key"].astext)
        .where(here, or_(ProjectProgress.unit_id.is_(None), ProjectProgress.unit_id == Unit.id))
        .order_by(*widest)
        .limit(1)
        .correlate(Installment, Unit)
        .lateral("phase")
    )
    return aliased(ProjectProgress, found)


PHASE = _phase()
_CERTIFICATE_COUNTS = func.coalesce(Project.rules["certificate_required"].as_boolean(), true())
COUNTED = case((_CERTIFICATE_COUNTS, PHASE.certified_percentage), else_=PHASE.progress_percentage)
"""How far a phase is as far as money goes."""
AT_PERCENT = case((PHASE.id == bindparam("phase_id"), bindparam("percent", type_=ProjectProgress.progress_percentage.type)), else_=COUNTED)
