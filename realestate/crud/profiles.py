"""What companies and customers say of themselves. The wall shows each its own."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.accounts import BuilderAccount, Customer


async def lock_own_account(session: AsyncSession) -> BuilderAccount:
    """What only the company sees of itself."""
    return (await session.scalars(select(BuilderAccount).with_for_update())).one()


async def lock_own_customer(session: AsyncSession) -> Customer:
    """The caller's profile."""
    return (await session.scalars(select(Customer).with_for_update(key_share=True))).one()
