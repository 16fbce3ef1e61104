"""`listen` against a real server: every notification once, over ends of lines and of tokens, and across runs."""

import asyncio
import json
import socket
import urllib.request
from email.message import Message
from http.client import IncompleteRead
from io import BytesIO
from urllib.error import HTTPError, URLError

import pytest

from realestate.cli.following import Follower, Keys, Place
from realestate.cli.refusal import Refusal
from tests.factories import PASSWORD, make_builder, make_customer, make_unit
from tests.sockets import hearing, served, token_of
from tests.stories import reserved_booking
from tests.test_telling import event, tell_as

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(house):
    async with served() as server, hearing():
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("realestate.cli.following.SHORTEST", 0.001)


@pytest.fixture
async def sale(client):
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


class Following:
    """A follower at work, and what it tells."""

    def __init__(self, server, keys, place, topics=()):
        self.told = asyncio.Queue()
        self.follower = Follower(keys, place, self.told.put_nowait, list(topics))
        self.task = asyncio.create_task(self.follower.follow())

    async def next(self, type="notification"):
        async with asyncio.timeout(10):
            while (said := await self.told.get())["type"] != type:
                pass
        return said

    async def end(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_it_goes_on_where_it_stopped_also_in_another_run(server, sale, tmp_path):
    builder, customer, booking = sale
    keys = Keys(f"http://127.0.0.1:{server.port}", token_of(customer))
    first = Following(server, keys, Place(tmp_path / "state"), [f"booking:{booking['id']}"])
    assert (await first.next("subscribed"))["data"]["status"] == "reserved"
    await tell_as(builder, event(booking), event(booking))
    assert [(await first.next())["seq"] for _ in range(2)] == [1, 2]
    await first.end()
    await tell_as(builder, event(booking))
    assert json.loads((tmp_path / "state").read_text())["seq"] == 2
    second = Following(server, keys, Place(tmp_path / "state"))
    assert (await second.next("ready"))["recovered"]
    assert (await second.next())["seq"] == 3
    for connection in list(server.server_state.connections):
        connection.transport.abort()  # a line that is cut
    assert (await second.next("ready"))["recovered"]
    await tell_as(builder, event(booking))
    assert (await second.next())["seq"] == 4
    await second.end()


async def test_a_refresh_token_brings_the_next_access_token_and_is_kept(client, server, tmp_path):
    customer = await make_customer()
    signed_in = (await client.post("/api/auth/login", json={"email": customer.email, "password": PASSWORD})).json()
    file = tmp_path / "refresh"
    keys = Keys(f"http://127.0.0.1:{server.port}", token_of(customer, -60), signed_in["refresh_token"], file)
    following = Following(server, keys, Place())
    assert (await following.next("ready"))["seq"] == 0
    assert file.read_text() == keys.refresh != signed_in["refresh_token"]
    await following.end()


class Line:
    """The way to the server, on which some things happen before it is open."""

    def __init__(self, monkeypatch, *troubles):
        self.open, self.troubles = urllib.request.urlopen, list(troubles)
        monkeypatch.setattr(urllib.request, "urlopen", self)

    def __call__(self, request, timeout):
        if self.troubles:
            raise self.troubles.pop(0)
        return self.open(request, timeout=timeout)


async def test_a_server_that_is_away_or_busy_at_a_refresh_is_asked_again(client, server, monkeypatch):
    customer = await make_customer()
    signed_in = (await client.post("/api/auth/login", json={"email": customer.email, "password": PASSWORD})).json()
    answers = [HTTPError("", status, "", Message(), BytesIO()) for status in (429, 503, 502)]
    line = Line(monkeypatch, URLError("away"), *answers, IncompleteRead(b""), TimeoutError())
    following = Following(server, Keys(f"http://127.0.0.1:{server.port}", "", signed_in["refresh_token"]), Place())
    assert (await following.next("ready"))["seq"] == 0 and line.troubles == []
    await following.end()


async def test_where_nobody_answers_it_says_so_and_goes_on_trying(house, capsys):
    with socket.socket() as taken:  # nobody listens there
        taken.bind(("127.0.0.1", 0))
        following = Following(None, Keys(f"http://127.0.0.1:{taken.getsockname()[1]}", "x"), Place())
        async with asyncio.timeout(20):
            while following.follower.tries < 2:
                await asyncio.sleep(0.01)
        await following.end()
    assert capsys.readouterr().err.count("does not answer") == 1


async def test_a_refresh_token_that_is_not_good_ends_it(server):
    with pytest.raises(Refusal, match="not accepted"):
        await asyncio.wait_for(Following(server, Keys(f"http://127.0.0.1:{server.port}", "", "spent"), Place()).task, 10)


async def test_without_one_it_says_so_and_ends(server):
    keys = Keys(f"http://127.0.0.1:{server.port}", token_of(await make_customer(), -60))
    with pytest.raises(Refusal, match="not good any more"):
        await asyncio.wait_for(Following(server, keys, Place()).task, 10)
