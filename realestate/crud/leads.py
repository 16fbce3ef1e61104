"""Whom a builder knows."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.accounts import Lead, LeadSource


async def know(session: AsyncSession, builder_id: int, customer_id: int, source: LeadSource) -> None:
    """Make the customer known to the builder. The row stays locked until commit, which serialises what is counted per customer."""
    first = insert(Lead).values(builder_id=builder_id, customer_id=customer_id, source=source)
    again = first.on_conflict_do_update(index_elements=[Lead.builder_id, Lead.customer_id], set_={"updated_at": func.now()})
    await session.execute(again)


async def lock(session: AsyncSession, customer_id: int) -> None:
    """The same for a customer whom the caller's company must already know; NotFound otherwise."""
    if await session.scalar(select(Lead.id).where(Lead.customer_id == customer_id).with_for_update()) is None:
        raise NotFound(detail="There is no such customer among your leads.")
