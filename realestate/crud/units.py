"""Units and holds in the database."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer_group

from realestate.errors import Conflict, NotFound
from realestate.models.units import Unit


class Claim(NamedTuple):
    """A locked unit, whether the hold or unpaid reserve on it has run out, and the database's time."""

    unit: Unit
    is_over: bool
    now: datetime


async def lock(session: AsyncSession, unit_id: int) -> Claim:
    """The unit, ours until commit. The wall lets a customer lock only what it may claim or has claimed: UNIT_NOT_AVAILABLE else."""
    statement = select(Unit, Unit.claim_is_over, func.now()).where(Unit.id == unit_id).options(undefer_group("private"))
    fresh = statement.with_for_update(of=Unit).execution_options(populate_existing=True)
    row = (await session.execute(fresh)).one_or_none()
    if row is None:
        raise await _refusal(session, unit_id)
    unit, is_over, now = row
    return Claim(unit, bool(is_over), now)


async def _refusal(session: AsyncSession, unit_id: int) -> NotFound | Conflict:
    if await session.scalar(select(Unit.id).where(Unit.id == unit_id)) is None:
        return NotFound(detail="There is no such unit.")
    return Conflict("UNIT_NOT_AVAILABLE", "This unit is not available.")
