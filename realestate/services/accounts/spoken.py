"""Codes that people read out to each other: 40 bits in eight letters and digits, of which only a keyed hash is kept."""

import secrets

from realestate.security import tokens

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 symbols, none of which looks like another; the throttle keeps anybody from guessing."""


def new_code() -> tuple[str, bytes]:
    """As it is said, this once, and as it is kept."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{code[:4]}-{code[4:]}", kept(code)


def kept(code: str) -> bytes:
    """Spelling does not matter."""
    return tokens.fingerprint("invite", code.upper().replace("-", "").replace(" ", ""))
