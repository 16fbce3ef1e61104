"""What sockets want to hear of beside their inbox: best effort, because the REST resource is the truth.

A commit says only which rows have changed. What of them is told, each audience's own statement finds; where that finds the same as the last
time (a note of the team's, in the customer's eyes), nothing is told.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from realestate.database import Identity
from realestate.errors import Forbidden, Invalid, NotFound, Transient, Unavailable
from realestate.live.asking import EVERYTHING, READERS, Units
from realestate.live.socket import Socket
from realestate.live.words import frame

TOPIC = re.compile(r"(project):([1-9]\d{0,17}):inventory|(booking|conversation):([1-9]\d{0,17})|(builder):([1-9]\d{0,17}):inbox", re.ASCII)
MOST_TOPICS = 20
"""Of one socket."""
GATHERED = 0.05
"""Seconds in which what happens to a topic is gathered and told together."""

Context = tuple[str, ...]


@dataclass
class Audience:
    """Sockets to whom the same may be told, and what all of them were told last. `asking` lets one question wait for the answer of another,
    so that nobody is told the older answer last."""

    identity: Identity
    sockets: list[Socket] = field(default_factory=list)
    told: str = ""
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Topic:
    name: str
    kind: str
    id: int
    end: Callable[[Socket, str], None]
    audiences: dict[Context, Audience] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    telling: asyncio.Task[None] | None = None

    def hear(self, what: str) -> None:
        """Units that have changed, or for other kinds only that something has."""
        self.changed.update(what.split(","))
        if self.telling is None:
            self.telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while self.changed:
                await asyncio.sleep(GATHERED)
                changed, self.changed = self.changed, set()
                audiences = list(self.audiences.values())
                units = Units(self.id, changed, [audience.identity for audience in audiences]) if self.kind == "project" else None
                for audience in audiences:
                    async with audience.asking:
                        await self._tell_audience(audience, units)
        finally:
            self.telling = None

    async def _tell_audience(self, audience: Audience, units: Units | None) -> None:
        try:
            news = await self._news(audience, units)
        except (Transient, Unavailable):
            return
        except (NotFound, Forbidden) as refusal:  # it is not theirs any more: not even when something changes
            news = [frame("error", code=refusal.code, detail=f"{self.name}: {refusal.detail}")]
            self._say(news, audience.sockets)
            for socket in list(audience.sockets):
                self.end(socket, self.name)
        else:
            self._say(news, audience.sockets)

    def _say(self, news: list[str], sockets: list[Socket]) -> None:
        for socket in sockets:
            for text in news if socket.is_good() else ():
                socket.say(text)

    async def _news(self, audience: Audience, units: Units | None) -> list[str]:
        if units:
            return [self._event(unit) for unit in await units.seen_by(audience.identity)]
        said = await READERS[self.kind](audience.identity, self.id)
        is_old, audience.told = said == audience.told, said
        return [] if is_old else [self._event(said)]

    def _event(self, document: str) -> str:
        return f'{{"type":"event","topic":"{self.name}","data":{document}}}'


class Topics:
    """Of this process, as long as somebody listens."""

    def __init__(self) -> None:
        self.by_name: dict[str, Topic] = {}

    async def subscribe(self, socket: Socket, name: str) -> None:
        """Asked of the wall. NotFound for what is not there or not theirs; Forbidden for what their role never sees."""
        match = TOPIC.fullmatch(name)
        if match is None:
            raise Invalid("topic: Input should be project:7:inventory, booking:7, conversation:7 or builder:7:inbox.")
        if len(socket.topics or ()) >= MOST_TOPICS:
            raise Invalid(f"A socket has at most {MOST_TOPICS} topics.")
        kind, id = (part for part in match.groups() if part)
        assert socket.identity
        topic = self.by_name.setdefault(name, Topic(name, kind, int(id), self.unsubscribe))
        audience = topic.audiences.setdefault(_context(socket.identity), Audience(socket.identity))
        if socket not in audience.sockets:
            audience.sockets.append(socket)
            socket.topics = (socket.topics or set()) | {name}
        try:
            async with audience.asking:
                stands = await READERS[kind](socket.identity, int(id))
                audience.told = audience.told or stands  # the others have yet to hear what is newer
                socket.say(frame("subscribed", topic=name, data=None if kind == "project" else json.loads(stands)))
        except BaseException:
            self.unsubscribe(socket, name)
            raise

    def unsubscribe(self, socket: Socket, name: str) -> None:
        if socket.topics:
            socket.topics.discard(name)
        if not (topic := self.by_name.get(name)):
            return
        for context, audience in list(topic.audiences.items()):
            if socket in audience.sockets:
                audience.sockets.remove(socket)
            if not audience.sockets:
                del topic.audiences[context]
        if not topic.audiences:
            del self.by_name[name]

    def leave(self, socket: Socket) -> None:
        for name in list(socket.topics or ()):
            self.unsubscribe(socket, name)

    def hear(self, said: str) -> None:
        """`topic`, or `topic units`, after its commit. Of most nobody here wants to hear."""
        name, _, what = said.partition(" ")
        if topic := self.by_name.get(name):
            topic.hear(what)

    def listen(self, hears: bool) -> None:
        """What happened while nobody listened is not known: all may have changed."""
        for topic in self.by_name.values() if hears else ():
            topic.hear(EVERYTHING)


def _context(identity: Identity) -> Context:
    """Who sees the same: the same person, with the same limits."""
    return tuple(identity.context.values())
