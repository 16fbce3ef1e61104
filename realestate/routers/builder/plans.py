"""Payment plans of all projects of a company, looked through together, and taken over by one project from another."""

from typing import Annotated, Any

from realestate.dependencies import BuilderReader, BuilderSession, asked
from realestate.dependencies.guards import Planner
from realestate.models.plans import Plan, plans_of
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.plans import PlanCopy, PlanOfCompany, PlanOut, PlanPage, PlanSearch
from realestate.services import plans
from realestate.views.plans import ALL_PLANS

router = Router(prefix="/api/builder/payment-plans", tags=["payment plans"])


@router.get("", response_model=PlanPage)
async def list_builder_payment_plans(search: Annotated[PlanSearch, asked(PlanSearch)], read: BuilderReader) -> PlanPage:
    """The plans of the house, which every project offers that says nothing else, then those that the company's projects have of their own."""
    kept = await read.data(ALL_PLANS.query(read.identity.role))
    own = [_said(plan, project) for project in kept for plan in plans_of(project["payment_plans"]).values() if plan.version]
    found = [plan for plan in (*map(_said, plans_of({}).values()), *own) if _is_wanted(plan, search)]
    begin = (search.page - 1) * search.limit
    total = len(found) if search.count else None
    return PlanPage(payment_plans=found[begin : begin + search.limit], total=total, page=search.page, limit=search.limit)


@router.post("/copies", response_model=list[PlanOfCompany], responses=problems(404, 409))
async def copy_payment_plan(said: PlanCopy, _: Planner, session: BuilderSession) -> list[PlanOfCompany]:
    """Let projects take over a plan: the next version of their own of this kind. Who has booked keeps the plan as it was."""
    copies = await plans.copy(session, said)
    return [_said(plan, {"id": project.id, "project_name": project.project_name}) for project, plan in copies]


def _said(plan: Plan, project: dict[str, Any] | None = None) -> PlanOfCompany:
    place = {"project_id": project and project["id"], "project_name": project and project["project_name"]}
    return PlanOfCompany.model_validate(PlanOut.model_validate(plan).model_dump() | place)


def _is_wanted(plan: PlanOfCompany, search: PlanSearch) -> bool:
    wanted = {name: getattr(search, name) for name in ("kind", "project_id", "is_offered")}
    return all(value is None or getattr(plan, name) == value for name, value in wanted.items())
