"""The two doors to PostgreSQL: an ORM session that writes and commits, and a pool per role that only reads.

Both speak as one role for one user of one builder, for one transaction. Forgetting to say who is asking shows nothing.
"""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import Any, cast

import psycopg
from psycopg import AsyncRawCursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq.abc import PGresult
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from realestate.adapters.bus import Bus, Ear, listen
from realestate.adapters.lending import Driver, ReadingPool
from realestate.config import settings
from realestate.database.identity import DOORMAN, VISITOR, WORKER, Identity
from realestate.errors import Transient
from realestate.models.accounts import LIMITED, OF_SITES, Role
from realestate.refusals import commit_unknown, translated

__all__ = [
    "DOORMAN",
    "VISITOR",
    "WORKER",
    "Identity",
    "as_system",
    "connected",
    "conninfo",
    "execute",
    "hear",
    "standing_mark",
    "transaction",
]

POOL_SIZES = {Role.visitor: 4, Role.customer: 4, Role.builder: 4, LIMITED: 2, OF_SITES: 2, Role.admin: 1}
WRITERS = 6
POOL_WAIT = 3.0
"""Seconds to wait for a free connection before answering 503."""
# By connection option, not by role: a role entered by SET ROLE brings no settings of its own.
TIMEOUTS = "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"


ACT_AS = """SELECT set_config('role', $1, true), set_config('app.user_id', $2, true), set_config('app.builder_id', $3, true),
    set_config('app.scope', $4, true)"""
CATALOGUE_CHANGED = "current_setting('app.catalogue', true)"
ANNOUNCED = "current_setting('app.announced', true)"
"""Set by the trigger `catalogue_changes`, and by `announce`, for the rest of the transaction."""
LAST_WORDS = {"acts": "record", "events": "tell", "jobs": "defer"}
"""What a session collects, and the clerk's function that takes all of it in one call."""

when_catalogue_changes: list[Callable[[], None]] = []
"""Called after a commit of this process that has changed what visitors may see; other processes hear of it by NOTIFY."""

engine: AsyncEngine
bus: Bus | None = None  # where processes do not listen to PostgreSQL for what is announced
readers: dict[str, ReadingPool] = {}
_sessions: async_sessionmaker[AsyncSession]


@asynccontextmanager
async def transaction(identity: Identity) -> AsyncIterator[AsyncSession]:
    """One transaction in somebody's name, committed at the end: the only commit of the house.

    What was collected by `services.audit`, `services.notifications` and `services.jobs` is written just before it, in one call.
    Raises what a client may see (Conflict, Stale, Unavailable), or Transient when nothing was kept and all of it may be done again.
    """
    with translated():
        async with _sessions() as session:
            driver = await _driver_of(session, identity)
            session.info.update(identity=identity, driver=driver, spoke_as_system=False, changed_catalogue=False)
            session.info.update({collected: [] for collected in LAST_WORDS})
            yield session
            await session.flush()
            await _conclude(session)
            with commit_unknown():
                await session.commit()
            if bus:
                bus.say(session.info["announced"])
            if session.info["changed_catalogue"]:
                for tell in when_catalogue_changes:
                    tell()


@asynccontextmanager
async def as_system(session: AsyncSession) -> AsyncIterator[None]:
    """For what the clock has decided and a caller merely comes upon: this transaction speaks as the worker for a moment."""
    identity: Identity = session.info["identity"]
    await session.flush()
    session.info.update(identity=WORKER, spoke_as_system=True)
    await execute(session.info["driver"], ACT_AS, _context(identity, WORKER))
    yield
    await session.flush()
    session.info["identity"] = identity
    await execute(session.info["driver"], ACT_AS, [*identity.context.values()])


async def execute(driver: Driver, sql: str, arguments: Sequence[str | None]) -> PGresult:
    """One prepared statement straight on the driver, below SQLAlchemy: three times cheaper, for those we send all day."""
    cursor = AsyncRawCursor(driver)
    await cursor.execute(sql, arguments, prepare=True)
    assert cursor.pgresult is not None
    return cursor.pgresult


async def _driver_of(session: AsyncSession, identity: Identity) -> Driver:
    """Say who is asking. This first statement is also the ping: lines that died while idle are replaced, each once."""
    for _ in range(1 + engine.pool.size()):  # type: ignore[attr-defined]  # a QueuePool has one
        connection = await (await session.connection()).get_raw_connection()
        driver = cast(Driver, connection.driver_connection)
        try:
            await execute(driver, ACT_AS, [*identity.context.values()])
        except psycopg.OperationalError:
            if not driver.closed:
                raise
            await session.invalidate()
        else:
            return driver
    raise Transient


async def _conclude(session: AsyncSession) -> None:
    """Audit first, each act by whoever did it, then tell everybody in one call: its locks on the inboxes are taken last and in one order."""
    driver, identity, said = session.info["driver"], session.info["identity"], {name: session.info[name] for name in LAST_WORDS}
    if session.info["spoke_as_system"]:
        for is_system, acts in groupby(said.pop("acts"), itemgetter("system")):
            await execute(driver, ACT_AS, _context(identity, WORKER if is_system else identity))
            await _keep_book(session, {"acts": list(acts)})
        await execute(driver, ACT_AS, _context(identity, WORKER))
    await _keep_book(session, said)


async def _keep_book(session: AsyncSession, said: Mapping[str, list[dict[str, Any]]]) -> None:
    collected = {name: json.dumps(entries) for name, entries in said.items() if entries}
    calls = [f"{LAST_WORDS[name]}(${n}::jsonb)" for n, name in enumerate(collected, 1)]
    sql = f"SELECT {', '.join([CATALOGUE_CHANGED, *calls, ANNOUNCED])}"
    found = await execute(session.info["driver"], sql, [*collected.values()])
    session.info["announced"] = found.get_value(0, len(calls) + 1)
    session.info["changed_catalogue"] |= bool(found.get_value(0, 0))


def _context(identity: Identity, role_of: Identity) -> list[str]:
    """Somebody in the role of somebody else."""
    return [role_of.context["role"], *list(identity.context.values())[1:]]


async def standing_mark() -> str | None:
    """Which schema and wall the database has (see `tenancy.mark`)."""
    with translated():
        async with readers[Role.visitor].connection() as driver:
            said = (await execute(driver, "SELECT obj_description('public'::regnamespace, 'pg_namespace')", [])).get_value(0, 0)
            return said.decode() if said else None


def conninfo(options: str) -> dict[str, Any]:
    """How every connection of the application is made."""
    return {
        **conninfo_to_dict(settings.database_url),
        "options": f"{options} {TIMEOUTS}" + (" -c app.bus=redis" if settings.redis_url else ""),
        "connect_timeout": 3,
        "application_name": "realestate",
    }


def _size(connections: int) -> int:
    return max(1, ceil(connections * settings.pool_size))


def _reading_pool(role: str, size: int) -> ReadingPool:
    return ReadingPool(conninfo(f"-c role=realestate_{role} -c default_transaction_read_only=on"), _size(size), POOL_WAIT)


async def hear(ears: Mapping[str, Ear]) -> None:
    """What commits announce, until cancelled: on one more connection, which is nobody. A line that is cut unnoticed shows in ten seconds."""
    await listen(conninfo("") | {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 2}, ears, bus)


@asynccontextmanager
async def connected() -> AsyncIterator[None]:
    """Doors open for the life of the application. A database that is away keeps nobody from starting: requests get 503 meanwhile."""
    global engine, bus, _sessions
    bus = Bus(settings.redis_url, str(conninfo_to_dict(settings.database_url).get("dbname"))) if settings.redis_url else None
    engine = create_async_engine(
        "postgresql+psycopg://",
        connect_args=conninfo(""),
        pool_size=_size(WRITERS),
        max_overflow=0,
        pool_timeout=POOL_WAIT,
        hide_parameters=True,
    )
    _sessions = async_sessionmaker(engine, expire_on_commit=False)
    readers.update({role: _reading_pool(role, size) for role, size in POOL_SIZES.items()})
    for pool in readers.values():
        await pool.open()
    try:
        yield
    finally:
        for pool in readers.values():
            await pool.close()
        await engine.dispose()
