"""The chains of what was done, in the database. Called by `services.sealing` alone, as worker."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, Text, cast, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.audit import AuditEvent, AuditHead, AuditSeal

SEALERS = 4_711
"""The advisory lock under which one seals at a time."""
ACT = (
    AuditEvent.id,
    AuditEvent.builder_id,
    AuditEvent.actor_id,
    cast(AuditEvent.actor_role, Text),
    AuditEvent.action,
    cast(AuditEvent.entity_type, Text),
    AuditEvent.entity_id,
    cast(AuditEvent.details, Text),
    AuditEvent.request_id,
    func.to_char(func.timezone("UTC", AuditEvent.created_at), literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""")),
)
"""What a seal covers, in this order: all of the row."""


class Head(NamedTuple):
    """Where the chain of a builder (None: the platform's) ends, or ended once."""

    builder_id: int | None
    position: int
    hash: str


async def lock_chains(session: AsyncSession) -> None:
    """Until commit nobody else seals."""
    await session.execute(select(func.pg_advisory_xact_lock(SEALERS)))


async def look(session: AsyncSession) -> tuple[int, str]:
    """The last act that can be seen, and a number that only transactions which begin to write from now on can exceed.

    Our own number: the xmax of a snapshot is only that of the last one to *end*, plus one.
    """
    seen = text("SELECT coalesce(max(id), 0), pg_current_xact_id()::text FROM audit_events")
    last, writer = (await session.execute(seen)).one()
    return last, writer


async def have_ended(session: AsyncSession, writer: str) -> bool:
    """Whether all transactions with a lower number are over."""
    oldest = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:writer AS xid8)")
    return bool(await session.scalar(oldest, {"writer": writer}))


async def last_sealed(session: AsyncSession) -> int:
    """The highest id that has a seal: there are none to come below it."""
    return await session.scalar(select(func.max(AuditSeal.audit_event_id))) or 0


async def acts(session: AsyncSession, behind: int, last: int, limit: int) -> Sequence[Row[Any]]:
    """Acts by id."""
    wanted = select(*ACT).where(AuditEvent.id > behind, AuditEvent.id <= last).order_by(AuditEvent.id)
    return (await session.execute(wanted.limit(limit))).all()


async def seals(session: AsyncSession, behind: int, last: int) -> Sequence[AuditSeal]:
    """Seals by the ids of their acts."""
    wanted = select(AuditSeal).where(AuditSeal.audit_event_id > behind, AuditSeal.audit_event_id <= last)
    return (await session.scalars(wanted.order_by(AuditSeal.audit_event_id))).all()


async def count_behind(session: AsyncSession, last: int) -> int:
    """How many acts there are above an id."""
    return (await session.scalars(select(func.count()).where(AuditEvent.id > last))).one()


async def heads(session: AsyncSession) -> list[Head]:
    """The ends of all chains."""
    return [Head(*row) for row in await session.execute(select(AuditHead.builder_id, AuditHead.position, AuditHead.hash))]


async def add_links(session: AsyncSession, links: Mapping[int, Head]) -> None:
    """Seal acts, each by the end that its chain has with it; the last of a chain becomes its end."""
    await session.execute(insert(AuditSeal), [{"audit_event_id": id, **head._asdict()} for id, head in links.items()])
    ends = {head.builder_id: head._asdict() for head in links.values()}
    row = insert(AuditHead).values(list(ends.values()))
    newest = {"position": row.excluded.position, "hash": row.excluded.hash}
    await session.execute(row.on_conflict_do_update(index_elements=[AuditHead.builder_id], set_=newest))
