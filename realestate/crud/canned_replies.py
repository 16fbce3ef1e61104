"""Answers that a team gives often."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.messages import CannedReply


async def create(session: AsyncSession, builder_id: int | None, title: str, content: str) -> CannedReply:
    """Conflict TITLE_TAKEN comes from its constraint."""
    reply = CannedReply(builder_id=builder_id, title=title, content=content)
    session.add(reply)
    await session.flush()
    return reply


async def update(session: AsyncSession, reply_id: int, values: Mapping[str, Any]) -> None:
    """Change what is named."""
    reply = await _lock(session, reply_id)
    for name, value in values.items():
        setattr(reply, name, value)


async def delete(session: AsyncSession, reply_id: int) -> None:
    """Nothing refers to it: messages have their own words."""
    await session.delete(await _lock(session, reply_id))


async def _lock(session: AsyncSession, reply_id: int) -> CannedReply:
    reply = await session.scalar(select(CannedReply).where(CannedReply.id == reply_id).with_for_update())
    if reply is None:
        raise NotFound(detail="There is no such canned reply.")
    return reply
