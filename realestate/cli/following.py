"""`listen`: the inbox of an account, line by line, whatever happens to the line. Also what a client in another language has to do."""

import asyncio
import json
import math
import random
import ssl
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from realestate.cli.refusal import Refusal

SHORTEST, LONGEST = 0.5, 30.0
"""Seconds between two tries: doubled each time, and drawn from the upper half, so that not all come back at once."""
UNAUTHENTICATED, FORBIDDEN = 4401, 4403


@dataclass
class Keys:
    """An access token, and with a refresh token the ones that follow it. A refresh token is spent by its use: the next is kept in `file`."""

    url: str
    access: str
    refresh: str = ""
    file: Path | None = None

    def renew(self) -> bool:
        """False without a refresh token. Refusal when it is not good any more; OSError when that cannot be found out now."""
        if not self.refresh:
            return False
        body = json.dumps({"refresh_token": self.refresh}).encode()
        request = urllib.request.Request(f"{self.url}/api/auth/refresh", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                said = json.load(answer)
        except HTTPError as error:
            error.close()
            if error.code == 429 or error.code >= 500:  # a server that is busy, or begins again
                raise
            raise Refusal(f"The refresh token is not accepted (HTTP {error.code}): sign in again.") from error
        except (HTTPException, ValueError) as error:  # cut off, or not from our server
            raise OSError("there was no answer to the refresh token") from error
        self.access, self.refresh = said["access_token"], said["refresh_token"]
        if self.file:
            self.file.write_text(self.refresh)
        return True


@dataclass
class Place:
    """Where the last one stopped: in memory, or in a file that the next run goes on from."""

    file: Path | None = None
    epoch: str = ""
    seq: int = 0

    def __post_init__(self) -> None:
        if self.file and self.file.exists():
            said = json.loads(self.file.read_text())
            self.epoch, self.seq = said["epoch"], said["seq"]

    def keep(self, epoch: str, seq: int) -> None:
        self.epoch, self.seq = epoch, seq
        if self.file:
            draft = self.file.with_name(self.file.name + ".new")
            draft.write_text(json.dumps({"epoch": epoch, "seq": seq}))
            draft.replace(self.file)


@dataclass
class Follower:
    """`tell` is given every frame worth telling, each notification once and in order."""

    keys: Keys
    place: Place
    tell: Callable[[dict[str, Any]], None]
    topics: list[str] = field(default_factory=list)
    tries: int = 0
    renewed_at: float = -math.inf

    async def follow(self) -> None:
        """Until it is refused for good."""
        while True:
            try:
                await self._listen()
            except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError) as error:
                await self._consider(error)
                if self.tries == 0 and isinstance(error, OSError):  # said once, and again after it has answered
                    print(f"{self.keys.url} does not answer; trying again.", file=sys.stderr, flush=True)
            self.tries += 1
            await asyncio.sleep(random.uniform(0.5, 1) * min(LONGEST, SHORTEST * 2**self.tries))

    async def _listen(self) -> None:
        cursor = f"?epoch={self.place.epoch}&after={self.place.seq}" if self.place.epoch else ""
        address = self.keys.url.replace("http", "ws", 1) + "/api/ws" + cursor
        secure = ssl.create_default_context() if address.startswith("wss:") else None
        headers = {"Authorization": f"Bearer {self.keys.access}"}
        async with connect(address, additional_headers=headers, ssl=secure) as socket:
            for topic in self.topics:
                await socket.send(json.dumps({"type": "subscribe", "topic": topic}))
            async for text in socket:
                await self._hear(socket, json.loads(text))

    async def _hear(self, socket: ClientConnection, said: dict[str, Any]) -> None:
        match said["type"]:
            case "ready":
                self.tries = 0
                if not said["recovered"]:
                    self.place.keep(said["epoch"], said["seq"])
                self.tell(said)
            case "notification":
                if said["seq"] > self.place.seq:  # else it came twice
                    self.tell(said)
                    self.place.keep(self.place.epoch, said["seq"])
            case "expiring":
                if await asyncio.to_thread(self.keys.renew):  # if not, the end of the line brings another try
                    await socket.send(json.dumps({"type": "auth", "token": self.keys.access}))
            case "pong":
                pass
            case _:
                self.tell(said)

    async def _consider(self, error: Exception) -> None:
        """Whether another try makes sense; with a fresh token, when the old one is the reason."""
        if isinstance(error, ConnectionClosed) and error.rcvd and error.rcvd.code == FORBIDDEN:
            raise Refusal(f"Refused: {error.rcvd.reason}") from error
        is_stranger = isinstance(error, InvalidStatus) and error.response.status_code == 401
        if is_stranger or isinstance(error, ConnectionClosed) and error.rcvd and error.rcvd.code == UNAUTHENTICATED:
            is_again = time.monotonic() - self.renewed_at < LONGEST
            if is_again or not await self._renew():
                raise Refusal("The access token is not good any more: sign in, or give a refresh token.") from error
        elif isinstance(error, InvalidStatus) and error.response.status_code in (403, 404, 422):
            raise Refusal(f"The server refuses: HTTP {error.response.status_code}.") from error

    async def _renew(self) -> bool:
        """Whether it may go on: with a fresh token, or later when there is none to be had now."""
        try:
            renewed = await asyncio.to_thread(self.keys.renew)
        except OSError:
            return True
        self.renewed_at = time.monotonic()
        return renewed


def follow(url: str, token: str, refresh_token: str, state: Path | None, topics: list[str], refresh_file: Path | None) -> None:
    """One JSON line per frame on standard output."""
    refresh = refresh_file.read_text().strip() if refresh_file and refresh_file.exists() else refresh_token
    keys = Keys(url.rstrip("/"), token, refresh, refresh_file)
    if not token and not refresh:
        raise Refusal("Give an access token (--token) or a refresh token (--refresh-token).")
    asyncio.run(Follower(keys, Place(state), lambda said: print(json.dumps(said, ensure_ascii=False), flush=True), topics).follow())
