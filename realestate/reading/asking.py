"""Asking PostgreSQL for an answer that has been compiled: one statement, one round trip.

The reading connections are ours alone and in autocommit mode, so the statement goes straight to libpq. psycopg's cursor would find
the types of arguments that are all text, keep its own books of prepared statements and wrap a result of one value: 60 µs of 100.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import errors, generators
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.adapters.lending import Driver, ReadingPool
from realestate.compiling import Query
from realestate.database import Identity, execute, readers
from realestate.errors import Unavailable
from realestate.reading.shapes import Listing, Shape
from realestate.refusals import is_lost, translated

SECOND_WAIT = 1.0
"""Seconds for a line to a server that has just cut one: back by then, or away, which is said within four seconds in all."""
MOST_PREPARED = 200
"""Statements that a connection keeps; the oldest goes first."""

LONGEST_LINE = 20
"""New shapes that may wait to be compiled."""

_compiling, _in_line = asyncio.Semaphore(1), 0
prepared: WeakKeyDictionary[Driver, dict[str, bytes]] = WeakKeyDictionary()
"""What each connection calls the statements that it has prepared."""


async def shaped(view: Listing, shape: Shape) -> Query:
    """The query of a shape. One that is new is compiled in a thread, one at a time, so that whoever invents combinations waits for
    his own and nobody else's; Unavailable when too many are waiting."""
    global _in_line
    if query := view.known(shape):
        return query
    if _in_line >= LONGEST_LINE:
        raise Unavailable("Too many new kinds of questions at once. Please try again.")
    _in_line += 1
    try:
        async with _compiling:
            return await asyncio.to_thread(view.query, *shape)
    finally:
        _in_line -= 1


async def read(identity: Identity, query: Query, **values: Any) -> bytes | None:
    """The answer in the caller's name, on a connection that already has the caller's role."""
    pool, arguments = readers[identity.speaks_as], query.arguments(identity.context | values)
    with translated():
        try:
            return await _borrow(pool, query.sql, arguments)
        except psycopg.OperationalError as error:
            if not is_lost(error):
                raise
        await pool.check()  # the server was restarted: drop what is dead and ask again; a read may be repeated
        return await _borrow(pool, query.sql, arguments, SECOND_WAIT)


async def read_back(session: AsyncSession, query: Query, **values: Any) -> bytes | None:
    """The same inside an unfinished transaction: how a write answers with what it has written."""
    await session.flush()
    return (await execute(session.info["driver"], query.sql, query.arguments(session.info["identity"].context | values))).get_value(0, 0)


async def _borrow(pool: ReadingPool, sql: str, arguments: Sequence[str | None], wait: float | None = None) -> bytes | None:
    driver = await pool.getconn(wait)
    try:
        return await ask(driver, sql, arguments)
    finally:
        await pool.putconn(driver)


async def ask(driver: Driver, sql: str, arguments: Sequence[str | None]) -> bytes | None:
    """The door through which every read goes."""
    async with driver.lock:
        return await driver.wait(_answer(driver, sql, [None if value is None else value.encode() for value in arguments]))


def _answer(driver: Driver, sql: str, arguments: list[bytes | None]) -> PQGen[bytes | None]:
    names = prepared.setdefault(driver, {})
    name = names.get(sql) or (yield from _prepare(driver, names, sql))
    driver.pgconn.send_query_prepared(name, arguments)
    return (yield from _result(driver)).get_value(0, 0)


def _prepare(driver: Driver, names: dict[str, bytes], sql: str) -> PQGen[bytes]:
    name = f"shape_{hash(sql) & (2**64 - 1):x}".encode()
    if len(names) >= MOST_PREPARED:
        driver.pgconn.send_query(b"DEALLOCATE " + names.pop(next(iter(names))))
        yield from _result(driver)
    driver.pgconn.send_prepare(name, sql.encode())
    with suppress(errors.DuplicatePreparedStatement):  # prepared by somebody who left before hearing of it
        yield from _result(driver)
    names[sql] = name
    return name


def _result(driver: Driver) -> PQGen[PGresult]:
    result: PGresult
    [result] = yield from generators.execute(driver.pgconn)
    if result.status == ExecStatus.FATAL_ERROR:
        raise errors.error_from_result(result)
    return result
