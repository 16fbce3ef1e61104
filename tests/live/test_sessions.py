"""A socket lives as long as the token and the session behind it, and no longer."""

import asyncio
import time
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosedError

from realestate.live import hub
from realestate.models.accounts import TeamRole
from realestate.security import sessions
from tests.factories import PASSWORD, make_builder, make_customer, make_member, make_project, make_unit
from tests.sockets import token_of
from tests.stories import pay, reserved_booking

pytestmark = pytest.mark.anyio


async def introduced(opened, person, seconds=600, session_id=None, **more):
    """A socket with a token that is good for so long, and what it was told first."""
    socket = await opened(headers={"Authorization": f"Bearer {token_of(person, seconds, session_id)}"}, **more)
    return socket, await socket.told()


async def test_it_is_warned_once_and_ends_with_its_token(opened):
    socket, _ = await introduced(opened, await make_customer(), 600)
    for left in (61, 60, 30):
        hub.look_around(time.time() + 600 - left)
    assert (await socket.told())["type"] == "expiring"
    assert await socket.asked(type="ping") == {"type": "pong"}
    hub.look_around(time.time() + 600)
    assert await socket.code() == 4401


async def test_a_fresh_token_of_the_same_user_renews_it(opened):
    customer, other = await make_customer(), await make_customer()
    socket, first = await introduced(opened, customer, 600)
    hub.look_around(time.time() + 570)
    assert (await socket.told())["type"] == "expiring"
    assert (await socket.asked(type="auth", token=token_of(other)))["code"] == "NOT_YOUR_SOCKET"
    assert (await socket.asked(type="auth", token=token_of(customer, -60)))["code"] == "TOKEN_EXPIRED"
    renewed = await socket.asked(type="auth", token=token_of(customer, 2000, session_id=2**60 + customer.user_id))
    assert renewed == first | {"recovered": True}
    hub.look_around(time.time() + 1000)
    assert await socket.asked(type="ping") == {"type": "pong"}
    sessions.ended.add(2**60 + customer.user_id)
    hub.look_around(time.time())
    assert await socket.code() == 4401


async def test_a_token_with_other_rights_needs_a_socket_of_its_own(opened):
    builder = await make_builder()
    project_id, other_id = await make_project(builder), await make_project(builder)
    member = await make_member(builder, TeamRole.sales_manager)
    socket, _ = await introduced(opened, member)
    assert (await socket.asked(type="subscribe", topic=f"project:{project_id}:inventory"))["type"] == "subscribed"
    limited = replace(member, project_scope=(other_id,))
    assert (await socket.asked(type="auth", token=token_of(limited)))["code"] == "NOT_YOUR_SOCKET"


async def test_signing_out_ends_its_sockets_and_no_others(client, opened, hearing):
    customer = await make_customer()
    body = {"email": customer.email, "password": PASSWORD}
    here, there = [(await client.post("/api/auth/login", json=body)).json()["access_token"] for _ in range(2)]
    one, other = [await opened(headers={"Authorization": f"Bearer {token}"}) for token in (here, there)]
    assert [(await socket.told())["type"] for socket in (one, other)] == ["ready"] * 2
    assert (await client.post("/api/auth/logout", headers={"Authorization": f"Bearer {here}"})).status_code == 200
    async with asyncio.timeout(5):
        assert await one.code() == 4401
    assert await other.asked(type="ping") == {"type": "pong"}


async def test_nothing_is_pushed_to_a_session_that_has_ended(client, opened, hearing):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    ended, _ = await introduced(opened, customer, session_id=2**60 + customer.user_id)
    good, _ = await introduced(opened, customer)
    sessions.ended.add(2**60 + customer.user_id)
    await pay(client, builder, booking, 1000)
    assert (await good.told())["type"] == "notification"
    with pytest.raises(ConnectionClosedError, match="4401"):
        await ended.told()
