"""Asking PostgreSQL for an answer that has been compiled."""

from typing import Any

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.compiling import Query
from realestate.database import Identity, execute, readers
from realestate.refusals import is_lost, translated

SECOND_WAIT = 1.0
"""Seconds for a line to a server that has just cut one: back by then, or away, which is said within four seconds in all."""


async def read(identity: Identity, query: Query, **values: Any) -> bytes | None:
    """The answer in the caller's name, on a connection that already has the caller's role: one statement, one round trip."""
    pool, arguments = readers[identity.role], query.arguments(identity.context | values)
    with translated():
        try:
            async with pool.connection() as driver:
                return (await execute(driver, query.sql, arguments)).get_value(0, 0)
        except psycopg.OperationalError as error:
            if not is_lost(error):
                raise
        await pool.check()  # the server was restarted: drop what is dead and ask again; a read may be repeated
        async with pool.connection(timeout=SECOND_WAIT) as driver:
            return (await execute(driver, query.sql, arguments)).get_value(0, 0)


async def read_back(session: AsyncSession, query: Query, **values: Any) -> bytes | None:
    """The same inside an unfinished transaction: how a write answers with what it has written."""
    await session.flush()
    return (await execute(session.info["driver"], query.sql, query.arguments(session.info["identity"].context | values))).get_value(0, 0)
