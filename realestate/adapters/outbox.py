"""What development sends: not to anybody, but into a folder of the data directory, one file a message, as a mail program would open it."""

import time
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from realestate.config import settings

MOST = 500
"""The latest that are kept."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the outbox. Its number is the microsecond in which it was put there."""

    id: int
    message: EmailMessage

    @property
    def channel(self) -> str:
        return str(self.message.get("X-Channel", "email"))

    @property
    def to(self) -> str:
        return str(self.message.get("To", ""))

    def body(self, kind: str) -> str | None:
        """Its `plain` or its `html` part."""
        part = self.message.get_body((kind,))
        return None if part is None else str(part.get_content())


def put(message: EmailMessage) -> None:
    """Keep it, and forget the oldest when there are many."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = time.time_ns() // 1000
    while not _file(folder / f"{number}.eml", message.as_bytes(policy=SMTP)):  # two within one microsecond
        number += 1
    for path in _paths()[MOST:]:
        path.unlink(missing_ok=True)


def _file(path: Path, content: bytes) -> bool:
    """Whether the name was free. Nobody reads half a message: the file takes its name when it is whole."""
    draft = path.with_suffix(".part")
    try:
        with draft.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    if path.exists():  # before ours was begun: nobody else can have had the draft's name since
        draft.unlink()
        return False
    draft.rename(path)
    return True


def latest() -> list[Sent]:
    """Newest first."""
    return [sent for path in _paths() if (sent := find(int(path.stem)))]


def find(number: int) -> Sent | None:
    """None when there is none of this number."""
    try:
        content = (_folder() / f"{number}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage), "the policy says so"
    return Sent(number, message)


def _folder() -> Path:
    return settings.data_dir / "outbox"


def _paths() -> list[Path]:
    return sorted((path for path in _folder().glob("*.eml") if path.stem.isdecimal()), key=lambda path: int(path.stem), reverse=True)
