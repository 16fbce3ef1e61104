"""Schedules of the demo data that are planned anew."""

from realestate import crud
from realestate.database import Identity
from realestate.demo.sales import Sale
from realestate.models.accounts import Role
from realestate.models.money import PlanTrigger, add_months
from realestate.schemas.plan_amendments import PlanAmendmentCreate
from realestate.services.bookings import amending


async def propose(sale: Sale) -> None:
    """The finance team proposes other parts for what is not demanded yet."""
    day = add_months(sale.site.project.date_at(sale.diary.clock.moment), 2)
    first = {"name": "First part of the loan", "weight": 60, "trigger": PlanTrigger.on_date, "due_date": day}
    last = {"name": "On possession", "weight": 40, "trigger": PlanTrigger.on_possession, "due_in_days": 30}
    said = PlanAmendmentCreate.model_validate({"reason": "The bank pays in two parts.", "lines": [first, last]})
    await amending.propose(sale.session, sale.site.team.finance, sale.booking_id, said)


async def agree(sale: Sale) -> None:
    proposal = await crud.plan_amendments.find_open(sale.session, sale.booking_id)
    assert proposal, "proposed before"
    await amending.agree(sale.session, Identity(Role.customer, sale.customer_id), proposal.id, proposal.content_hash)
