"""Answers to visitors, kept for a moment by the process that gave them.

Everybody who is not signed in is told the same. An answer is dropped by the commit that changes anything a visitor may see: at once in the
process that commits, by NOTIFY in all others, which keep nothing while they cannot hear. What the clock alone changes (a hold that runs out)
shows after `CATALOGUE_SECONDS` at the latest.
"""

from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

from realestate.config import settings
from realestate.database import when_catalogue_changes

MOST_BYTES = 32 * 1024 * 1024
"""Of all answers together; beyond that the process begins anew."""

OVERHEAD = 2048
"""Of an answer beside its body: headers, keys, the entry itself."""

Headers = Sequence[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """An answer as it left, without what belongs to the one request; `until` by the monotonic clock."""

    until: float
    route: str
    headers: Headers
    body: bytes


class Kept:
    """The answers by path and query string. Changes are counted: an answer that was under way when one came is not kept."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.changes, self.size = seconds, 0, 0
        self.hears = False
        self._answers: dict[tuple[str, bytes], Answer] = {}

    def find(self, path: str, query_string: bytes) -> Answer | None:
        found = self._answers.get((path, query_string))
        return found if found and found.until > monotonic() else None

    def keep(self, path: str, query_string: bytes, route: str, headers: Headers, body: bytes, changes: int) -> None:
        """Unless something has changed since `changes` was read, before the question was put."""
        if changes != self.changes or not self.hears or self.seconds <= 0 or self.find(path, query_string):
            return
        self.size += len(body) + len(path) + len(query_string) + OVERHEAD
        if self.size > MOST_BYTES:
            self._drop()
        self._answers[path, query_string] = Answer(monotonic() + self.seconds, route, headers, body)

    def forget(self) -> None:
        """What visitors may see has changed."""
        self.changes += 1
        self._drop()

    def listen(self, hears: bool) -> None:
        """Whether changes made elsewhere are heard from now on."""
        self.hears = hears
        self.forget()

    def _drop(self) -> None:
        self._answers, self.size = {}, 0


kept = Kept(settings.catalogue_seconds)
when_catalogue_changes.append(kept.forget)
