"""Passwords, with the real Argon2."""

import asyncio
import subprocess
import sys
from threading import Event

import argon2.low_level
import pytest

from realestate.errors import Unavailable
from realestate.security import passwords

pytestmark = pytest.mark.anyio

COST = "$argon2id$v=19$m=19456,t=2,p=1$"
GOOD = "correct horse battery staple"


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """What Argon2 was really asked to verify, as (hash, password)."""
    calls: list[tuple[bytes, bytes]] = []
    original = argon2.low_level.verify_secret

    def recorded(hash: bytes, secret: bytes, type: argon2.low_level.Type) -> bool:
        calls.append((hash, secret))
        return original(hash, secret, type)

    monkeypatch.setattr(argon2.low_level, "verify_secret", recorded)
    return calls


@pytest.mark.parametrize(
    "password",
    [GOOD, "8 letter", "x" * 127 + "y", "пароль-мой", "密码密码密码密码", "🏠🏡🏢🏬🏰🗼🗽⛩", "  spaces  ", "quote'\"\\%s"],
)
async def test_a_good_password_is_accepted_and_verified(password: str) -> None:
    passwords.check(password)
    hashed = await passwords.hash(password)
    assert hashed.startswith(COST)
    assert await passwords.verify(password, hashed)
    assert not await passwords.verify(password[:-1], hashed)


@pytest.mark.parametrize("password", ["", "7 chars", "x" * 129, "密" * 129])
def test_too_short_and_too_long_are_refused(password: str) -> None:
    with pytest.raises(ValueError, match="8 to 128 characters"):
        passwords.check(password)


@pytest.mark.parametrize("password", ["with\0inside", "\0" * 8, "high \ud800 alone", "low alone \udfff"])
def test_nul_and_lone_surrogates_are_refused(password: str) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        passwords.check(password)


@pytest.mark.parametrize("password", ["password123", "Password123", "12345678", "qwertyuiop", "ILOVEYOU", "p@ssw0rd"])
def test_common_passwords_are_refused_in_any_case(password: str) -> None:
    with pytest.raises(ValueError, match="too common"):
        passwords.check(password)


def test_the_common_ones_are_at_least_a_thousand_and_long_enough_to_matter() -> None:
    assert len(passwords.COMMON) >= 1000
    assert all(len(word) >= passwords.SHORTEST and word == word.casefold() for word in passwords.COMMON)


async def test_a_demo_password_can_be_hashed_although_it_is_common() -> None:
    assert await passwords.verify("password123", await passwords.hash("password123"))


async def test_nothing_is_truncated() -> None:
    hashed = await passwords.hash("x" * 127 + "a")
    assert not await passwords.verify("x" * 127 + "b", hashed)
    assert not await passwords.verify("x" * 127 + "a" + "x", hashed)


async def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert await passwords.verify("cafe\u0301 au lait", await passwords.hash("caf\u00e9 au lait"))


async def test_two_hashes_of_one_password_differ() -> None:
    assert await passwords.hash(GOOD) != await passwords.hash(GOOD)


async def test_an_unknown_user_costs_the_same_work(verified: list[tuple[bytes, bytes]]) -> None:
    assert await passwords.verify(GOOD, None) is False
    [(hashed, secret)] = verified
    assert hashed.decode().startswith(COST)
    assert secret == GOOD.encode()
    assert len(hashed) == len(await passwords.hash(GOOD))


@pytest.mark.parametrize("password", ["x" * 129, "x" * 1_000_000, "with\0inside", "lone \ud800"])
async def test_an_impossible_password_is_wrong_after_the_same_work(password: str, verified: list[tuple[bytes, bytes]]) -> None:
    assert await passwords.verify(password, await passwords.hash(GOOD)) is False
    assert len(verified) == 1


async def test_an_impossible_password_is_not_the_empty_one() -> None:
    assert await passwords.verify("with\0inside", await passwords.hash("")) is False


async def test_a_hash_of_another_cost_is_made_anew() -> None:
    assert not passwords.needs_rehash(await passwords.hash(GOOD))
    assert passwords.needs_rehash(argon2.PasswordHasher(1, 8192, 1).hash(GOOD))
    assert passwords.needs_rehash(argon2.PasswordHasher(2, 19456, 1, type=argon2.low_level.Type.I).hash(GOOD))


async def test_when_too_many_wait_the_next_is_told_to_come_back_and_later_served() -> None:
    hashed, go_on = await passwords.hash(GOOD), Event()
    crowd = [asyncio.ensure_future(passwords._in_pool(go_on.wait)) for _ in range(passwords.CAPACITY)]
    try:
        await asyncio.sleep(0)
        for late in (passwords.hash(GOOD), passwords.verify(GOOD, hashed), passwords.verify(GOOD, None)):
            with pytest.raises(Unavailable):
                await late
    finally:
        go_on.set()
        await asyncio.gather(*crowd)
    assert await passwords.verify(GOOD, hashed)


async def test_who_gives_up_waiting_gives_the_place_back() -> None:
    go_on = Event()
    crowd = [asyncio.ensure_future(passwords._in_pool(go_on.wait)) for _ in range(passwords.CAPACITY)]
    await asyncio.sleep(0)
    crowd[-1].cancel()
    await asyncio.wait(crowd[-1:])
    last = asyncio.ensure_future(passwords.verify(GOOD, None))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*crowd[:-1])
    assert await last is False


def test_importing_warns_of_nothing() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", "import realestate.security.passwords"], check=True)
