"""What holds for accounts however they are reached: throttles, rotation, races, other processes."""

import asyncio
from secrets import randbelow, token_hex
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from realestate import database
from realestate.config import settings
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Invalid, RealEstateError, TooMany, Unauthenticated
from realestate.models.accounts import Role, UserType
from realestate.schemas.accounts import PasswordChange, Registration, Tokens
from realestate.security import passwords, sessions, tokens
from realestate.services import accounts
from realestate.services.accounts import Client
from realestate.services.accounts import sessions as session_room

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("house")]

PASSWORD = "correct horse battery"


def somewhere() -> Client:
    """An address that no other test has."""
    return Client(".".join(["10", *(str(randbelow(256)) for _ in range(3))]), "pytest")


def customer(email: str | None = None) -> Registration:
    person = {"first_name": "Asha", "phone": "+919876543210"}
    words = {"email": email or f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "customer", "customer_data": person}
    return Registration.model_validate(words)


def builder(company_name: str = "Skyline") -> Registration:
    company = {"company_name": company_name, "license_number": token_hex(8), "phone": "+919876543210"}
    words = {"email": f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "builder", "builder_data": company}
    return Registration.model_validate(words)


async def registered(wanted: Registration | None = None) -> Tokens:
    return await accounts.register(wanted or customer(), somewhere())


def session_of(said: Tokens) -> int:
    return tokens.read(said.access_token).session_id


async def sign_in(email: str, password: str, client: Client) -> int:
    """The status that a caller is answered."""
    try:
        await accounts.sign_in(email, password, None, client)
    except RealEstateError as error:
        return error.status_code
    return 200


async def execute(statement: str, **values: Any) -> Any:
    """Look at the world, or change it, behind the application's back."""
    async with transaction(WORKER) as session:
        result = await session.execute(text(statement), values)
        return result.all() if result.returns_rows else None


async def set_count(limit: str, who: str, count: int) -> None:
    """As if so many tries had just been made."""
    insert = "INSERT INTO throttles (key, count) VALUES (:key, :count)"
    await execute(insert, key=tokens.fingerprint(limit, who), count=count)


@pytest.fixture
def _throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "rate_limits", "on")


throttled = pytest.mark.usefixtures("_throttled")


# ── Registering ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_in_production_a_new_builder_waits_for_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "environment", "production")
    said = await registered(builder())
    assert await execute("SELECT status, verified FROM builders WHERE id = :id", id=said.user.builder_id) == [("pending", False)]
    assert not said.user.is_verified


async def test_companies_of_one_name_get_slugs_of_their_own() -> None:
    name = f"Émile & Söhne {token_hex(4)}"
    said = await asyncio.gather(*(registered(builder(name)) for _ in range(3)))
    slugs = await execute("SELECT slug FROM builders WHERE id = ANY(:ids)", ids=[one.user.builder_id for one in said])
    first = "emile-sohne-" + name.split()[-1]
    assert len(slugs) == 3
    assert sorted(slug.removeprefix(first)[:1] for (slug,) in slugs) == ["", "-", "-"]


async def test_a_name_without_latin_letters_is_a_name() -> None:
    assert (await registered(builder("دار العمارة"))).user.company_name == "دار العمارة"


async def test_an_administrator_is_made_here_and_signs_in_like_others() -> None:
    email = f"{token_hex(6)}@example.com"
    user_id = await accounts.create_admin(email, PASSWORD)
    said = await accounts.sign_in(email, PASSWORD, UserType.admin, somewhere())
    assert (said.user.id, said.user.user_type, said.user.permissions, said.user.phone) == (user_id, UserType.admin, [], None)
    with pytest.raises(Invalid):
        await accounts.create_admin(f"{token_hex(6)}@example.com", "short")


async def test_a_hash_of_an_older_cost_is_renewed_at_sign_in() -> None:
    wanted = customer()
    await registered(wanted)
    weak = passwords._argon2id.using(time_cost=1).hash(PASSWORD)
    await execute("UPDATE users SET password_hash = :hash WHERE email = :email", hash=weak, email=wanted.email)
    assert await sign_in(wanted.email, PASSWORD, somewhere()) == 200
    [(renewed,)] = await execute("SELECT password_hash FROM users WHERE email = :email", email=wanted.email)
    assert not passwords.needs_rehash(renewed)
    assert await sign_in(wanted.email, PASSWORD, somewhere()) == 200


# ── Throttled ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@throttled
@pytest.mark.parametrize("is_known", [True, False])
async def test_of_thirty_guesses_at_once_ten_are_looked_at(is_known: bool) -> None:
    wanted, client = customer(), somewhere()
    if is_known:
        await registered(wanted)
    said = await asyncio.gather(*(sign_in(wanted.email, "wrong password", client) for _ in range(30)))
    assert sorted(said) == [401] * 10 + [429] * 20
    with pytest.raises(TooMany) as refused:
        await accounts.sign_in(wanted.email.upper(), PASSWORD, None, somewhere())
    headers = refused.value.headers
    assert 0 < int(headers["Retry-After"]) <= 900
    assert headers["RateLimit-Policy"] == '"sign-in-account";q=10;w=900'
    assert headers["RateLimit"] == f'"sign-in-account";r=0;t={headers["Retry-After"]}'


@throttled
async def test_a_window_ends() -> None:
    wanted = customer()
    await registered(wanted)
    await set_count("sign-in-account", wanted.email, 10)
    assert await sign_in(wanted.email, PASSWORD, somewhere()) == 429
    key = tokens.fingerprint("sign-in-account", wanted.email)
    await execute("UPDATE throttles SET window_started_at = now() - interval '15 minutes' WHERE key = :key", key=key)
    assert await sign_in(wanted.email, PASSWORD, somewhere()) == 200


@throttled
async def test_success_forgets_the_failures_of_the_account_and_costs_the_client_nothing() -> None:
    wanted, client = customer(), somewhere()
    await registered(wanted)
    await set_count("sign-in-account", wanted.email, 9)
    await set_count("sign-in-client", client.address, 49)
    assert await sign_in(wanted.email, PASSWORD, client) == 200
    assert await sign_in(wanted.email, PASSWORD, client) == 200
    key = tokens.fingerprint("sign-in-client", client.address)
    assert await execute("SELECT count FROM throttles WHERE key = :key", key=key) == [(49,)]


@throttled
async def test_a_client_may_fail_fifty_times_and_then_locks_nobody_out() -> None:
    wanted, client = customer(), somewhere()
    await registered(wanted)
    await set_count("sign-in-client", client.address, 49)
    assert await sign_in("somebody@example.com", "wrong password", client) == 401
    assert {await sign_in(wanted.email, "wrong password", client) for _ in range(11)} == {429}
    assert await sign_in(wanted.email, PASSWORD, somewhere()) == 200


@throttled
async def test_the_addresses_of_one_ipv6_network_are_one_client() -> None:
    network = f"2001:db8:{token_hex(2)}:{token_hex(2)}"
    await set_count("sign-in-client", "20010db8" + "".join(network.split(":")[2:]), 50)
    assert await sign_in("somebody@example.com", "wrong password", Client(f"{network}::1", "")) == 429
    assert await sign_in("somebody@example.com", "wrong password", Client(f"{network}:ff::7%eth0", "")) == 429


@throttled
async def test_a_client_registers_fifty_times_at_most() -> None:
    client = somewhere()
    await set_count("registration", client.address, 49)
    await accounts.register(customer(), client)
    with pytest.raises(TooMany):
        await accounts.register(customer(), client)
    await accounts.register(customer(), somewhere())


@throttled
async def test_guessing_the_old_password_is_throttled_like_signing_in() -> None:
    said = await registered()
    caller, words = Identity(Role.customer, said.user.id), PasswordChange(old_password="wrong", new_password="another good one")
    await set_count("sign-in-account", said.user.email, 9)
    with pytest.raises(Invalid):
        await accounts.change_password(caller, words, somewhere())
    with pytest.raises(TooMany):
        await accounts.change_password(caller, words, somewhere())


# ── Rotation ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["late", "by the grandparent"])
async def test_a_spent_token_that_returns_ends_the_session(how: str) -> None:
    first = await registered()
    second = await accounts.refresh(first.refresh_token, somewhere())
    if how == "late":
        late = "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE token_hash = :hash"
        await execute(late, hash=tokens.digest(first.refresh_token))
    else:
        second = await accounts.refresh(second.refresh_token, somewhere())
    for token in (first.refresh_token, second.refresh_token):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(token, somewhere())
    assert session_of(second) in sessions.ended
    acts = "SELECT action FROM audit_events WHERE entity_type = 'user' AND entity_id = :id ORDER BY id DESC LIMIT 1"
    assert await execute(acts, id=first.user.id) == [("session.reuse_detected",)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE refresh_tokens SET expires_at = now() WHERE user_id = :id",
        "UPDATE users SET is_active = false WHERE id = :id",
        "UPDATE builders SET status = 'suspended' WHERE owner_user_id = :id",
    ],
)
async def test_an_expired_token_a_closed_account_or_a_suspended_company_cannot_go_on(change: str) -> None:
    said = await registered(customer() if "users" in change else builder())  # a company keeps its owner
    await execute(change, id=said.user.id)
    with pytest.raises(Unauthenticated):
        await accounts.refresh(said.refresh_token, somewhere())


async def test_a_logout_amid_refreshes_leaves_nothing_to_refresh() -> None:
    said = await registered()
    caller, token = Identity(Role.customer, said.user.id, session_id=session_of(said)), said.refresh_token
    before, after = [[accounts.refresh(token, somewhere()) for _ in range(5)] for _ in range(2)]
    await asyncio.gather(*before, accounts.end(caller), *after, return_exceptions=True)
    for one in (token, tokens.successor(token)):
        with pytest.raises(Unauthenticated):
            await accounts.refresh(one, somewhere())


async def test_of_two_new_passwords_at_once_one_is_taken() -> None:
    said = await registered()
    caller = Identity(Role.customer, said.user.id)
    words = [PasswordChange(old_password=PASSWORD, new_password=f"another good one {number}") for number in range(2)]
    done = await asyncio.gather(*(accounts.change_password(caller, one, somewhere()) for one in words), return_exceptions=True)
    assert sum(isinstance(one, Tokens) for one in done) == 1
    assert sum(isinstance(one, Unauthenticated | Invalid) for one in done) == 1


# ── Other processes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_session_ended_elsewhere_is_known_after_the_next_look() -> None:
    said = await registered()
    await execute("UPDATE refresh_tokens SET ended_at = now() WHERE user_id = :id", id=said.user.id)
    await accounts.learn_of_ended_sessions()
    assert session_of(said) in sessions.ended


async def test_sessions_are_forgotten_once_their_last_access_token_has_expired() -> None:
    said = await registered()
    await accounts.end(Identity(Role.customer, said.user.id, session_id=session_of(said)))
    long_ago = "UPDATE refresh_tokens SET ended_at = now() - make_interval(mins => :minutes) WHERE user_id = :id"
    await execute(long_ago, minutes=settings.token_minutes + 1, id=said.user.id)
    await accounts.learn_of_ended_sessions()
    assert session_of(said) not in sessions.ended


async def test_the_watch_goes_on_when_the_database_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    said = await registered()
    await execute("UPDATE refresh_tokens SET ended_at = now() WHERE user_id = :id", id=said.user.id)
    monkeypatch.setattr(session_room, "POLL_SECONDS", 0.01)
    with monkeypatch.context() as away:
        away.setattr(database, "_sessions", async_sessionmaker(create_async_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")))
        watch = asyncio.create_task(accounts.watch_ended_sessions())
        await asyncio.sleep(0.1)
        assert not watch.done()
    async with asyncio.timeout(10):
        while session_of(said) not in sessions.ended:
            await asyncio.sleep(0.01)
    watch.cancel()
