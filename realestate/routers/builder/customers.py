"""The customers whom a company knows."""

from typing import Annotated

from fastapi import Depends, Response

from realestate.database import Identity
from realestate.dependencies import BuilderReader, BuilderSession, CurrentBuilder, answer, asked
from realestate.dependencies.guards import Seller, permit
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.customers import CustomerCreate, LeadOut, LeadPage, LeadSearch, LeadUpdate
from realestate.schemas.team import InviteMade
from realestate.services import leads
from realestate.views.customers import LEAD, LEADS

router = Router(prefix="/api/builder/customers", tags=["customers (builder)"])


async def _changer(member: CurrentBuilder, said: LeadUpdate) -> Identity:
    return permit(member, leads.needed_for(said))


Changer = Annotated[Identity, Depends(_changer)]


@router.get("", response_model=LeadPage)
async def list_customers(search: Annotated[LeadSearch, asked(LeadSearch)], read: BuilderReader) -> Response:
    """Whom the company knows, newest first; its sellers see those whom they look after."""
    return await read.page(LEADS, search)


@router.post("", response_model=InviteMade, status_code=201, responses=problems(429))
async def invite_customer(said: CustomerCreate, member: Seller, session: BuilderSession) -> InviteMade:
    """Invite somebody whom the team has met. The answer says a code, this once; it is good for seven days and one person.

    With it a customer becomes known to the company (`POST /api/customer/join`), after registering or not: the answer is the same for both.
    """
    return await leads.invite(session, member, said)


@router.get("/{customer_id}", response_model=LeadOut, responses=CONDITIONAL)
async def get_customer(customer_id: Id, read: BuilderReader) -> Response:
    """One of them."""
    return await read.one(LEAD, customer_id)


@router.patch("/{customer_id}", response_model=LeadOut)
async def change_customer(customer_id: Id, said: LeadUpdate, member: Changer, session: BuilderSession) -> Response:
    """How far it has come with them; the managers also say who looks after them."""
    await leads.change(session, member, customer_id, said)
    return await answer(session, LEAD, customer_id)
