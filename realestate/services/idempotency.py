"""Once, and the same answer again. A key is claimed before anything else of its request, and the answer kept before the commit, in one transaction:
a line that breaks leaves both or neither. What is refused leaves nothing."""

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Conflict, Invalid, Replayed
from realestate.security import sealing
from realestate.services.jobs import until_nothing_is_left

KEY = re.compile(r"[!-~]{1,255}")


async def claim(session: AsyncSession, key: str, request: Any) -> None:
    """Make the caller's key stand for this request (its method, address and content, as JSON can say them).

    Replayed when that was answered before; Invalid IDEMPOTENCY_MISMATCH when the key stands for another request; Conflict BUSY when
    somebody is at work on it and does not come to an end.
    """
    if not KEY.fullmatch(key):
        raise Invalid.field("Idempotency-Key", "Input should be 1 to 255 visible characters.")
    user_id, fingerprint = session.info["identity"].me, sha256(json.dumps(request, sort_keys=True, default=str).encode()).digest()
    if await crud.idempotency.claim(session, user_id, key, fingerprint):
        return
    known = await crud.idempotency.get(session, user_id, key)
    if known.fingerprint != fingerprint:
        raise Invalid("This Idempotency-Key has been used for another request.", code="IDEMPOTENCY_MISMATCH")
    assert known.answer is not None, "else it would have been ours"
    raise _replayed(known.answer, _place(user_id, key))


async def keep(session: AsyncSession, key: str, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
    """The answer to the request that has claimed the key, to be given again."""
    if status < 400:
        user_id = session.info["identity"].me
        text = json.dumps([status, *headers]).encode() + b"\n" + body
        await crud.idempotency.keep(session, user_id, key, sealing.seal(text, _place(user_id, key)))


async def clear() -> int:
    """Forget the keys whose time is over; how many."""
    return await until_nothing_is_left(crud.idempotency.clear)


def _replayed(answer: bytes, place: str) -> Exception:
    try:
        head, _, body = sealing.open_sealed(answer, place).partition(b"\n")
    except ValueError:
        return Conflict("ANSWER_UNREADABLE", "This has been done before, but its answer can no longer be read. Please look.")
    status, *headers = json.loads(head)
    return Replayed(status, dict(headers), body)


def _place(user_id: int, key: str) -> str:
    return f"idempotency {user_id} {key}"
