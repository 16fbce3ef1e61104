"""How a socket is closed, what is said on it, and how much of it there may be."""

import json
from enum import IntEnum
from typing import Any

from realestate.errors import RealEstateError


class Close(IntEnum):
    """Why the server ends a socket. All but the forbidden ones may come again, with a fresh token where that was missing."""

    crash = 1011
    restart = 1012
    """Reconnect and resume. The server says it when it ends, too."""
    away = 1013
    """The database is away: try again later."""
    unauthenticated = 4401
    forbidden = 4403
    no_auth = 4408
    too_many = 4429


AUTH_WITHIN = 5.0
"""Seconds until a socket has said who it is."""
WARNED_BEFORE = 60
"""Seconds before its token expires."""
MOST_SOCKETS = 10
"""Of one user in one process."""
MOST_STRANGERS = 1000
"""Sockets of this process that have not said yet who they are."""
MOST_WAITING = 256
"""Frames for one reader that does not read; one more and the socket is dropped. Nothing is lost: they stand in the table."""
MOST_HISTORY = 1000
"""Notifications that are said again after a reconnect; whoever has missed more fetches them."""
STRIDE = 100
"""Notifications in one statement."""
BURST, RATE = 60, 6.0
"""Frames that a client may send at once, and a second in the long run."""


def frame(type: str, **more: Any) -> str:
    """What the server says."""
    return json.dumps({"type": type} | more, ensure_ascii=False, separators=(",", ":"))


def error(problem: RealEstateError) -> str:
    return frame("error", code=problem.code, detail=problem.detail).encode(errors="replace").decode()


def notification(number: str, document: str) -> str:
    """Of what PostgreSQL has written."""
    return f'{{"type":"notification","seq":{number},"data":{document}}}'
