"""Proposals of another schedule in the database."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.payments import AmendmentStatus, PlanAmendment


async def peek(session: AsyncSession, amendment_id: int) -> PlanAmendment:
    """Not locked: for its booking, which never changes."""
    amendment = await session.scalar(select(PlanAmendment).where(PlanAmendment.id == amendment_id))
    if amendment is None:
        raise NotFound
    return amendment


async def get(session: AsyncSession, amendment_id: int) -> PlanAmendment:
    """Locked. Lock its booking first."""
    locked = select(PlanAmendment).where(PlanAmendment.id == amendment_id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).one()


async def find_open(session: AsyncSession, booking_id: int) -> PlanAmendment | None:
    """What is proposed of a booking, locked. Lock the booking first."""
    is_open = PlanAmendment.booking_id == booking_id, PlanAmendment.status == AmendmentStatus.proposed
    return await session.scalar(select(PlanAmendment).where(*is_open).with_for_update().execution_options(populate_existing=True))


async def next_number(session: AsyncSession, booking_id: int) -> int:
    last = select(func.coalesce(func.max(PlanAmendment.number), 0)).where(PlanAmendment.booking_id == booking_id)
    return (await session.scalars(last)).one() + 1
