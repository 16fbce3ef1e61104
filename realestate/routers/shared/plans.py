"""Payment plans of a project: anybody reads what is offered, its team writes."""

from realestate.dependencies import AnyReader, BuilderSession
from realestate.dependencies.guards import Planner
from realestate.models.bookings import PaymentPlan
from realestate.models.plans import plans_of
from realestate.problems import problems
from realestate.reading import TEAM
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.plans import PlanOut, PlanPut
from realestate.services import plans
from realestate.views.plans import PLANS

router = Router(prefix="/api/projects", tags=["payment plans"])


@router.get("/{project_id}/payment-plans", response_model=list[PlanOut])
async def list_payment_plans(project_id: Id, read: AnyReader) -> list[PlanOut]:
    """What a unit of the project can be paid by. Its team also sees what is not offered any more."""
    found = plans_of((await read.found(PLANS, project_id))["payment_plans"]).values()
    return [PlanOut.model_validate(plan) for plan in found if plan.is_offered or read.identity.role in TEAM]


@router.put("/{project_id}/payment-plans/{kind}", response_model=PlanOut, responses=problems(409))
async def put_payment_plan(project_id: Id, kind: PaymentPlan, said: PlanPut, _: Planner, session: BuilderSession) -> PlanOut:
    """The project's own plan of this kind, instead of that of the house: its next version. Who has booked keeps the plan as it was."""
    return PlanOut.model_validate(await plans.put(session, project_id, kind, said))


@router.delete("/{project_id}/payment-plans/{kind}", response_model=PlanOut, responses=problems(409))
async def withdraw_payment_plan(project_id: Id, kind: PaymentPlan, _: Planner, session: BuilderSession) -> PlanOut:
    """Not offered any more; repeatable. Sent again with PUT, it is."""
    return PlanOut.model_validate(await plans.withdraw(session, project_id, kind))
