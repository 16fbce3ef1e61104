"""The same by Redis, for many machines: whoever commits says afterwards what was announced. What gets lost on the way stands in the tables,
which are looked into every two seconds. Redis is imported only where it is used."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

from realestate.adapters.bus.ears import Ear, tell_all
from realestate.logs import log

PAUSE = 1.0
"""Seconds before a lost connection is tried again."""
MOST_UNSAID = 10_000
"""Announcements that wait for a Redis that is away; newer ones are let go: whoever listens again looks into the tables."""


class Bus:
    """`place` keeps installations apart: Redis has one air for all of its databases."""

    def __init__(self, url: str, place: str) -> None:
        self.url, self.prefix = url, f"realestate:{place}:"
        self._unsaid: asyncio.Queue[str] = asyncio.Queue(MOST_UNSAID)

    def say(self, announced: bytes | None) -> None:
        """Lines of `channel words`, after their commit. Nobody waits for Redis."""
        for line in announced.decode().split("\n") if announced else ():
            with suppress(asyncio.QueueFull):
                self._unsaid.put_nowait(line)

    async def publish(self) -> None:
        """Until cancelled: say what has been announced in this process."""
        while True:
            try:
                async with self._connected() as client:
                    while True:
                        await self._say_some(client, await self._unsaid.get())
            except Exception as error:  # noqa: BLE001  # Redis has errors of its own, and OSError, and TimeoutError
                log.warning("cannot say what was announced", reason=type(error).__name__)
            await asyncio.sleep(PAUSE)

    async def _say_some(self, client: Any, first: str) -> None:
        pipeline, lines = client.pipeline(transaction=False), [first]
        while not self._unsaid.empty():
            lines.append(self._unsaid.get_nowait())
        for line in lines:
            channel, _, said = line.partition(" ")
            pipeline.publish(self.prefix + channel, said)
        await pipeline.execute()

    async def listen(self, ears: Mapping[str, Ear]) -> None:
        """Until cancelled. What is said while the connection is lost is lost too: that is what `hears` is for."""
        while True:
            try:
                async with self._connected() as client, client.pubsub() as air:
                    await self._listen(air, ears)
            except Exception as error:  # noqa: BLE001  # as above
                log.warning("no longer hears other processes", reason=type(error).__name__)
            finally:
                tell_all(ears, False)
            await asyncio.sleep(PAUSE)

    async def _listen(self, air: Any, ears: Mapping[str, Ear]) -> None:
        await air.subscribe(*(self.prefix + channel for channel in ears))
        joined = 0
        async for message in air.listen():
            if message["type"] == "subscribe":
                joined += 1
                if joined == len(ears):  # not before: what is said until then is read from the tables
                    tell_all(ears, True)
            else:
                ears[message["channel"].removeprefix(self.prefix)].heard(message["data"])

    def _connected(self) -> Any:
        return import_module("redis.asyncio").from_url(self.url, decode_responses=True, health_check_interval=10, socket_connect_timeout=3)
