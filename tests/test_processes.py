"""What only several server processes, or their ends, can show. Two stand for all of these tests; who has been ended is replaced."""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack

import httpx2
import psycopg
import pytest

from tests import sockets
from tests.factories import PASSWORD, make_builder, make_customer, make_project, make_unit, make_units, unique
from tests.servers import replacing
from tests.stories import pay, reserved_booking
from tests.test_double_sale import all_want_one
from tests.test_idempotency import count, keyed, same

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def standing(house):
    """For a minute nothing but an announcement could make one of them tell a visitor what another has changed."""
    with replacing(2, CATALOGUE_SECONDS="60") as servers:
        yield servers


@pytest.fixture
def servers(standing):
    return standing()


async def test_a_commit_in_one_server_process_is_dropped_in_the_other(servers):
    """For a minute nothing but the announcement could make the second process tell the new price."""
    builder = await make_builder()
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    async with httpx2.AsyncClient(base_url=servers[0][1]) as one, httpx2.AsyncClient(base_url=servers[1][1]) as other:
        path, changed = f"/api/projects/{project_id}/units", {"price": 8100000}
        assert [(await each.get(path)).json()[0]["price"] for each in (one, other)] == [7500000.01] * 2
        assert (await one.patch(f"/api/units/{unit_id}", json=changed, headers=builder.headers)).status_code == 200
        assert (await one.get(path)).json()[0]["price"] == 8100000
        async with asyncio.timeout(20):
            while (await other.get(path)).json()[0]["price"] != 8100000:
                await asyncio.sleep(0.01)


async def test_a_process_whose_line_is_cut_keeps_nothing_until_it_hears_again(client, servers):
    builder = await make_builder()
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    async with httpx2.AsyncClient(base_url=servers[0][1]) as server:
        path = f"/api/projects/{project_id}/units"
        assert (await server.get(path)).json()[0]["price"] == 7500000.01
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
            of_listeners = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            async with asyncio.timeout(20):
                while login.execute(f"SELECT count(*) {of_listeners}").fetchone() != (2,):
                    await asyncio.sleep(0.01)  # they may not listen yet
            login.execute(f"SELECT pg_terminate_backend(pid) {of_listeners}")
        assert (await client.patch(f"/api/units/{unit_id}", json={"price": 8100000}, headers=builder.headers)).status_code == 200
        async with asyncio.timeout(20):
            while (await server.get(path)).json()[0]["price"] != 8100000:
                await asyncio.sleep(0.01)


async def test_nor_is_it_sold_twice_through_two_server_processes(servers):
    async with AsyncExitStack() as doors:
        strangers = [httpx2.AsyncClient(base_url=address, timeout=30) for _, address in servers]
        await all_want_one([await doors.enter_async_context(stranger) for stranger in strangers])


async def test_two_processes_deliver_to_each_others_sockets_and_say_goodbye(client, servers):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    signed_in = (await client.post("/api/auth/login", json={"email": customer.email, "password": PASSWORD})).json()["access_token"]
    ports = [int(address.rpartition(":")[2]) for _, address in servers]
    here, there = [await sockets.opened(port, customer) for port in ports]
    leaving = await sockets.opened(ports[1], headers={"Authorization": f"Bearer {signed_in}"})
    assert [(await socket.told())["seq"] for socket in (here, there, leaving)] == [0, 0, 0]
    async with httpx2.AsyncClient(base_url=servers[0][1]) as one:
        assert (await pay(one, builder, booking, 1000)).status_code == 201
        assert [(await socket.told())["seq"] for socket in (here, there, leaving)] == [1, 1, 1]
        await one.post("/api/auth/logout", headers={"Authorization": f"Bearer {signed_in}"})
    async with asyncio.timeout(5):
        assert await leaving.code() == 4401
    began = time.monotonic()
    servers[1][0].send_signal(signal.SIGTERM)
    assert await there.code() == 1012
    assert time.monotonic() - began < 5
    assert servers[1][0].wait(20) in (0, -signal.SIGTERM)
    assert await here.asked(type="ping") == {"type": "pong"}
    await here.connection.close()


async def test_an_answer_survives_the_server_that_gave_it(servers):
    builder = await make_builder()
    said = {"json": {"project_name": unique("Residency"), "project_type": "residential", "location_city": "Pune"}}
    said |= {"url": "/api/projects", "headers": keyed(builder, "k1")}
    (process, address), (_, other) = servers
    async with httpx2.AsyncClient(base_url=address, timeout=10) as http:
        first = await http.post(**said)
    process.kill()
    process.wait()
    async with httpx2.AsyncClient(base_url=other, timeout=10) as http:
        again = await http.post(**said)
    assert first.status_code == 201, first.text
    same(first, again)
    assert await count("SELECT count(*) FROM projects WHERE builder_id = %s", builder.builder_id) == 1
