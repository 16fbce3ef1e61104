"""Links that open one file for a while without a token, as an image in a page needs it. PostgreSQL writes them into its answers.

A link says for whom it was written, and whoever follows it sees what that person may see at that moment: it ends early when the
document goes, or is no longer for them.
"""

import hmac
import time
from functools import lru_cache

from realestate.errors import Forbidden
from realestate.security.tokens import subkey

LIFE, STEP = 3600, 900
"""Seconds: good for an hour, and up to a quarter more, so that the same answer has the same links for a while."""
BLOCK = 64
"""Bytes that SHA-256 works on at a time, to which HMAC (RFC 2104) fills up a key."""


def terms() -> str:
    """For `views.documents.link_to`: when a link that is made now ends, and the two halves of the key that signs those that end then."""
    ends = -(-(int(time.time()) + LIFE) // STEP) * STEP
    return _terms(ends)


def check(path: str, holder: str, ends: int, signature: str) -> None:
    """Forbidden LINK_INVALID for what we have not written, LINK_EXPIRED for what is over."""
    wanted = hmac.digest(_key(ends), f"{path} {holder}".encode(), "sha256").hex()
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise Forbidden("LINK_INVALID", "This link is not complete. Please open the document anew.")
    if ends <= time.time():
        raise Forbidden("LINK_EXPIRED", "This link has expired. Please open the document anew.")


def _key(ends: int) -> bytes:
    """A key for one moment only: the database hears of it, and it would open nothing later."""
    return hmac.digest(subkey("links"), str(ends).encode(), "sha256")


@lru_cache(maxsize=4)
def _terms(ends: int) -> str:
    key = _key(ends).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key).hex() for pad in (0x36, 0x5C))
    return f"{ends} {inner} {outer}"
