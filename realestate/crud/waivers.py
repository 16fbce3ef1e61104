"""Waivers in the database."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.payments import Waiver, WaiverStatus


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


async def drop(session: AsyncSession, booking_id: int, why: str) -> None:
    """What waits for somebody's word on a booking: taken back, in the name of whoever has asked for it."""
    waiting = update(Waiver).where(Waiver.booking_id == booking_id, Waiver.status == WaiverStatus.pending)
    await session.execute(
        waiting.values(status=WaiverStatus.rejected, decided_by=Waiver.created_by, decided_at=func.now(), rejection_reason=why)
    )
