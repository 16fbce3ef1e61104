"""Sockets for tests: the real application served in this process as `serve` would, and clients that talk to it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from realestate.adapters.bus import Ear
from realestate.cli.serving import configured
from realestate.database import hear
from realestate.live import hub
from realestate.main import app
from realestate.security import tokens
from tests.factories import Person

PATIENCE = 10


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


@asynccontextmanager
async def hearing() -> AsyncIterator[None]:
    """As in a process that has started: it hears what is committed, and looks around."""
    listening = asyncio.Event()
    ears = hub.ears | {"started": Ear(heard=lambda _: None, hears=lambda hears: listening.set() if hears else None)}
    tasks = [asyncio.create_task(work) for work in (hear(ears), hub.watch())]
    await asyncio.wait_for(listening.wait(), PATIENCE)
    yield
    for task in tasks:
        task.cancel()


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
