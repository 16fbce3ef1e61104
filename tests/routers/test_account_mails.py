"""Mails about accounts: confirming an address, a forgotten password, invitations, a new device."""

import asyncio
import re
from secrets import token_hex

import pytest
from sqlalchemy import text

from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member
from tests.post import forget_what_is_due, let_wait_be_over, plain, rows_of, sent_to, token_in
from tests.speaking import speaking

pytestmark = [pytest.mark.anyio]

PASSWORD, BETTER = "correct horse battery", "another good one"
INVALID = (404, "CODE_INVALID")


@pytest.fixture(autouse=True)
async def outbox(client, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)
    await forget_what_is_due()


async def registered(client):
    person = {"first_name": "Asha", "last_name": "Rao", "phone": "+919876543210"}
    email = f"{token_hex(6)}@example.com"
    said = {"email": email, "password": PASSWORD, "user_type": "customer", "customer_data": person}
    return email, (await client.post("/api/auth/register", json=said)).json()


async def post(client, path, headers=None, **said):
    answer = await client.post(f"/api/auth/{path}", json=said or None, headers=headers)
    return answer.status_code, answer.json().get("code")


async def login(client, email, password=PASSWORD, agent="Firefox on Linux"):
    said = {"email": email, "password": password}
    return (await client.post("/api/auth/login", json=said, headers={"User-Agent": agent})).status_code


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def forgotten(client, email):
    """The token of the latest mail for a new password."""
    assert await post(client, "forgot-password", email=email) == (200, None)
    mails = await sent_to(email.strip().lower())
    return token_in([mail for mail in mails if mail["Subject"] == "Your new password"][-1])


# ── An address is confirmed ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_registers_confirms_the_address_with_the_mails_token(client):
    email, tokens = await registered(client)
    assert not tokens["user"]["is_verified"]
    (mail,) = await sent_to(email)
    assert await post(client, "verify-email", token=token_in(mail)) == (200, None)
    assert (await client.get("/api/auth/me", headers=bearer(tokens))).json()["is_verified"]
    assert await post(client, "verify-email", token=token_in(mail)) == INVALID
    assert await post(client, "resend-verification", bearer(tokens)) == (409, "ALREADY_VERIFIED")


async def test_the_mail_can_be_sent_again_and_one_token_ends_the_others(client):
    email, tokens = await registered(client)
    assert await post(client, "resend-verification", bearer(tokens)) == (200, None)
    first, second = map(token_in, await sent_to(email))
    assert first != second
    assert await post(client, "verify-email", token=second) == (200, None)
    assert await post(client, "verify-email", token=first) == INVALID


async def test_who_has_confirmed_meanwhile_gets_no_second_mail(client):
    email, tokens = await registered(client)
    (mail,) = await sent_to(email)
    await post(client, "resend-verification", bearer(tokens))
    await post(client, "verify-email", token=token_in(mail))
    assert len(await sent_to(email)) == 1
    assert [row[:2] for row in await rows_of(email)] == [("sent", None), ("suppressed", "the address has been confirmed already")]


@pytest.mark.parametrize("token", ["x", "3q2-7w8Zb1pXvJmC0yR5tKfUa9LdHs6NeQoGi4xWzPk", "é" * 128])
async def test_a_wrong_token_is_good_for_nothing(client, token):
    assert await post(client, "verify-email", token=token) == INVALID
    assert await post(client, "reset-password", token=token, new_password=BETTER) == INVALID


# ── A forgotten password ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_forgotten_password_is_replaced_and_every_session_ends(client):
    email, tokens = await registered(client)
    token = await forgotten(client, f" {email.upper()} ")
    assert await post(client, "reset-password", token=token, new_password=BETTER) == (200, None)
    assert (await client.get("/api/auth/me", headers=bearer(tokens))).json()["code"] == "SESSION_ENDED"
    assert (await client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})).status_code == 401
    assert (await login(client, email), await login(client, email, BETTER)) == (401, 200)
    assert await post(client, "reset-password", token=token, new_password=PASSWORD) == INVALID
    assert "Password changed" in [mail["Subject"] for mail in await sent_to(email)]


async def test_an_answer_does_not_tell_whose_address_it_is_and_nothing_else_is_done(client):
    known, unknown = (await registered(client))[0], f"{token_hex(6)}@example.com"
    answers = [await client.post("/api/auth/forgot-password", json={"email": email}) for email in (known, unknown, "nobody")]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    async with speaking(WORKER) as connection:
        query = "SELECT user_id, state, purpose, length(sealed) > 30 FROM deliveries ORDER BY id DESC LIMIT 3"
        rows = await (await connection.execute(query)).fetchall()
    assert rows == [(None, "queued", "reset_password", True)] * 3, "what is written is the same, too"
    assert len(await sent_to(known)) == 2 and await sent_to(unknown) == []


async def test_a_mail_that_could_not_be_sent_while_its_link_would_be_good_is_not_sent_any_more(client):
    """Nor does it bring a fresh link to whoever has the mailbox by then."""
    email, _ = await registered(client)
    await sent_to(email)
    assert await post(client, "forgot-password", email=email) == (200, None)
    async with speaking(WORKER) as connection:
        late = "UPDATE deliveries SET created_at = now() - interval '61 minutes' WHERE purpose = 'reset_password' AND state = 'queued' RETURNING id"
        [(delivery,)] = await (await connection.execute(late)).fetchall()
        await connection.commit()
    assert len(await sent_to(email)) == 1
    async with speaking(WORKER) as connection:
        found = await connection.execute("SELECT state, last_error, sealed FROM deliveries WHERE id = %s", [delivery])
        assert await found.fetchone() == ("suppressed", "it was asked for too long ago", None)


async def test_a_new_password_ends_the_wait_after_too_many_wrong_ones(client, monkeypatch):
    monkeypatch.setattr(settings, "rate_limits", "on")
    person = await make_customer()
    assert {await login(client, person.email, "wrong") for _ in range(10)} == {401}
    assert await login(client, person.email) == 429
    token = await forgotten(client, person.email)
    assert await post(client, "reset-password", token=token, new_password=BETTER) == (200, None)
    assert await login(client, person.email, BETTER) == 200


async def test_twenty_uses_at_once_of_one_token_have_one_success(client):
    email, _ = await registered(client)
    token = await forgotten(client, email)
    said = await asyncio.gather(*(post(client, "reset-password", token=token, new_password=f"{BETTER} {n}") for n in range(20)))
    assert sorted(said) == [(200, None)] + [INVALID] * 19


async def test_an_unsuitable_password_does_not_use_the_token_up(client):
    email, _ = await registered(client)
    token = await forgotten(client, email)
    assert await post(client, "reset-password", token=token, new_password="short") == (422, "INVALID")
    assert await post(client, "verify-email", token=token) == INVALID, "it is for something else"
    assert await post(client, "reset-password", token=token, new_password=BETTER) == (200, None)


async def test_an_old_token_or_a_closed_account_is_no_way_in(client):
    (email, _), (other, closed) = await registered(client), await registered(client)
    old, of_closed = await forgotten(client, email), await forgotten(client, other)
    async with transaction(WORKER) as session:
        await session.execute(text("UPDATE account_codes SET expires_at = now() - interval '1 second' WHERE purpose = 'reset_password'"))
        await session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": closed["user"]["id"]})
    for token in (old, of_closed):
        assert await post(client, "reset-password", token=token, new_password=BETTER) == INVALID
    assert len(await sent_to(other)) == 2
    await post(client, "forgot-password", email=other)
    assert len(await sent_to(other)) == 2, "and no mail to a closed account"


async def test_no_secret_lies_in_the_tables_after_sending(client):
    email, _ = await registered(client)
    token = await forgotten(client, email)
    async with speaking(WORKER) as connection:
        for table in ("deliveries", "account_codes", "notifications", "audit_events"):
            rows = await (await connection.execute(f"SELECT t::text FROM {table} t")).fetchall()
            assert not any(token in row[0] for row in rows), table
        assert (await connection.execute("SELECT FROM deliveries WHERE sealed IS NOT NULL")).rowcount == 0


async def test_a_reset_that_nobody_can_open_any_more_is_given_up(client, monkeypatch):
    email, _ = await registered(client)
    await post(client, "forgot-password", email=email)
    async with transaction(WORKER) as session:
        await session.execute(text(r"UPDATE deliveries SET sealed = '\x00112233445566778899aabbccddeeff' WHERE sealed IS NOT NULL"))
    assert len(await sent_to(email)) == 1, "that of the registration"


async def test_asking_and_trying_are_throttled(client, monkeypatch):
    monkeypatch.setattr(settings, "rate_limits", "on")
    unknown = f"{token_hex(6)}@example.com"
    said = [await post(client, "forgot-password", email=unknown) for _ in range(6)]
    assert said == [(200, None)] * 5 + [(429, "TOO_MANY_REQUESTS")]
    said = [await post(client, "verify-email", token="x") for _ in range(21)]
    assert said[-1] == (429, "TOO_MANY_REQUESTS")


# ── Invitations, devices ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_invitation_brings_its_code_and_its_code_opens_the_team(client):
    builder, email = await make_builder(), f"{token_hex(6)}@example.com"
    said = {"email": email, "full_name": "Nikhil Jadhav", "team_role": "sales"}
    made = (await client.post("/api/builder/team/invites", json=said, headers=builder.headers)).json()
    (mail,) = await sent_to(email)
    assert mail["Subject"] == "Ashoka Homes invites you into its team" and made["code"] in plain(mail)
    code = re.search(r"#code=([\w-]+)", plain(mail)).group(1)
    joined = await client.post("/api/builder/join", json={"code": code, "full_name": "Nikhil Jadhav", "password": PASSWORD})
    assert joined.status_code == 201 and not joined.json()["user"]["is_verified"]
    assert [mail["Subject"] for mail in await sent_to(email)][1:] == ["Please confirm your e-mail address"]


async def test_a_customer_is_invited_by_mail_and_not_after_it_was_taken_back(client):
    builder = await make_builder()
    people = [{"email": f"{token_hex(6)}@example.com", "full_name": "Asha Rao", "phone": "+919876543210"} for _ in range(2)]
    for person in people:
        assert (await client.post("/api/builder/customers", json=person, headers=builder.headers)).status_code == 201
    async with transaction(WORKER) as session:
        await session.execute(text("UPDATE invites SET revoked_at = now() WHERE email = :email"), {"email": people[1]["email"]})
    assert [mail["Subject"] for mail in await sent_to(people[0]["email"])] == ["Ashoka Homes invites you"]
    assert await sent_to(people[1]["email"]) == []


async def test_a_sign_in_from_another_device_is_told_to_its_owner_and_to_the_admins(client):
    builder = await make_builder()
    member = await make_member(builder, TeamRole.sales)
    for agent in ("Firefox on Linux", "Firefox on Linux", "Edge on Windows"):
        assert await login(client, member.email, agent=agent) == 200
    for person in (member, builder):
        (mail,) = await sent_to(person.email)
        assert mail["Subject"] == "New device" and "Edge on Windows" in plain(mail)
    await let_wait_be_over()
    assert len(await sent_to(member.email)) == 1


CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"


async def test_an_update_makes_no_new_device(client):
    person = await make_customer()
    for agent in (
        CHROME.format(140),
        CHROME.format(141),
        "python-httpx/0.27.0",
        "python-httpx/0.28.1",
        SAFARI,
        f"{CHROME.format(141)} Edg/141.0",
    ):
        assert await login(client, person.email, agent=agent) == 200
    told = [plain(mail) for mail in await sent_to(person.email)]
    assert len(told) == 3
    for device in ("python-httpx", "Safari on iOS", "Edge on Linux"):
        assert any(f"a new device: {device}." in text for text in told)


async def test_what_a_device_calls_itself_is_only_text(client):
    person = await make_customer()
    for agent in ("Firefox", "<b>{name}</b> {0.__class__}"):
        assert await login(client, person.email, agent=agent) == 200
    (mail,) = await sent_to(person.email)
    assert "a new device: <b>{name}<." in plain(mail)
    assert "<b>" not in mail.get_body(("html",)).get_content()
