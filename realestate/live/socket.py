"""One open socket: what waits to be said on it, and how it ends. Talking to it never waits; only its own task does."""

import asyncio
from collections import deque
from contextlib import suppress
from time import time
from typing import Any

from starlette.types import Receive, Scope, Send

from realestate.database import Identity
from realestate.live.words import MOST_WAITING, WARNED_BEFORE, Close, frame
from realestate.security import sessions

ABORT = "realestate.abort"
"""What our server adds to the scope (`cli.protocol`): ends a connection whose reader does not read."""
LAST_WORDS = 2.0
"""Seconds in which a reader must have taken the reason why its socket ends."""


class Socket:
    """`seq` is the last number that was put into its queue; None while the past is still being said."""

    __slots__ = (
        *("scope", "receive", "send", "identity", "expires_at", "is_warned"),
        *("seq", "topics", "waiting", "sender", "is_over", "budget", "spent_at", "code"),
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.identity: Identity | None = None
        self.expires_at, self.is_warned = 0, False
        self.seq: int | None = None
        self.topics: set[str] | None = None
        self.waiting: deque[dict[str, Any]] | None = None
        self.sender: asyncio.Task[None] | None = None
        self.is_over = False
        self.code: int | None = None
        self.budget, self.spent_at = 0.0, 0.0

    def belongs_to(self, identity: Identity, expires_at: int) -> None:
        self.identity, self.expires_at, self.is_warned = identity, expires_at, False

    def say(self, text: str) -> None:
        """Put it into the queue. A reader who lets that grow too long is dropped, so that nobody waits for it."""
        if self.is_over:
            return
        if self.waiting and len(self.waiting) >= MOST_WAITING:
            return self.drop()
        self._put({"type": "websocket.send", "text": text})

    def notify(self, number: int, text: str) -> None:
        """One of its user's notifications: once, in order, and only while the token holds."""
        if self.seq is not None and self.seq < number and self.is_good():
            self.seq = number
            self.say(text)

    def close(self, code: int, reason: str = "") -> None:
        """Say why, and no more; what waits is not said any more."""
        if self.is_over:
            return
        self.is_over, self.code = True, code
        if self.waiting:
            self.waiting.clear()
        self._put({"type": "websocket.close", "code": code, "reason": reason})
        asyncio.get_running_loop().call_later(LAST_WORDS, self._abort)

    def drop(self) -> None:
        """Without a word, which it would not take."""
        self.is_over = True
        if self.waiting:
            self.waiting.clear()
        self._abort()

    def is_good(self, now: float | None = None) -> bool:
        """Whether its token still holds; closed otherwise."""
        is_over = self.expires_at <= (now or time())
        if self.identity is None or not (is_over or self.identity.session_id in sessions.ended):
            return True
        self.close(Close.unauthenticated, "The token has expired." if is_over else "The session has ended.")
        return False

    def look_at_the_clock(self, now: float) -> None:
        """Warn a minute before the token expires, and close when it has."""
        if self.is_warned or self.identity is None or now < self.expires_at - WARNED_BEFORE:
            return
        self.is_warned = True
        self.say(frame("expiring", **{"in": max(0, round(self.expires_at - now))}))

    async def has_said_all(self) -> None:
        if self.sender:
            await asyncio.wait([self.sender])

    def _put(self, message: dict[str, Any]) -> None:
        if self.waiting is None:
            self.waiting = deque()
        self.waiting.append(message)
        if self.sender is None:
            self.sender = asyncio.create_task(self._say_all())

    async def _say_all(self) -> None:
        """A task only while there is something to say: an idle socket has none but its own."""
        try:
            with suppress(OSError, RuntimeError):  # the other side has left
                while self.waiting:
                    await self.send(self.waiting.popleft())
        finally:
            self.waiting = self.sender = None

    def _abort(self) -> None:
        if abort := (self.scope.get("extensions") or {}).get(ABORT):
            abort()
