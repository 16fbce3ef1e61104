"""A server and clients for the tests of this folder. They import inside: settings are read only when there is a database to test with."""

from collections.abc import AsyncIterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
async def server(house: None) -> AsyncIterator[Any]:
    from tests.sockets import served

    async with served() as server:
        yield server


@pytest.fixture(params=["postgres", "redis"])
async def bus(request: pytest.FixtureRequest, house: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """What carries announcements. Over Redis in doors of their own, because connections say at their beginning who listens."""
    from tests import sockets

    if request.param == "postgres":
        yield "postgres"
    else:
        if not await sockets.redis_answers():
            pytest.skip(f"no Redis answers at {sockets.REDIS_URL}")
        async with sockets.doors_of_their_own(monkeypatch):
            yield "redis"


@pytest.fixture
async def hearing(bus: str) -> AsyncIterator[None]:
    from tests import sockets

    async with sockets.hearing():
        yield


@pytest.fixture
async def opened(server: Any) -> AsyncIterator[Any]:
    """Opens sockets, which are closed in the end."""
    from tests import sockets

    clients = []

    async def open(person: Any = None, query: str = "", **more: Any) -> sockets.Client:
        clients.append(await sockets.opened(more.pop("port", server.port), person, query, **more))
        return clients[-1]

    yield open
    for client in clients:
        client.connection.transport.resume_reading()
        await client.connection.close()
