"""Another schedule for what is not demanded yet, agreed by both sides."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, CurrentCustomer, CurrentParty, CustomerSession, PartyReader, PartySession, answer
from realestate.dependencies.guards import Cashier, permit
from realestate.models.accounts import Permission, Role
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.plan_amendments import PlanAgreement, PlanAmendmentCreate, PlanAmendmentOut
from realestate.services.bookings import amending
from realestate.views.plan_amendments import OF_BOOKING, PLAN_AMENDMENT

router = Router(prefix="/api", tags=["plan amendments"])


async def _decliner(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else permit(party, Permission.payments_record)


Decliner = Annotated[Identity, Depends(_decliner)]


@router.post("/bookings/{booking_id}/plan-amendments", response_model=PlanAmendmentOut, status_code=201, responses=problems(409))
async def propose_plan(booking_id: Id, said: PlanAmendmentCreate, member: Cashier, session: BuilderSession) -> Response:
    """Propose other lines for all that is not demanded yet, instead of what was proposed before. What is demanded or paid stays as it is."""
    amendment = await amending.propose(session, member, booking_id, said)
    return await answer(session, PLAN_AMENDMENT, amendment.id, 201)


@router.get("/bookings/{booking_id}/plan-amendments", response_model=list[PlanAmendmentOut], responses=problems(404))
async def list_plan_amendments(booking_id: Id, read: PartyReader) -> Response:
    """What has been proposed of a booking's schedule, the newest first."""
    return await read.all(OF_BOOKING, booking_id=booking_id)


@router.get("/plan-amendments/{amendment_id}", response_model=PlanAmendmentOut)
async def get_plan_amendment(amendment_id: Id, read: PartyReader) -> Response:
    """One proposal, and what came of it."""
    return await read.one(PLAN_AMENDMENT, amendment_id)


@router.post("/plan-amendments/{amendment_id}/agreement", response_model=PlanAmendmentOut, responses=problems(409))
async def agree_to_plan(amendment_id: Id, said: PlanAgreement, customer: CurrentCustomer, session: CustomerSession) -> Response:
    """The owner of record agrees to exactly what was read: the schedule is the new one at once, and what has become due by it is demanded."""
    amendment = await amending.agree(session, customer, amendment_id, said.content_hash)
    return await answer(session, PLAN_AMENDMENT, amendment.id)


@router.delete("/plan-amendments/{amendment_id}", response_model=PlanAmendmentOut, responses=problems(409))
async def end_plan_amendment(amendment_id: Id, by: Decliner, session: PartySession) -> Response:
    """The team withdraws it, or the owner of record declines: the schedule stays."""
    amendment = await amending.end(session, by, amendment_id)
    return await answer(session, PLAN_AMENDMENT, amendment.id)
