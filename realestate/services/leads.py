"""Whom a builder knows: whichever verb comes first makes a customer known to it, and opens their profile."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.models.accounts import LeadSource, Role


async def meet(session: AsyncSession, by: Identity, builder_id: int, customer_id: int, source: LeadSource) -> None:
    """By the customer's own act, the company comes to know it; a team acts for those it knows already (NotFound otherwise).

    Either way the lead is locked until commit, after the unit: that serialises what is counted per customer.
    """
    if by.role is Role.builder:
        await crud.leads.lock(session, customer_id)
    else:
        await crud.leads.know(session, builder_id, customer_id, source)
