"""Whom a builder knows: whichever verb comes first makes a customer known to it, and opens their profile."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Forbidden, Invalid
from realestate.models.accounts import InviteKind, Lead, LeadSource, Permission, Role
from realestate.schemas.customers import CustomerCreate, LeadUpdate
from realestate.schemas.team import InviteMade
from realestate.services import accounts, audit


async def meet(session: AsyncSession, by: Identity, builder_id: int, customer_id: int, source: LeadSource) -> None:
    """By the customer's own act, the company comes to know it; a team acts for those it knows already (NotFound otherwise).

    Either way the lead is locked until commit, after the unit: that serialises what is counted per customer.
    """
    if by.role is Role.builder:
        await crud.leads.lock(session, customer_id)
    else:
        await crud.leads.know(session, builder_id, customer_id, source)


def for_whom(identity: Identity, customer_id: int | None) -> int:
    """A customer acts for itself, a team for the customer that it names."""
    if identity.role is Role.customer:
        if customer_id not in (None, identity.me):
            raise Forbidden("NOT_YOUR_ID", "You may only do this for yourself.")
        return identity.me
    if customer_id is None:
        raise Invalid.field("customer_id", "Say for which customer.", "MISSING")
    return customer_id


async def invite(session: AsyncSession, by: Identity, said: CustomerCreate) -> InviteMade:
    """A code for a customer whom the team has met. Whoever brings it, with an account old or new, is known to the company from then on;
    whether there is such an account is neither looked at nor said."""
    made, code = await accounts.invite(session, by, InviteKind.customer, **said.model_dump())
    audit.record(session, "customer.invited", made)
    return InviteMade(id=made.id, email=made.email, code=code, expires_at=made.expires_at)


async def change(session: AsyncSession, by: Identity, customer_id: int, said: LeadUpdate) -> Lead:
    """How far it has come, and who looks after the customer: what the managers decide."""
    lead = await crud.leads.get(session, customer_id)
    if said.stage:
        lead.stage = said.stage
    if "assigned_to" in said.model_fields_set and said.assigned_to != lead.assigned_to:
        if said.assigned_to is not None and not (await crud.team.get(session, said.assigned_to)).is_active:
            raise Invalid.field("assigned_to", "This member has left the team.", "NOT_ACTIVE")
        lead.assigned_to = said.assigned_to
    await session.flush()
    audit.record(session, "customer.changed", lead, stage=lead.stage.value, assigned_to=lead.assigned_to)
    return lead


def needed_for(said: LeadUpdate) -> Permission:
    """Sellers say how far they have come; who looks after whom is for the managers."""
    return Permission.bookings_approve if "assigned_to" in said.model_fields_set else Permission.units_hold
