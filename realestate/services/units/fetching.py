"""How every verb begins that changes one unit."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.base import Versions
from realestate.models.units import Unit
from realestate.services import claims


async def fetch(session: AsyncSession, unit_id: int, version: Versions | None = None) -> tuple[Unit, datetime]:
    """The unit, locked, rid of a claim that has run out; Stale when it is no longer the version that the caller has read."""
    unit, is_over, now = await crud.units.lock(session, unit_id)
    unit.expect(version)
    if is_over:
        await claims.make_way(session, unit, now)
    return unit, now
