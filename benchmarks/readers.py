"""Clients of the sockets: one that only opens, and one that comes back whatever happens."""

import asyncio
import json
import random

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchmarks.people import Person


async def opened(url: str, person: Person, query: str = "") -> ClientConnection:
    """A socket that has been told how its inbox stands."""
    headers = {"Authorization": f"Bearer {person.token}"}
    socket = await connect(f"ws://{url}/api/ws{query}", additional_headers=headers, compression=None, max_queue=None, ping_interval=None)
    assert json.loads(await socket.recv())["type"] == "ready"
    return socket


class Reader:
    """Keeps what is new and counts what comes again; after each end it goes on behind the last number, on any of the servers."""

    def __init__(self, person: Person, urls: list[str]) -> None:
        self.person, self.urls = person, urls
        self.kept: list[int] = []
        self.again = self.connections = 0
        self.epoch = ""
        self.started = asyncio.Event()
        self.socket: ClientConnection | None = None

    @property
    def seq(self) -> int:
        return self.kept[-1] if self.kept else 0

    async def leave(self) -> None:
        """As if the line had been cut."""
        if self.socket:
            self.socket.transport.abort()

    async def read(self) -> None:
        while True:
            try:
                await self._read(random.choice(self.urls))
            except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError):
                await asyncio.sleep(random.uniform(0.02, 0.2))

    async def _read(self, url: str) -> None:
        query = f"?epoch={self.epoch}&after={self.seq}" if self.epoch else ""
        headers = {"Authorization": f"Bearer {self.person.token}"}
        async with connect(f"ws://{url}/api/ws{query}", additional_headers=headers, compression=None, max_queue=None) as self.socket:
            ready = json.loads(await self.socket.recv())
            assert ready["recovered"] or not self.epoch, "not recovered"
            self.epoch = ready["epoch"]
            self.connections += 1
            self.started.set()
            async for text in self.socket:
                said = json.loads(text)
                if said["type"] == "notification":
                    self._keep(said["seq"])

    def _keep(self, seq: int) -> None:
        if seq > self.seq:
            self.kept.append(seq)
        else:
            self.again += 1
