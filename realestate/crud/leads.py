"""Whom a builder knows."""

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.accounts import Lead, LeadSource
from realestate.writing import Command

_KNOW = Command(
    insert(Lead)
    .values({name: bindparam(name, type_=Lead.__table__.c[name].type) for name in ("builder_id", "customer_id", "source")})
    .on_conflict_do_update(index_elements=[Lead.builder_id, Lead.customer_id], set_={"updated_at": func.now()})
    .returning(Lead.id)
)
_LOCK = Command(select(Lead.id).where(Lead.customer_id == bindparam("customer_id")).with_for_update())


async def know(session: AsyncSession, builder_id: int, customer_id: int, source: LeadSource) -> None:
    """Make the customer known to the builder. The row stays locked until commit, which serialises what is counted per customer."""
    await _KNOW(session, builder_id=builder_id, customer_id=customer_id, source=source)


async def lock(session: AsyncSession, customer_id: int) -> None:
    """The same for a customer whom the caller's company must already know; NotFound otherwise."""
    if await _LOCK(session, customer_id=customer_id) is None:
        raise NotFound(detail="There is no such customer among your leads.")


async def find_seller(session: AsyncSession, builder_id: int, customer_id: int) -> int | None:
    """Who of the builder's team looks after the customer."""
    return await session.scalar(select(Lead.assigned_to).where(Lead.builder_id == builder_id, Lead.customer_id == customer_id))


async def get(session: AsyncSession, customer_id: int) -> Lead:
    """What the caller's company has with a customer, locked."""
    lead = await session.scalar(select(Lead).where(Lead.customer_id == customer_id).with_for_update(of=Lead))
    if lead is None:
        raise NotFound(detail="There is no such customer among your leads.")
    return lead


async def get_of(session: AsyncSession, builder_id: int, customer_id: int) -> Lead:
    """What a company has with a customer whom it knows. Speak as the system."""
    return (await session.scalars(select(Lead).where(Lead.builder_id == builder_id, Lead.customer_id == customer_id))).one()


async def give(session: AsyncSession, builder_id: int, customer_id: int, seller: int) -> None:
    """A customer whom nobody looks after yet is this seller's. Speak as the system."""
    is_free = (Lead.builder_id == builder_id, Lead.customer_id == customer_id, Lead.assigned_to.is_(None))
    await session.execute(update(Lead).where(*is_free).values(assigned_to=seller), execution_options={"synchronize_session": False})
