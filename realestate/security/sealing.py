"""What is kept so that only this service can read it: AES-GCM under a key of its own, made of SECRET_KEY."""

import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from realestate.config import settings

NONCE = 12


def seal(text: bytes, place: str) -> bytes:
    """Unreadable, and bound to its place: what has been moved elsewhere is not opened."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher().encrypt(nonce, text, place.encode())


def open_sealed(sealed: bytes, place: str) -> bytes:
    """ValueError when it was sealed under another SECRET_KEY, for another place, or changed since."""
    try:
        return _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except InvalidTag:
        raise ValueError("not sealed by us") from None


@cache
def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(settings.key, b"realestate sealing", "sha256"))
