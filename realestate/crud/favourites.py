"""The units that customers follow. The wall shows a customer its own alone."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.units import Favourite


async def create(session: AsyncSession, customer_id: int, unit_id: int) -> bool:
    """Whether it is a new one."""
    added = insert(Favourite).values(customer_id=customer_id, unit_id=unit_id).on_conflict_do_nothing()
    return await session.scalar(added.returning(Favourite.unit_id)) is not None


async def delete_own(session: AsyncSession, unit_id: int) -> None:
    """If it is one."""
    await session.execute(delete(Favourite).where(Favourite.unit_id == unit_id))


async def count_own(session: AsyncSession) -> int:
    """How many the caller has."""
    return (await session.scalars(select(func.count()).select_from(Favourite))).one()


async def followed(session: AsyncSession, unit_ids: Sequence[int]) -> set[int]:
    """Those units that are anybody's. Only the system sees that."""
    return set(await session.scalars(select(Favourite.unit_id).where(Favourite.unit_id.in_(unit_ids)).distinct()))
