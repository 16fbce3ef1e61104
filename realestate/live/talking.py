"""The protocol of one socket (docs/live.md): who are you, what have you missed, and what you may say."""

import asyncio
import json
from time import monotonic
from typing import Any

from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from realestate import crud, reading
from realestate.database import Identity, transaction
from realestate.errors import Forbidden, Invalid, Malformed, RealEstateError, Transient, Unauthenticated, Unavailable
from realestate.live.hub import hub
from realestate.live.inbox import read
from realestate.live.socket import Socket
from realestate.live.words import AUTH_WITHIN, BURST, MOST_STRANGERS, RATE, Close, error, frame
from realestate.logs import log
from realestate.parsing import parse_json
from realestate.schemas.live import Auth, ClientFrame, Cursor, Ping, Read, Subscribe
from realestate.security import sessions
from realestate.views.notifications import UNREAD_COUNT

Frame = Auth | Subscribe | Read | Ping


class Talk:
    """From the handshake to the end. `holder` is who has shown a token at the handshake already, and where it wants to go on."""

    __slots__ = ("socket",)

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.socket = Socket(scope, receive, send)

    async def go_on(self, holder: tuple[Identity, int] | None, cursor: Cursor) -> None:
        """Until it ends, whoever ends it. Nothing that a client says brings more than an `error` frame or a close code."""
        socket, began = self.socket, monotonic()
        socket.budget, socket.spent_at = BURST, began
        await socket.send({"type": "websocket.accept"})
        try:
            if (said := await self._introduced(holder, cursor)) and await self._begun(said):
                while (heard := await self._hear()) is not None:
                    await self._answer(heard)
        except Exception as crash:  # noqa: BLE001  # the last resort, as for requests
            log.error("crash", exc_info=crash)
            socket.close(Close.crash)
        finally:
            hub.leave(socket)
        await socket.has_said_all()
        log.info("socket", code=socket.code, seconds=round(monotonic() - began, 1), **_who(socket.identity))

    # ── Who are you, and what have you missed ───────────────────────────────────────────────────────────────────────────────

    async def _introduced(self, holder: tuple[Identity, int] | None, cursor: Cursor) -> Cursor | Auth | None:
        if holder:
            self.socket.belongs_to(*holder)
            return cursor
        if hub.strangers >= MOST_STRANGERS:
            self.socket.close(Close.too_many, "Too many sockets that have not said who they are.")
            return None
        hub.strangers += 1
        try:
            async with asyncio.timeout(AUTH_WITHIN):
                return await self._first_frame()
        except TimeoutError:
            self.socket.close(Close.no_auth, "No auth frame in time.")
            return None
        finally:
            hub.strangers -= 1

    async def _first_frame(self) -> Auth | None:
        while (heard := await self._hear()) is not None:
            if not isinstance(heard, Auth):
                self.socket.say(error(Unauthenticated(detail="Say first who you are: an auth frame with an access token.")))
                continue
            try:
                self.socket.belongs_to(*sessions.identify(heard.token))
            except Unauthenticated as refusal:
                self.socket.close(Close.unauthenticated, refusal.detail)
                return None
            return heard
        return None

    async def _begun(self, cursor: Cursor | Auth) -> bool:
        inbox = hub.admit(self.socket)
        if inbox is None:
            self.socket.close(Close.too_many, "Too many sockets of this user.")
            return False
        try:
            await inbox.begin(self.socket, cursor.epoch, cursor.after)
        except (Transient, Unavailable):
            self.socket.close(Close.away, "Try again later.")
            return False
        return True

    # ── What it says ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _hear(self) -> Frame | None:
        """The next frame that can be understood; None when there are no more."""
        while not self.socket.is_over:
            message = await self.socket.receive()
            if message["type"] != "websocket.receive":
                self.socket.code = self.socket.code or message.get("code")
                return None
            if not self._may_speak():
                self.socket.close(Close.too_many, "Too many frames.")
                return None
            try:
                return understood(message)
            except RealEstateError as refusal:
                self.socket.say(error(refusal))
        return None

    def _may_speak(self) -> bool:
        socket, now = self.socket, monotonic()
        socket.budget = min(BURST, socket.budget + (now - socket.spent_at) * RATE) - 1
        socket.spent_at = now
        return socket.budget >= 0

    async def _answer(self, heard: Frame) -> None:
        try:
            match heard:
                case Auth():
                    await self._renew(heard)
                case Ping():
                    self.socket.say(frame("pong"))
                case Read():
                    await self._mark_read(heard.id)
                case Subscribe(type="subscribe"):
                    await self._subscribe(heard.topic)
                case Subscribe():
                    hub.topics.unsubscribe(self.socket, heard.topic)
                    self.socket.say(frame("unsubscribed", topic=heard.topic))
        except RealEstateError as refusal:
            self.socket.say(error(refusal))
        except Transient:
            self.socket.say(error(Unavailable()))

    async def _renew(self, said: Auth) -> None:
        """A fresh token of the same user, with the same rights, because its topics are read by them. What has been said stays said:
        `recovered` is true, and no number is said again."""
        identity, expires_at = sessions.identify(said.token)
        assert self.socket.identity
        if identity.context != self.socket.identity.context:
            raise Forbidden("NOT_YOUR_SOCKET", "This socket is of another user, or of other rights: open one of your own.")
        self.socket.belongs_to(identity, expires_at)
        news = await read(identity, 0, 0)
        self.socket.say(frame("ready", epoch=news.epoch, seq=self.socket.seq, recovered=True, unread_count=news.unread_count))

    async def _subscribe(self, topic: str) -> None:
        try:
            await hub.topics.subscribe(self.socket, topic)
        except Forbidden as refusal:
            self.socket.close(Close.forbidden, refusal.detail)

    async def _mark_read(self, notification_id: int) -> None:
        assert self.socket.identity
        async with transaction(self.socket.identity) as session:
            await crud.notifications.mark_read(session, notification_id)
            stands = await reading.read_back(session, UNREAD_COUNT.query)
        assert stands
        self.socket.say(frame("read", id=notification_id, unread_count=json.loads(stands)["unread_count"]))


def understood(message: Message) -> Frame:
    """A client's frame; Malformed or Invalid for what is none."""
    text = message.get("text")
    if text is None:
        raise Malformed("MALFORMED_JSON", "Frames are JSON texts; this one was binary.")
    try:
        return ClientFrame.validate_python(parse_json(text.encode()))
    except ValidationError as wrong:
        found = wrong.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in found["loc"][1:])[:100] or "type"
        raise Invalid(f"{field}: {found['msg']}"[:200]) from None


def _who(identity: Identity | None) -> dict[str, Any]:
    return {"role": identity.role.value, "user_id": identity.user_id, "builder_id": identity.builder_id} if identity else {}
