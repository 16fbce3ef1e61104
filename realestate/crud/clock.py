"""What time it is."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession


async def now(session: AsyncSession) -> datetime:
    """The database's time; demo data live in the past."""
    return session.info.get("now") or (await session.scalars(select(func.now()))).one()
