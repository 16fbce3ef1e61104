"""Whom a builder knows: whichever verb comes first makes a customer known to it, and opens their profile."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Forbidden, Invalid
from realestate.models.accounts import LeadSource, Role


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
