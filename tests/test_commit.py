"""The answer leaves after the commit; what fails in the commit is an error, and nobody is told of what was not kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import psycopg
import pytest
from psycopg import AsyncConnection

from realestate.database import WORKER
from realestate.main import app
from tests.factories import make_builder, make_customer, make_unit
from tests.speaking import speaking, until
from tests.stories import reserve, reserved_booking

pytestmark = pytest.mark.anyio

AT_COMMIT = """
    CREATE FUNCTION refuse_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(4711) WHERE NEW.special_requests = 'wait';
        IF NEW.special_requests = 'refuse' THEN RAISE check_violation; END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.special_requests IS NOT NULL) EXECUTE FUNCTION refuse_at_commit()"""

CUT = """SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON database = pg_database.oid
    WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted AND datname = current_database()"""


@pytest.fixture(scope="module")
def deferred(house):
    """A constraint that looks at bookings in the commit: at their special requests."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute(AT_COMMIT)
        yield
        owner.execute("DROP FUNCTION refuse_at_commit CASCADE")


@asynccontextmanager
async def listening() -> AsyncIterator[AsyncConnection]:
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        await connection.execute("LISTEN inbox")
        yield connection


async def heard_before(listener, last):
    """What was heard until a message came."""
    said = []
    async for message in listener.notifies(timeout=10):
        said.append(message.payload)
        if message.payload == last:
            return said
    raise AssertionError(f"{last} was not heard")


async def kept(builder, unit_id):
    """What there is of a reserve: bookings, lines, notifications, acts; and the unit's state."""
    async with speaking(WORKER) as connection:
        query = """SELECT (SELECT count(*) FROM bookings WHERE unit_id = u.id), (SELECT count(*) FROM installments WHERE builder_id = u.builder_id),
            (SELECT count(*) FROM notifications WHERE user_id = %s), (SELECT count(*) FROM audit_events WHERE builder_id = u.builder_id),
            status FROM units u WHERE id = %s"""
        return await (await connection.execute(query, [builder.user_id, unit_id])).fetchone()


async def test_the_answer_leaves_after_the_commit(house):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    seen = []

    async def spy(scope, receive, send):
        async def tell(message):
            if message["type"] == "http.response.start":
                seen.append((message["status"], await kept(builder, unit_id)))
            await send(message)

        await app(scope, receive, tell)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(spy), base_url="http://test") as client:
        await reserve(client, customer, unit_id)

    assert seen == [(201, (1, 8, 1, 1, "reserved"))]


async def test_what_fails_in_the_commit_is_an_error_and_leaves_nothing(client, deferred):
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    answer = await reserve(client, customer, unit_id, notes="refuse")

    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
    assert await kept(builder, unit_id) == (0, 0, 0, 0, "available")


async def test_those_who_listen_hear_of_what_was_kept_and_of_nothing_else(client, deferred):
    builder, customer = await make_builder(), await make_customer()
    units = [await make_unit(builder) for _ in range(3)]
    async with listening() as listener:
        await reserved_booking(client, customer, units[0])
        assert (await reserve(client, customer, units[1], notes="refuse")).status_code == 422
        await reserved_booking(client, customer, units[2])

        heard = await heard_before(listener, f"{builder.user_id}:2")

    assert [said for said in heard if said.startswith(f"{builder.user_id}:")] == [f"{builder.user_id}:1", f"{builder.user_id}:2"]


async def test_a_line_lost_in_the_commit_is_said_to_be_unknown_and_not_done_again(client, deferred):
    """It may have been done: only the caller's Idempotency-Key, or a look, can tell."""
    builder, customer = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        await other.execute("SELECT pg_advisory_lock(4711)")
        request = asyncio.create_task(reserve(client, customer, unit_id, notes="wait"))

        async def cut() -> bool:
            return (await other.execute(CUT)).rowcount > 0

        await until(cut)
        answer = await request

    assert answer.status_code == 503 and answer.json()["code"] == "OUTCOME_UNKNOWN" and answer.headers["Retry-After"]
    assert await kept(builder, unit_id) == (0, 0, 0, 0, "available")
