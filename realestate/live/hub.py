"""Who is connected to this process, and what it has heard of: numbers of inboxes, ended sessions, the clock."""

import asyncio
from time import time

from realestate import crud
from realestate.adapters.bus import Ear
from realestate.database import WORKER, transaction
from realestate.live.inbox import Inbox
from realestate.live.socket import Socket
from realestate.live.topics import Topics
from realestate.live.words import MOST_SOCKETS
from realestate.logs import log

POLL_EVERY = 2.0
"""Seconds between two looks into the inboxes, where the bus is Redis."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the clock and at the ended sessions, which are themselves learned of every two."""


class Hub:
    """`strangers` counts sockets that have not said yet who they are."""

    def __init__(self) -> None:
        self.inboxes: dict[int, Inbox] = {}
        self.strangers = 0
        self._recheck: asyncio.Task[None] | None = None
        self.topics = Topics()
        self.ears = {
            "inbox": Ear(heard=self.hear, hears=self.listen),
            "topics": Ear(heard=self.topics.hear, hears=self.topics.listen),
        }

    # ── Coming and going ────────────────────────────────────────────────────────────────────────────────────────────────────

    def admit(self, socket: Socket) -> Inbox | None:
        """The inbox of its user, which from now on hears for it. None when the user has too many sockets here."""
        assert socket.identity
        inbox = self.inboxes.setdefault(socket.identity.me, Inbox())
        if len(inbox.sockets) >= MOST_SOCKETS:
            return None
        inbox.sockets.append(socket)
        return inbox

    def leave(self, socket: Socket) -> None:
        self.topics.leave(socket)
        if socket.identity is None or not (inbox := self.inboxes.get(socket.identity.me)):
            return
        if socket in inbox.sockets:
            inbox.sockets.remove(socket)
        if not inbox.sockets:
            del self.inboxes[socket.identity.me]

    # ── What is heard ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def hear(self, said: str) -> None:
        """`user:seq`, after its commit. Most are of people who are not connected here."""
        user_id, _, seq = said.partition(":")
        if inbox := self.inboxes.get(int(user_id)):
            inbox.hear(int(seq))

    def listen(self, hears: bool) -> None:
        """What was said while nobody listened stands in the table."""
        if hears and self.inboxes and self._recheck is None:
            self._recheck = asyncio.create_task(self._look_into_inboxes())

    async def poll(self, every: float = POLL_EVERY) -> None:
        """Until cancelled. For a bus that may lose what it is told: nobody waits longer than this for what stands in the table."""
        while True:
            await asyncio.sleep(every)
            self.listen(True)

    async def look_into_inboxes(self) -> None:
        """Ask where the inboxes of everybody here stand: one statement."""
        if self.inboxes:
            async with transaction(WORKER) as session:
                numbers = await crud.notifications.last_numbers(session, self.inboxes)
            for user_id, seq in numbers.items():
                if inbox := self.inboxes.get(user_id):
                    inbox.hear(seq)

    async def _look_into_inboxes(self) -> None:
        try:
            while True:
                try:
                    return await self.look_into_inboxes()
                except Exception as error:  # noqa: BLE001  # whichever it is: without this look, events are lost
                    log.warning("inboxes cannot be looked into", cause=type(error).__name__)
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._recheck = None

    # ── What ends ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def watch(self) -> None:
        """Until cancelled: end sockets whose session has ended or whose token has expired; warn a minute before."""
        while True:
            self.look_around(time())
            await asyncio.sleep(LOOK_EVERY)

    def look_around(self, now: float) -> None:
        for inbox in self.inboxes.values():
            for socket in inbox.sockets:
                if socket.is_good(now):
                    socket.look_at_the_clock(now)


hub = Hub()
"""Of this process."""
