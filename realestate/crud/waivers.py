"""Waivers in the database."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.payments import Waiver


async def peek(session: AsyncSession, waiver_id: int) -> Waiver:
    """Not locked: for its line, which never changes."""
    waiver = await session.get(Waiver, waiver_id)
    if waiver is None:
        raise NotFound
    return waiver


async def get(session: AsyncSession, waiver_id: int) -> Waiver:
    """Locked. Lock its booking first."""
    locked = select(Waiver).where(Waiver.id == waiver_id).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(locked)).one()
