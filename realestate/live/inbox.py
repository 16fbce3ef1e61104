"""The sockets of one user in this process, and what is read for them: one statement, however many they are."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from realestate import reading
from realestate.database import Identity
from realestate.errors import Transient, Unavailable
from realestate.live.socket import Socket
from realestate.live.words import MOST_HISTORY, STRIDE, Close, frame, notification
from realestate.views.notifications import NEWS

PAUSE = 0.5
"""Seconds before a database that is away is asked again."""


@dataclass(frozen=True, slots=True)
class News:
    """How an inbox stands, and some of it: numbers with their documents, oldest first."""

    epoch: str
    seq: int
    unread_count: int
    rows: list[tuple[str, str]]

    @property
    def last(self) -> int:
        return int(self.rows[-1][0]) if self.rows else 0


async def read(identity: Identity, after: int, limit: int = STRIDE) -> News:
    """In the name of the user, by the way that every read goes."""
    said = await reading.read(identity, NEWS.query, after=after, limit=limit)
    assert said is not None
    head, *lines = said.decode().split("\n")
    figures: dict[str, Any] = json.loads(head)
    parted = (line.partition(":") for line in lines)
    return News(**figures, rows=[(number, document) for number, _, document in parted])


class Inbox:
    """`wanted` is the highest number that this process has heard of. Whoever is behind it is caught up from the table.

    That number is all there is of a buffer: a socket registers before it reads the past, so what is committed meanwhile raises `wanted`.
    """

    __slots__ = ("epoch", "pump", "sockets", "wanted")

    def __init__(self) -> None:
        self.sockets: list[Socket] = []
        self.wanted = 0
        self.epoch: str | None = None
        self.pump: asyncio.Task[None] | None = None

    def hear(self, seq: int) -> None:
        """Something has been committed, up to this number."""
        self.wanted = max(self.wanted, seq)
        if self.pump is None and self._behind():
            self.pump = asyncio.create_task(self._catch_up())

    async def begin(self, socket: Socket, epoch: str | None, after: int | None) -> None:
        """Say how it stands and, to a client that knows these numbers, what it has missed; from then on it is kept up to date."""
        assert socket.identity
        is_return = epoch is not None and after is not None
        news = await read(socket.identity, after or 0, STRIDE if is_return else 0)
        recovered = is_return and epoch == news.epoch and 0 <= news.seq - (after or 0) <= MOST_HISTORY
        socket.say(frame("ready", epoch=news.epoch, seq=news.seq, recovered=recovered, unread_count=news.unread_count))
        if self.epoch not in (None, news.epoch):
            self._begin_anew([other for other in self.sockets if other is not socket])
        self.epoch = news.epoch
        while recovered and news.rows and socket.is_good():
            for number, document in news.rows:
                socket.say(notification(number, document))
            await socket.has_said_all()
            if len(news.rows) < STRIDE:
                break
            news = await read(socket.identity, news.last)
        socket.seq = news.seq  # those of the statement that came to the end: the past is complete up to it
        self.hear(self.wanted)

    def _behind(self) -> list[Socket]:
        return [socket for socket in self.sockets if socket.seq is not None and socket.seq < self.wanted and not socket.is_over]

    async def _catch_up(self) -> None:
        """Until everybody has everything. Whatever happens to the database, it is asked again: nobody else will say these numbers."""
        try:
            while behind := self._behind():
                try:
                    await self._step(behind)
                except (Transient, Unavailable):
                    await asyncio.sleep(PAUSE)
        finally:
            self.pump = None

    async def _step(self, behind: list[Socket]) -> None:
        good = next((socket for socket in behind if socket.is_good()), None)
        if good is None:
            return
        assert good.identity
        after, wanted = min(socket.seq or 0 for socket in behind), self.wanted
        news = await read(good.identity, after)
        if news.epoch != self.epoch:
            return self._begin_anew(self.sockets)
        sockets = [socket for socket in self.sockets if socket.seq is not None and socket.seq >= after]
        self._tell(news, sockets)
        if len(news.rows) < STRIDE:
            for socket in sockets:
                socket.seq = max(socket.seq or 0, news.seq)  # a row that is gone is waited for by nobody
            if self.wanted == wanted:
                self.wanted = news.seq  # nor what was heard before a restore

    def _tell(self, news: News, sockets: list[Socket]) -> None:
        """To those who have all that came before: whoever has joined meanwhile is read for in the next step."""
        for number, document in news.rows:
            text, seq = notification(number, document), int(number)
            for socket in sockets:
                socket.notify(seq, text)

    def _begin_anew(self, sockets: list[Socket]) -> None:
        """The inboxes have been restored from a backup: these numbers mean something else now."""
        for socket in sockets:
            socket.close(Close.restart, "Reconnect.")
