"""Sealing what was done: a chain of hashes per builder, in the order of ids. Changing, removing, inserting or reordering acts breaks it.

Nothing is locked for it. Acts get their ids shortly before they are committed, so that a lower id can turn up after a higher one. A
transaction has its number before it draws an id (see `record` in tenancy/clerk.py): when all that had one at a certain moment are over,
nothing can come below the highest id of that moment any more, and so far is sealed.
"""

import asyncio
import time
from typing import Any

from sqlalchemy import Row

from realestate import crud
from realestate.crud.audit import Head
from realestate.database import WORKER, transaction
from realestate.errors import Unavailable
from realestate.models.audit import BEGINNING, link

PATIENCE = 20.0
"""Seconds for transactions that were writing when sealing began."""
BATCH = 1000


async def seal() -> int:
    """Seal what has been committed; how many acts. Unavailable while a transaction has been writing for very long."""
    last, count = await _settled(), 0
    while sealed := await _seal_next(last):
        count += sealed
    return count


async def _settled() -> int:
    """An id below which nothing can come any more."""
    async with transaction(WORKER) as session:
        last, writer = await crud.audit.look(session)
    deadline = time.monotonic() + PATIENCE
    while True:
        async with transaction(WORKER) as session:
            if await crud.audit.have_ended(session, writer):
                return last
        if time.monotonic() > deadline:
            raise Unavailable("A transaction has been writing for very long; nothing can be sealed before it ends.")
        await asyncio.sleep(0.05)


async def _seal_next(last: int) -> int:
    async with transaction(WORKER) as session:
        await crud.audit.lock_chains(session)
        acts = await crud.audit.acts(session, await crud.audit.last_sealed(session), last, BATCH)
        ends = {head.builder_id: head for head in await crud.audit.heads(session)}
        links: dict[int, Head] = {}
        for act in acts:
            links[act.id] = ends[act.builder_id] = _next(ends.get(act.builder_id), act)
        if links:
            await crud.audit.add_links(session, links)
    return len(links)


def _next(end: Head | None, act: Row[Any]) -> Head:
    return Head(act.builder_id, end.position + 1 if end else 1, link(end.hash if end else BEGINNING, tuple(act)))


async def heads() -> list[Head]:
    """The ends of all chains: kept elsewhere, they show even a chain that was made anew (see `services.verifying`)."""
    async with transaction(WORKER) as session:
        return await crud.audit.heads(session)
