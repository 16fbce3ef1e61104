"""Sessions of the application's login below the application: PostgreSQL alone says what somebody may do."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from realestate.database import Identity
from realestate.models.accounts import Role
from tests.factories import Person

ACT_AS = """SELECT set_config('role', 'realestate_' || %s, true), set_config('app.user_id', %s, true),
    set_config('app.builder_id', %s, true), set_config('app.scope', %s, true)"""
PATIENCE = 10.0
MOST_IDLE = 4
AS_NEW = "RESET ALL; RESET SESSION AUTHORIZATION"
_idle: list[AsyncConnection[Any]] | None = None


@asynccontextmanager
async def lines_kept() -> AsyncIterator[None]:
    """Meanwhile some connections wait for the next who speaks: a new one takes PostgreSQL and us 10 ms, far more than what is said on it."""
    global _idle
    _idle = []
    try:
        yield
    finally:
        idle, _idle = _idle, None
        for connection in idle:
            await connection.close()


async def _line() -> AsyncConnection[Any]:
    """As new: one that was cut meanwhile is not used again."""
    while _idle:
        connection = _idle.pop()
        try:
            await connection.execute(AS_NEW)
            await connection.commit()
        except psycopg.OperationalError:
            await connection.close()
        else:
            return connection
    return await AsyncConnection.connect(os.environ["DATABASE_URL"], prepare_threshold=None)


@asynccontextmanager
async def connected() -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of the application's login; what is not committed is undone."""
    connection = await _line()
    try:
        yield connection
    finally:
        with suppress(psycopg.OperationalError):  # it was cut
            await connection.rollback()
        is_well = not connection.closed and connection.info.transaction_status is TransactionStatus.IDLE
        if _idle is not None and is_well and len(_idle) < MOST_IDLE:
            _idle.append(connection)
        else:
            await connection.close()


@asynccontextmanager
async def speaking(person: Person | Identity) -> AsyncIterator[AsyncConnection[Any]]:
    """One transaction in somebody's name: committed by whoever says so, undone otherwise."""
    async with connected() as connection:
        who = Identity(Role(person.role), person.user_id, person.builder_id, person.team_role, person.project_scope)
        await connection.execute(ACT_AS, [who.speaks_as, *list(who.context.values())[1:]])
        yield connection


async def attempt(person: Person | Identity, statement: str) -> int | str:
    """How many rows a statement has reached, or the SQLSTATE of the refusal. Nothing is kept."""
    async with speaking(person) as connection:
        try:
            return (await connection.execute(statement)).rowcount  # type: ignore[arg-type]  # made of the tests' own words
        except psycopg.Error as error:
            return str(error.sqlstate)


async def until(fact: Callable[[], Awaitable[bool]], patience: float = PATIENCE) -> None:
    """Come back as soon as something is so; fail when it never is."""
    deadline = time.monotonic() + patience
    while not await fact():
        assert time.monotonic() < deadline, "this never came to be"
        await asyncio.sleep(0.01)


async def until_waiting(connection: AsyncConnection[Any]) -> None:
    """Until a session stands in line for a lock that another one holds."""
    pid = connection.info.backend_pid
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as watcher:

        async def is_waiting() -> bool:
            found = await watcher.execute("SELECT FROM pg_locks WHERE pid = %s AND NOT granted", [pid])
            return found.rowcount > 0

        await until(is_waiting)
