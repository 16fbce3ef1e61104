"""Who gets a socket, and how the others are told that they do not."""

import asyncio
import json

import pytest
from websockets.exceptions import InvalidStatus

from realestate.security import sessions
from tests.factories import make_builder, make_customer
from tests.sockets import token_of

pytestmark = pytest.mark.anyio


async def refused(opened, *asked, **more):
    """Status and code of a handshake that ends before the upgrade."""
    with pytest.raises(InvalidStatus) as refusal:
        await opened(*asked, **more)
    response = refusal.value.response
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, json.loads(response.body)["code"]


async def test_a_header_with_a_bad_token_is_401_before_the_upgrade(opened):
    customer = await make_customer()
    sessions.ended.add(over := 2**61 + customer.user_id)
    for said, code in (
        ("Bearer nonsense", "TOKEN_INVALID"),
        ("Basic x", "UNAUTHENTICATED"),
        (f"Bearer {token_of(customer, -60)}", "TOKEN_EXPIRED"),
        (f"Bearer {token_of(customer, session_id=over)}", "SESSION_ENDED"),
    ):
        assert await refused(opened, headers={"Authorization": said}) == (401, code)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000.evil.example", "http://", "http://["])
async def test_a_page_of_another_origin_gets_no_socket(opened, origin):
    assert await refused(opened, await make_customer(), origin=origin) == (403, "FOREIGN_ORIGIN")


async def test_a_refusal_is_no_error_in_the_log(opened, caplog):
    assert await refused(opened, headers={"Authorization": "Bearer nonsense"}) == (401, "TOKEN_INVALID")
    await asyncio.sleep(0.1)
    assert not [line.getMessage() for line in caplog.records if line.levelname == "ERROR"]


async def test_pages_of_ours_and_those_listed_do(opened, server):
    customer = await make_customer()
    for origin in ("http://localhost:3000", f"http://127.0.0.1:{server.port}", f"https://127.0.0.1:{server.port}"):
        assert (await (await opened(customer, origin=origin)).told())["type"] == "ready"


async def test_no_token_stands_in_an_address(opened):
    customer = await make_customer()
    assert await refused(opened, query=f"?token={token_of(customer)}") == (422, "INVALID")
    for query in ("?after=-1", "?after=0&after=1", "?epoch=%00", "?epoch=%ff"):
        assert await refused(opened, customer, query=query) == (422, "INVALID")


async def test_the_first_frame_may_say_who_it_is(opened):
    customer, socket = await make_customer(), await opened()
    said = await socket.asked(type="ping")
    assert (said["type"], said["code"]) == ("error", "UNAUTHENTICATED")
    ready = await socket.asked(type="auth", token=token_of(customer))
    assert (ready["type"], ready["recovered"], ready["unread_count"]) == ("ready", False, 0)
    assert await socket.asked(type="ping") == {"type": "pong"}


async def test_a_first_frame_with_a_bad_token_is_4401(opened):
    socket = await opened()
    await socket.say(type="auth", token=token_of(await make_builder(), -60))
    assert await socket.code() == 4401


async def test_whoever_does_not_say_in_time_who_it_is_is_4408(opened, monkeypatch):
    monkeypatch.setattr("realestate.live.talking.AUTH_WITHIN", 0.01)
    assert await (await opened()).code() == 4408


async def test_a_user_has_so_many_sockets_and_no_more(opened):
    customer = await make_customer()
    sockets = await asyncio.gather(*(opened(customer) for _ in range(10)))
    assert {(await socket.told())["type"] for socket in sockets} == {"ready"}
    assert await (await opened(customer)).code() == 4429
    await sockets[0].connection.close()
    assert (await (await opened(customer)).told())["type"] == "ready"


async def test_strangers_do_not_fill_the_house(opened, monkeypatch):
    monkeypatch.setattr("realestate.live.talking.MOST_STRANGERS", 1)
    first = await opened()
    await first.asked(type="ping")
    assert await (await opened()).code() == 4429
    assert (await first.asked(type="auth", token=token_of(await make_customer())))["type"] == "ready"
