"""Access tokens against everything that forged, broken or borrowed ones can try."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jose import jwt  # type: ignore[import-untyped]  # no type information on it

from realestate.config import settings
from realestate.errors import Unauthenticated
from realestate.security import tokens
from realestate.security.tokens import Claims

NOW = int(time.time())
CUSTOMER = Claims(session_id=7, user_id=42, role="customer", builder_id=None, team_role=None, expires_at=NOW + 86400)
OWNER = Claims(session_id=8, user_id=43, role="builder", builder_id=5, team_role="owner", expires_at=NOW + 86400)
TOKEN = tokens.issue(OWNER)
HEADER: dict[str, Any] = jwt.get_unverified_header(TOKEN)
BODY: dict[str, Any] = jwt.get_unverified_claims(TOKEN)
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
PUBLIC = serialization.PublicFormat.SubjectPublicKeyInfo


# Ids of parameters that hold a time or a signature are counted: parallel workers must agree on them.


def segment(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(header: object, body: object, key: bytes | None = None, algorithm: str = "sha256") -> str:
    """A token made by hand, with the real key unless told otherwise."""
    signed = f"{segment(header)}.{segment(body)}"
    return f"{signed}.{segment(hmac.digest(key or settings.key, signed.encode(), algorithm))}"


def refusal(token: object) -> str:
    with pytest.raises(Unauthenticated) as refused:
        tokens.read(token)  # type: ignore[arg-type]  # what arrives need not be what we asked for
    return refused.value.code


@pytest.mark.parametrize(
    "claims",
    [
        CUSTOMER,
        OWNER,
        replace(OWNER, team_role=None),
        replace(OWNER, team_role="бухгалтер"),
        Claims(1, 1, "admin", None, None, NOW + 86400),
        Claims(2**63 - 1, 2**63 - 1, "builder", 2**63 - 1, "sales", 2**63 - 1),
    ],
)
def test_what_is_issued_is_read(claims: Claims) -> None:
    assert tokens.read(tokens.issue(claims)) == claims


def test_the_token_made_by_hand_is_good_so_the_refusals_below_mean_something() -> None:
    assert tokens.read(sign(HEADER, BODY)) == OWNER


def test_every_token_has_its_own_id() -> None:
    assert jwt.get_unverified_claims(tokens.issue(OWNER))["jti"] != BODY["jti"]


def test_a_token_says_nothing_more_than_it_must() -> None:
    assert set(jwt.get_unverified_claims(tokens.issue(CUSTOMER))) == {"iss", "aud", "typ", "jti", "iat", "exp", "sub", "sid", "role"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_id": 0},
        {"user_id": -1},
        {"user_id": 2**63},
        {"user_id": True},
        {"user_id": "42"},
        {"session_id": 1.0},
        {"session_id": None},
        {"role": "clerk"},
        {"role": "builder"},
        {"builder_id": 5},
        {"team_role": "owner"},
        {"expires_at": 1.5},
    ],
)
def test_claims_that_make_no_sense_cannot_be_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a|only a"):
        replace(CUSTOMER, **wrong)


# ---- signature and header


@pytest.mark.parametrize("position", [0, 10, len(TOKEN) // 2, len(TOKEN) - 20, len(TOKEN) - 1])
def test_one_changed_letter_spoils_it(position: int) -> None:
    changed = "A" if TOKEN[position] != "A" else "B"
    assert refusal(TOKEN[:position] + changed + TOKEN[position + 1 :]) == "TOKEN_INVALID"


@pytest.mark.parametrize("key", [b"x" * 40, b"\0", settings.key[:-1], settings.key + b"\0" * 40], ids=count())
def test_another_key_is_refused(key: bytes) -> None:
    assert refusal(sign(HEADER, BODY, key)) == "TOKEN_INVALID"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "HS384", "HS512", "RS256", "ES256", "dir", ["HS256"], {}, 1])
@pytest.mark.parametrize("signature", ["", "real"])
def test_another_algorithm_is_refused_even_with_the_right_key(algorithm: object, signature: str) -> None:
    token = sign(HEADER | {"alg": algorithm}, BODY)
    assert refusal(token if signature else token.rpartition(".")[0] + ".") == "TOKEN_INVALID"


def test_hs512_with_the_right_key_is_refused() -> None:
    assert refusal(jwt.encode(BODY, settings.key, "HS512", headers={"kid": HEADER["kid"]})) == "TOKEN_INVALID"


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA_KEY), ("ES256", EC_KEY)])
def test_a_token_signed_with_a_key_pair_is_refused(algorithm: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    assert refusal(jwt.encode(BODY, private, algorithm, headers={"kid": HEADER["kid"]})) == "TOKEN_INVALID"


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY])
@pytest.mark.parametrize("encoding", [PEM, DER])
@pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
def test_a_public_key_is_no_hmac_secret(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, encoding: Any, algorithm: str) -> None:
    secret = key.public_key().public_bytes(encoding, PUBLIC)
    assert refusal(sign(HEADER | {"alg": algorithm}, BODY, secret)) == "TOKEN_INVALID"


@pytest.mark.parametrize("kid", ["", "other", None, 1, "../../dev/null", "' OR 1=1", ["a"], {"a": 1}, HEADER["kid"].upper()], ids=count())
def test_an_unknown_key_id_is_refused(kid: object) -> None:
    assert refusal(sign(HEADER | {"kid": kid}, BODY)) == "TOKEN_INVALID"


def test_a_missing_key_id_is_refused() -> None:
    assert refusal(sign({"alg": "HS256", "typ": "JWT"}, BODY)) == "TOKEN_INVALID"


@pytest.mark.parametrize(
    "more",
    [{"crit": ["exp"]}, {"b64": False}, {"jku": "https://x/"}, {"jwk": {"kty": "oct", "k": "YQ"}}, {"x5u": "https://x/"}, {"zip": "DEF"}],
)
def test_a_header_that_asks_for_more_is_refused(more: dict[str, Any]) -> None:
    assert refusal(sign(HEADER | more, BODY)) == "TOKEN_INVALID"


# ---- claims, all signed with the right key


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "jti", "aud", "iss", "typ", "sid", "role", "bid"])
@pytest.mark.parametrize("how", ["missing", "null"])
def test_every_claim_is_required(claim: str, how: str) -> None:
    body = BODY | {claim: None}
    if how == "missing":
        del body[claim]
    assert refusal(sign(HEADER, body)) == "TOKEN_INVALID"


ID_LIKE: list[object] = [0, -1, 2**63, 10**30, True, 1.0, 1.5, float("nan"), float("inf"), [], [1], {}, ""]
TEXT_ID = ["0", "-1", "+1", "01", " 1", "1 ", "1_0", "1.0", "1e3", "٣", "²", "x", "9223372036854775808", "9" * 3000, "1\0"]
WRONG: dict[str, list[object]] = {
    "sub": [*ID_LIKE, *TEXT_ID, 1],
    "sid": [*ID_LIKE, "1"],
    "bid": [*ID_LIKE, "5"],
    "iat": [*ID_LIKE, str(NOW), NOW + 3600],
    "exp": [10**30, float("nan"), float("inf"), float("-inf"), [], {}, "", "x", str(NOW + 86400), NOW + 86400.5],
    "nbf": [NOW + 3600, "x", [], float("nan")],
    "jti": [0, "", [], {}, True],
    "aud": ["other", "", "realestate ", [], ["realestate"], ["realestate", "other"], {}, 1, True],
    "iss": ["other", "", ["realestate"], {}, 1, True],
    "typ": ["refresh", "", "Access", ["access"], 1, True],
    "role": ["clerk", "worker", "", "Builder", ["builder"], {}, 1, True, "customer"],
    "team": ["", 1, [], {}, True],
    "at_hash": ["x"],
}


@pytest.mark.parametrize(("claim", "value"), [(claim, value) for claim, values in WRONG.items() for value in values], ids=count())
def test_a_wrong_claim_is_refused(claim: str, value: object) -> None:
    assert refusal(sign(HEADER, BODY | {claim: value})) == "TOKEN_INVALID"


@pytest.mark.parametrize("more", [{"bid": 5}, {"team": "owner"}])
@pytest.mark.parametrize("role", ["customer", "admin"])
def test_who_is_no_builder_belongs_to_none(role: str, more: dict[str, Any]) -> None:
    body = {name: value for name, value in BODY.items() if name not in ("bid", "team")}
    assert tokens.read(sign(HEADER, body | {"role": role})).role == role
    assert refusal(sign(HEADER, body | {"role": role} | more)) == "TOKEN_INVALID"


@pytest.mark.parametrize("exp", [NOW - 31, NOW - 3600, 1, 0, -1], ids=count())
def test_an_expired_token_says_so(exp: int) -> None:
    assert refusal(sign(HEADER, BODY | {"exp": exp})) == "TOKEN_EXPIRED"


def test_a_token_that_was_good_a_moment_ago_expires_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.issue(CUSTOMER)
    assert tokens.read(token) == tokens.read(token) == CUSTOMER
    monkeypatch.setattr(tokens.time, "time", lambda: CUSTOMER.expires_at + tokens.LEEWAY + 1)
    assert refusal(token) == "TOKEN_EXPIRED"


def test_an_expired_token_of_a_stranger_is_merely_invalid() -> None:
    assert refusal(sign(HEADER, BODY | {"exp": 1}, b"x" * 40)) == "TOKEN_INVALID"


# ---- things that are hardly tokens


@pytest.mark.parametrize(
    "token",
    [
        sign(b"[" * 1000, BODY),
        sign(b'{"a":' * 500, BODY),
        sign(HEADER, b"[" * 1400),
        sign(HEADER, b'{"a":' * 250 + b"1" + b"}" * 250),
        f"{segment(b'[' * 1000)}..",
        sign(HEADER, b"1" * 2500),
        sign(HEADER, b'{"exp":' + b"9" * 2500 + b"}"),
        sign(HEADER, b'{"exp":1e999}'),
        sign(HEADER, json.dumps(BODY | {"exp": 0}).replace('"exp": 0', '"exp": 1e999').encode()),
        sign(HEADER, b"\xff\xfe"),
        sign(HEADER, b""),
        sign(HEADER, b"null"),
        sign(HEADER, b"[]"),
        sign(HEADER, b'"text"'),
    ],
    ids=count(),
)
def test_json_bombs_are_refused(token: str) -> None:
    assert refusal(token) == "TOKEN_INVALID"


def test_a_token_over_four_kilobytes_is_refused_although_well_signed() -> None:
    token = sign(HEADER, BODY | {"more": "x" * 3700})
    assert len(token) > 5000
    assert refusal(token) == "TOKEN_INVALID"
    assert tokens.read(sign(HEADER, BODY | {"more": "x" * 2000})) == OWNER


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "...", "a.b.c", "Bearer " + TOKEN, TOKEN + ".", TOKEN + ".x", "." + TOKEN, TOKEN.replace(".", "", 1), " " + TOKEN,
        TOKEN.partition(".")[0], TOKEN.rpartition(".")[0], "é.é.é", "\ud800", "\0", TOKEN + "\ud800", TOKEN + "é", TOKEN + "=", TOKEN + "\n", "٣" * 100,
        None, 0, 1.5, True, b"", TOKEN.encode(), [], [TOKEN], {}, {"token": TOKEN}, object(),
    ],
    ids=count(),
)  # fmt: skip
def test_what_is_no_token_is_refused(token: object) -> None:
    assert refusal(token) == "TOKEN_INVALID"


def test_a_refusal_repeats_nothing_of_the_token() -> None:
    with pytest.raises(Unauthenticated) as refused:
        tokens.read(sign(HEADER, BODY | {"aud": "other"}))
    assert (refused.value.status_code, refused.value.__cause__, refused.value.extra) == (401, None, {})
    assert "aud" not in refused.value.detail


# ---- refresh tokens and fingerprints


def test_refresh_tokens_are_256_random_bits() -> None:
    first, second = tokens.new_refresh_token(), tokens.new_refresh_token()
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "=")) == 32


def test_only_a_digest_is_stored() -> None:
    assert tokens.digest("token") == hashlib.sha256(b"token").digest()


def test_the_successor_can_be_said_again_and_looks_like_any_other() -> None:
    token = tokens.new_refresh_token()
    assert tokens.successor(token) == tokens.successor(token)
    assert len({token, tokens.successor(token), tokens.successor(tokens.successor(token))}) == 3
    assert len(tokens.successor(token)) == len(token)


def test_the_successor_cannot_be_computed_from_the_token_or_with_another_purpose() -> None:
    token = tokens.new_refresh_token()
    said = base64.urlsafe_b64decode(tokens.successor(token) + "=")
    assert said not in (tokens.digest(token), hmac.digest(settings.key, token.encode(), "sha256"), tokens.fingerprint("", token))


def test_a_fingerprint_knows_kind_and_value_and_hides_both() -> None:
    mark = tokens.fingerprint("login", "asha@example.com")
    assert mark == tokens.fingerprint("login", "asha@example.com")
    others = [("client", "asha@example.com"), ("login", "asha@example.co"), ("logina", "sha@example.com"), ("login", "आशा@example.com")]
    assert mark not in [tokens.fingerprint(*other) for other in others]
    assert len(mark) == 32
    assert mark != hashlib.sha256(b"login\0asha@example.com").digest()
