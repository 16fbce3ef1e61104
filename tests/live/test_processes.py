"""What only several server processes, or their ends, can show."""

import asyncio
import signal
import time

import httpx2
import pytest

from tests import sockets
from tests.factories import PASSWORD, make_builder, make_customer, make_unit
from tests.servers import serving
from tests.stories import pay, reserved_booking

pytestmark = pytest.mark.anyio


async def test_two_processes_deliver_to_each_others_sockets_and_say_goodbye(client):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    signed_in = (await client.post("/api/auth/login", json={"email": customer.email, "password": PASSWORD})).json()["access_token"]
    with serving(2, RUN_JOBS="off") as servers:
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
