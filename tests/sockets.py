"""Sockets for tests: the real application served in this process as `serve` would, and clients that talk to it."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio as redis
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from realestate import database
from realestate.adapters.bus import Ear
from realestate.cli.serving import configured
from realestate.config import settings
from realestate.live import hub
from realestate.main import app
from realestate.security import tokens
from tests.factories import Person

PATIENCE = 10
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379"


def token_of(person: Person, seconds: int = 600, session_id: int | None = None) -> str:
    """An access token that is good for so long."""
    who = (session_id or person.user_id, person.user_id, person.role, person.builder_id, person.team_role)
    return tokens.issue(tokens.Claims(*who, int(time.time()) + seconds, person.project_scope, person.may_certify))


class Server(uvicorn.Server):
    """Without the signals, which belong to pytest."""

    @property
    def port(self) -> int:
        return int(self.servers[0].sockets[0].getsockname()[1])


@asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[Server]:
    server = Server(configured(app, host="127.0.0.1", port=0, lifespan="off", **settings))
    task = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        await task


async def redis_answers() -> bool:
    try:
        async with redis.from_url(REDIS_URL, socket_connect_timeout=2) as client:
            return bool(await client.ping())
    except (redis.RedisError, OSError):
        return False


@asynccontextmanager
async def doors_of_their_own(monkeypatch: Any) -> AsyncIterator[None]:
    """To the same database, as they are in a process with REDIS_URL."""
    monkeypatch.setattr(settings, "redis_url", REDIS_URL)
    before = database.engine, database._sessions, database.bus, dict(database.readers)
    try:
        async with database.connected():
            yield
    finally:
        database.engine, database._sessions, database.bus, readers = before
        database.readers.update(readers)


@asynccontextmanager
async def hearing(poll: float = 0.05) -> AsyncIterator[None]:
    """As in a process that has started: it hears what is committed, and looks around. What tests write behind the house's back is polled for soon."""
    listening = asyncio.Event()
    inbox = hub.ears["inbox"]

    def hears(now: bool) -> None:
        inbox.hears(now)
        if now:
            listening.set()

    ears = hub.ears | {"inbox": Ear(inbox.heard, hears)}
    work = [database.hear(ears), hub.watch()] + ([hub.poll(poll)] if database.bus else [])
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.wait_for(listening.wait(), PATIENCE)
    yield
    await ended(tasks)


async def ended(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if hub._recheck:  # it has borrowed a line
        await hub._recheck


class Client:
    """A client's end: what it says and what it is told."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def told(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(await asyncio.wait_for(self.connection.recv(), PATIENCE))
        return said

    async def asked(self, **frame: Any) -> dict[str, Any]:
        await self.say(**frame)
        return await self.told()

    async def code(self) -> int | None:
        """Why the server has ended it; what it says before is not looked at."""
        await asyncio.wait_for(self.connection.wait_closed(), PATIENCE)
        return self.connection.close_code


async def opened(port: int, person: Any = None, query: str = "", headers: Any = None, **more: Any) -> Client:
    said = (dict(person.headers) if person else {}) | (headers or {})
    return Client(await connect(f"ws://127.0.0.1:{port}/api/ws{query}", additional_headers=said, compression=None, max_queue=None, **more))
