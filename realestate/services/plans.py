"""Payment plans of a project: those of the house, until it has its own. A booking keeps a snapshot, which no edit touches."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import PaymentPlan
from realestate.models.money import PlanLine
from realestate.models.plans import Plan, plan_of, plans_of
from realestate.models.projects import Project
from realestate.schemas.plans import PlanCopy, PlanPut
from realestate.services import audit


async def put(session: AsyncSession, project_id: int, kind: PaymentPlan, said: PlanPut) -> Plan:
    """The project's own plan of a kind, its next version."""
    lines = [PlanLine(**line.model_dump()).as_json for line in said.lines]
    return await _keep(session, project_id, kind, {"name": said.name, "is_offered": said.is_offered, "lines": lines})


async def copy(session: AsyncSession, said: PlanCopy) -> list[tuple[Project, Plan]]:
    """A plan of one project, or of the house, becomes the own plan of others: the next version of each, unless it is the same already.
    Conflict PLAN_NOT_OFFERED when there is no such plan to take."""
    kept = (await crud.projects.get(session, said.from_project_id)).payment_plans if said.from_project_id else {}
    plan = plan_of(kept, said.kind)
    own = {"name": plan.name, "is_offered": True, "lines": [line.as_json for line in plan.lines]}
    copies = []
    for project_id in sorted({*said.project_ids}):
        project = await crud.projects.lock(session, project_id)
        known = {name: value for name, value in project.payment_plans.get(said.kind.value, {}).items() if name != "version"}
        made = plans_of(project.payment_plans)[said.kind] if known == own else await _keep(session, project_id, said.kind, own)
        copies.append((project, made))
    return copies


async def withdraw(session: AsyncSession, project_id: int, kind: PaymentPlan) -> Plan:
    """Not offered any more. Who has booked on it keeps it."""
    kept = (await crud.projects.lock(session, project_id)).payment_plans
    known = plans_of(kept).get(kind)
    name, lines = known.name if known else kind.value, kept.get(kind.value, {}).get("lines", [])
    return await _keep(session, project_id, kind, {"name": name, "is_offered": False, "lines": lines})


async def _keep(session: AsyncSession, project_id: int, kind: PaymentPlan, own: dict[str, Any]) -> Plan:
    project = await crud.projects.lock(session, project_id)
    version = project.payment_plans.get(kind.value, {}).get("version", 0) + 1
    project.payment_plans = {**project.payment_plans, kind.value: own | {"version": version}}
    await session.flush()
    audit.record(session, "plan.changed", project, plan=kind.value, version=version, is_offered=own["is_offered"])
    return plans_of(project.payment_plans)[kind]
