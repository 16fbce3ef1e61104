"""Access tokens (JWT), refresh tokens and keyed hashes. The only file that imports jose, and never with its defaults: they accept
a token without `exp` or `aud`, numbers of any type, and raise whatever comes up."""

import hashlib
import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from jose import jwk, jwt  # type: ignore[import-untyped]  # no type information on it

from realestate.config import settings
from realestate.errors import Unauthenticated

ISSUER = AUDIENCE = "realestate"
ALGORITHM = "HS256"
LONGEST = 4096
LEEWAY = 10  # seconds by which the clocks of two servers may differ
OPTIONS = {"leeway": LEEWAY} | {f"require_{claim}": True for claim in ("exp", "iat", "sub", "jti", "aud", "iss")}
# One spelling per token: jose skips what is not base64 and ignores the two spare bits of the last letter.
SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]", re.ASCII)
ROLES = ("customer", "builder", "admin")


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says. `session_id` is the family of refresh tokens it came from; a builder's person has a `builder_id`."""

    session_id: int
    user_id: int
    role: str
    builder_id: int | None
    team_role: str | None
    expires_at: int
    project_scope: tuple[int, ...] = ()
    may_certify: bool = False

    def __post_init__(self) -> None:
        is_builder = self.role == "builder"
        ids = [self.session_id, self.user_id] + ([self.builder_id] if is_builder else [])
        if self.role not in ROLES or not all(_is_id(number) for number in [*ids, self.expires_at]):
            raise ValueError("not a role, an id or a time")
        if not is_builder and any((self.builder_id is not None, self.team_role is not None, self.project_scope, self.may_certify)):
            raise ValueError("only a builder's person belongs to a builder")
        if not all(_is_id(number) for number in self.project_scope) or type(self.may_certify) is not bool:
            raise ValueError("not what a member of a team is limited to")
        if self.team_role is not None and (type(self.team_role) is not str or not self.team_role):
            raise ValueError("not a team role")


def issue(claims: Claims) -> str:
    """A signed access token, good until `claims.expires_at` (seconds since 1970)."""
    body: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "typ": "access",
        "jti": secrets.token_urlsafe(16),
        "iat": int(time.time()),
        "exp": claims.expires_at,
        "sub": str(claims.user_id),
        "sid": claims.session_id,
        "role": claims.role,
    }
    tenant = {"bid": claims.builder_id, "team": claims.team_role, "scope": claims.project_scope, "certifies": claims.may_certify}
    body |= {name: value for name, value in tenant.items() if value}
    kid = _current_kid()
    return str(jwt.encode(body, _keys()[kid], ALGORITHM, headers={"kid": kid}))


def read(token: str) -> Claims:
    """What a token says, once all of it is believed; otherwise Unauthenticated (TOKEN_EXPIRED or TOKEN_INVALID)."""
    _headers()  # outside the try: a server without a key is a fault of ours, not of the caller
    try:
        claims = _verified(token)
        if claims.expires_at + LEEWAY < time.time():
            raise jwt.ExpiredSignatureError
        return claims
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("TOKEN_EXPIRED", "Your session has expired. Please sign in again.") from None
    except Exception:  # noqa: BLE001  # jose lets RecursionError, TypeError, OverflowError … through, and each means: not signed in
        raise Unauthenticated("TOKEN_INVALID", "The access token is not valid. Please sign in again.") from None


@lru_cache(maxsize=1000)
def _verified(token: str) -> Claims:
    """What is remembered of a token is that it was signed: whether it has expired, and its session ended, is asked every time."""
    if len(token) > LONGEST or not SHAPE.fullmatch(token):
        raise ValueError("not a token")
    # Ours have one header per key, equal to the byte: anything else (other algorithms, `crit`, `jku`, nesting) is refused unparsed.
    key = _headers()[token.partition(".")[0]]
    body = jwt.decode(token, key, algorithms=[ALGORITHM], options=OPTIONS, audience=AUDIENCE, issuer=ISSUER)
    if (body["typ"], body["aud"], body["iss"]) != ("access", AUDIENCE, ISSUER) or type(body["exp"]) is not int:
        raise ValueError("not an access token of ours")
    if not body["jti"] or not _is_id(body["iat"]) or body["iat"] > time.time() + LEEWAY:
        raise ValueError("not issued by now")
    scope = body.get("scope", [])
    if type(scope) is not list:
        raise ValueError("not a list of projects")
    who = body["sid"], _number(body["sub"]), body["role"], body.get("bid"), body.get("team")
    return Claims(*who, body["exp"], tuple(scope), body.get("certifies", False))


def _number(digits: str) -> int:
    """The id that `issue` wrote: no sign, space, zero in front or digit of another script."""
    if len(digits) > 19 or str(number := int(digits)) != digits:
        raise ValueError("not an id")
    return number


def _is_id(number: object) -> bool:
    return type(number) is int and 0 < number < 2**63


def subkey(purpose: str) -> bytes:
    """A key of its own for each purpose, so that no signature can be passed off as another."""
    return hmac.digest(settings.key, f"realestate {purpose}".encode(), "sha256")


@cache
def _current_kid() -> str:
    """Names the key without telling it; another SECRET_KEY has another name."""
    return subkey("key id")[:6].hex()


@cache
def _keys() -> dict[str, Any]:
    """The keys we accept, by kid. Key objects, because jose guesses what plain bytes are (JSON, PEM) on every call."""
    return {_current_kid(): jwk.construct(settings.key, ALGORITHM)}


@cache
def _headers() -> dict[str, Any]:
    """The same keys by the encoded header of the tokens they sign."""
    return {jwt.encode({}, key, ALGORITHM, headers={"kid": kid}).partition(".")[0]: key for kid, key in _keys().items()}


def new_refresh_token() -> str:
    """Opaque, 256 bits. Only its `digest` is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a random token; SHA-256 is enough, because 256 bits cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def successor(token: str) -> str:
    """The refresh token that follows a spent one. Computed, so that it can be said again within the grace time without being stored."""
    mac = hmac.digest(subkey("refresh successor"), token.encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def mailed(mail: str) -> str:
    """The code that one mail brings. Computed from which mail it is: the same mail sent again says the same, and nobody has to keep it."""
    mac = hmac.digest(subkey("mailed code"), mail.encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def fingerprint(kind: str, value: str) -> bytes:
    """A throttle's key: addresses are recognised but not stored, and cannot be found by trying without our key."""
    return hmac.digest(subkey("fingerprint"), f"{kind}\0{value}".encode(), "sha256")
