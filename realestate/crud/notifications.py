"""A user's own notifications. The wall lets nobody touch another's."""

from collections.abc import Iterable

from sqlalchemy import ARRAY, BigInteger, CursorResult, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.notifications import Notification, NotificationCounter


async def mark_read(session: AsyncSession, notification_id: int) -> None:
    """Repeatable: the first time counts."""
    await session.execute(
        update(Notification).where(Notification.id == notification_id, ~Notification.is_read).values(is_read=True, read_at=func.now())
    )
    if await session.scalar(select(Notification.id).where(Notification.id == notification_id)) is None:
        raise NotFound


async def mark_all_read(session: AsyncSession) -> int:
    """How many were unread until now."""
    result = await session.execute(
        update(Notification).where(~Notification.is_read, Notification.archived_at.is_(None)).values(is_read=True, read_at=func.now())
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


async def last_numbers(session: AsyncSession, user_ids: Iterable[int]) -> dict[int, int]:
    """Where the inboxes of some users stand. By the system, which asks for all that are connected at once."""
    ids = cast(list(user_ids), ARRAY(BigInteger))  # one parameter, however many they are: the statement stays the same
    rows = select(NotificationCounter.user_id, NotificationCounter.seq).where(NotificationCounter.user_id == func.any(ids))
    return {user_id: seq for user_id, seq in await session.execute(rows)}
