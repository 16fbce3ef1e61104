"""The reading pools: what comes back is lent again at once, and nothing is lost or kept for ever."""

import asyncio

import pytest

from realestate.adapters.lending import ReadingPool
from realestate.database import readers
from realestate.models.accounts import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pool(house):
    one = ReadingPool(dict(readers[Role.visitor].kwargs), size=2, wait=3)
    await one.open()
    yield one
    await one.close()


async def test_connections_at_hand_are_lent_again_until_they_are_old(pool):
    async with pool.connection() as first:
        pid = first.info.backend_pid
    async with pool.connection() as again:
        assert again.info.backend_pid == pid
        again._expire_at = 0.0
    async with pool.connection() as another:
        assert another.info.backend_pid != pid


async def test_whoever_waits_is_served_before_a_connection_is_put_at_hand(pool):
    async def ask():
        async with pool.connection() as line:
            return (await (await line.execute("SELECT 1")).fetchone())[0]

    assert await asyncio.gather(*(ask() for _ in range(20))) == [1] * 20


async def test_callers_who_leave_take_no_connection_with_them(pool):
    for _ in range(4):
        has_it = asyncio.Event()

        async def leave(has_it=has_it):
            async with pool.connection() as line:
                has_it.set()
                await line.execute("SELECT pg_sleep(5)")

        task = asyncio.create_task(leave())
        await has_it.wait()
        task.cancel()
        await asyncio.wait([task])
    async with pool.connection(), pool.connection():
        pass


async def test_a_closed_pool_has_closed_what_was_at_hand(pool):
    async with pool.connection() as line:
        pass
    await pool.close()
    assert line.closed
