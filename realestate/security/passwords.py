"""Passwords: which ones we take, and Argon2id in a few threads of its own. The only file that imports passlib."""

import asyncio
import os
import unicodedata
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import TypeVar

from realestate.errors import Unavailable

with warnings.catch_warnings():
    # passlib 1.7.4 imports `crypt` (gone in Python 3.13, where it does without) and reads `argon2.__version__` when it loads its backend.
    warnings.filterwarnings("ignore", category=DeprecationWarning, message="'crypt' is deprecated")
    warnings.filterwarnings("ignore", category=DeprecationWarning, message="Accessing argon2.__version__")
    from passlib.hash import argon2  # type: ignore[import-untyped]  # no type information on it

    argon2.set_backend("argon2_cffi")

T = TypeVar("T")

SHORTEST, LONGEST = 8, 128
COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("ascii").split())

# OWASP's smallest recommended cost: about 30 ms and 19 MiB, so that a burst of sign-ins does not take the machine.
_argon2id = argon2.using(type="ID", time_cost=2, memory_cost=19 * 1024, parallelism=1)
# A hash of the current cost that no known password has. Unknown users are checked against it, to take the same time.
_NOBODY: str = _argon2id(salt=bytes(16), checksum=bytes(_argon2id.checksum_size), use_defaults=True).to_string()

THREADS = os.cpu_count() or 1
CAPACITY = THREADS * 65  # one at work and 64 waiting per thread: the last in the queue waits about two seconds
_pool = ThreadPoolExecutor(THREADS, "argon2")
_places = BoundedSemaphore(CAPACITY)


def check(password: str) -> None:
    """The rule for new passwords; ValueError says in plain words what is wrong."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"A password has {SHORTEST} to {LONGEST} characters.")
    if not _is_text(password):
        raise ValueError("The password contains a character that cannot be used.")
    if password.casefold() in COMMON:
        raise ValueError("This password is too common. Please choose another one.")


async def hash(password: str) -> str:
    """Argon2id; does not apply `check`. Unavailable when too many wait."""
    return await _in_pool(lambda: str(_argon2id.hash(_normal(password))))


async def verify(password: str, hashed: str | None) -> bool:
    """None stands for an unknown user: False, after the same work. Unavailable when too many wait."""
    if len(password) > LONGEST or not _is_text(password):
        password, hashed = "", None
    matches = await _in_pool(lambda: bool(_argon2id.verify(_normal(password), hashed or _NOBODY)))
    return matches and bool(hashed)


def needs_rehash(hashed: str) -> bool:
    """Made at another cost than today's; hash the password again at the next sign-in."""
    return bool(_argon2id.needs_update(hashed))


def _is_text(password: str) -> bool:
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in password)


def _normal(password: str) -> str:
    """One spelling of each character: keyboards differ in how they compose an é (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)


async def _in_pool(work: Callable[[], T]) -> T:
    """Argon2 lets go of the interpreter lock. A place is given back when the work ends, also when nobody waits for it any more."""
    if not _places.acquire(blocking=False):
        raise Unavailable("Too many people are signing in at the moment. Please try again.")
    future = _pool.submit(work)
    future.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(future)
