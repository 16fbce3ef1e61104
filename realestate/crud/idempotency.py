"""Idempotency keys in the database."""

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.idempotency import LIFETIME
from realestate.models.idempotency import IdempotencyKey as Key

BATCH = 10_000


async def claim(session: AsyncSession, user_id: int, key: str, fingerprint: bytes) -> bool:
    """Whether the key is now this transaction's: it was new, or is over. Waits for another transaction that has it just now."""
    new = insert(Key).values(user_id=user_id, key=key, fingerprint=fingerprint)
    anew = new.on_conflict_do_update(
        index_elements=[Key.user_id, Key.key],
        set_={"fingerprint": new.excluded.fingerprint, "answer": None, "created_at": func.now()},
        where=or_(Key.answer.is_(None), Key.created_at <= func.now() - LIFETIME),
    )
    return await session.scalar(anew.returning(Key.user_id)) is not None


async def get(session: AsyncSession, user_id: int, key: str) -> Key:
    """What `claim` has just found taken, and locked."""
    return await session.get_one(Key, (user_id, key))


async def keep(session: AsyncSession, user_id: int, key: str, answer: bytes) -> None:
    await session.execute(update(Key).where(Key.user_id == user_id, Key.key == key).values(answer=answer))


async def clear(session: AsyncSession) -> int:
    """Remove some of those that are over; how many."""
    over = select(Key.user_id, Key.key).where(Key.created_at <= func.now() - LIFETIME).limit(BATCH).with_for_update(skip_locked=True)
    removed = await session.execute(delete(Key).where(tuple_(Key.user_id, Key.key).in_(over)).returning(Key.user_id))
    return len(removed.all())
