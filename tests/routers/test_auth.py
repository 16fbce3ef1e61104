"""Registering, signing in, sessions and passwords, as clients meet them."""

import asyncio
from secrets import token_hex
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import text

from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.security import tokens

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("house")]

PASSWORD = "correct horse battery"


def customer(**changes: Any) -> dict[str, Any]:
    person = {"first_name": "Asha", "last_name": "Rao", "phone": "+91 98765 43210", "address": "4 Lake View"}
    return {"email": f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "customer", "customer_data": person} | changes


def builder(**changes: Any) -> dict[str, Any]:
    company = {
        "company_name": f"Skyline {token_hex(4)}",
        "license_number": token_hex(8),
        "phone": "+919876543210",
        "address": "12 Hill Road",
    }
    return {"email": f"{token_hex(6)}@example.com", "password": PASSWORD, "user_type": "builder", "builder_data": company | changes}


def signed_in(said: Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {said.json()['access_token']}"}


async def login(client: AsyncClient, email: str, password: str = PASSWORD, **more: Any) -> Response:
    return await client.post("/api/auth/login", json={"email": email, "password": password, **more})


async def refresh(client: AsyncClient, token: str) -> Response:
    return await client.post("/api/auth/refresh", json={"refresh_token": token})


async def execute(statement: str, **values: Any) -> None:
    """Change the world behind the application's back."""
    async with transaction(WORKER) as session:
        await session.execute(text(statement), values)


async def acts_of(user_id: int) -> list[str]:
    async with transaction(WORKER) as session:
        query = "SELECT action FROM audit_events WHERE entity_type = 'user' AND entity_id = :id ORDER BY id"
        return list(await session.scalars(text(query), {"id": user_id}))


# ── Registering ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_customer_registers_and_is_signed_in(client: AsyncClient) -> None:
    said = await client.post("/api/auth/register", json=customer(email=f" {token_hex(6)}@Example.com "))
    assert said.status_code == 201
    assert said.headers["cache-control"] == "no-store"
    user = said.json()["user"]
    assert user["customer_id"] == user["id"]
    assert (user["full_name"], user["phone"], user["address"]) == ("Asha Rao", "+919876543210", "4 Lake View")
    assert [user[name] for name in ("builder_id", "team_role", "company_name", "license_number", "permissions")] == [None] * 4 + [[]]
    assert (await client.get("/api/auth/me", headers=signed_in(said))).json() == user
    assert await acts_of(user["id"]) == ["user.registered", "user.signed_in"]


async def test_a_builder_registers_a_company_and_becomes_its_owner(client: AsyncClient) -> None:
    wanted = builder()
    said = await client.post("/api/auth/register", json=wanted)
    assert said.status_code == 201
    user, company = said.json()["user"], wanted["builder_data"]
    assert user["team_role"] == "owner"
    assert "team:manage" in user["permissions"]
    assert {name: user[name] for name in company} == company
    assert user["customer_id"] is None
    assert tokens.read(said.json()["access_token"]).builder_id == user["builder_id"]
    async with transaction(WORKER) as session:
        query = "SELECT owner_user_id, status, verified, slug FROM builders JOIN builder_accounts ON builder_id = id WHERE id = :id"
        row = (await session.execute(text(query), {"id": user["builder_id"]})).one()
    assert tuple(row) == (user["id"], "active", True, company["company_name"].lower().replace(" ", "-"))


async def test_an_address_is_taken_whatever_its_case(client: AsyncClient) -> None:
    first = customer()
    await client.post("/api/auth/register", json=first)
    again = await client.post("/api/auth/register", json=customer(email=first["email"].upper()))
    assert (again.status_code, again.json()["code"]) == (409, "EMAIL_TAKEN")


async def test_one_licence_is_one_company(client: AsyncClient) -> None:
    first = builder()
    await client.post("/api/auth/register", json=first)
    again = await client.post("/api/auth/register", json=builder(license_number=f" {first['builder_data']['license_number'].upper()} "))
    assert (again.status_code, again.json()["code"]) == (409, "LICENSE_TAKEN")


async def test_ten_at_once_for_one_address_make_one_account(client: AsyncClient) -> None:
    wanted = customer()
    said = await asyncio.gather(*(client.post("/api/auth/register", json=wanted) for _ in range(10)))
    assert sorted(one.status_code for one in said) == [201] + [409] * 9


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (customer(customer_data=None), "customer_data"),
        (customer(customer_data={"first_name": "Asha"}), "customer_data.phone"),
        (customer(builder_data=builder()["builder_data"]), "builder_data"),
        ({**builder(), "builder_data": None}, "builder_data"),
        ({**customer(), "user_type": "builder"}, "builder_data"),
        (customer(user_type="admin", customer_data=None), "user_type"),
        (customer(email="nobody"), "email"),
        (customer(password="short"), "password"),
        (customer(password="password1"), "password"),
        (customer(password="x" * 129), "password"),
        (customer(is_active=True), "is_active"),
        (builder(status="active"), "builder_data.status"),
    ],
)
async def test_what_cannot_be_registered_is_named(client: AsyncClient, wrong: dict[str, Any], field: str) -> None:
    said = await client.post("/api/auth/register", json=wrong)
    assert said.status_code == 422
    assert field in [error["field"] for error in said.json()["errors"]]


# ── Signing in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_signing_in_does_not_mind_case_or_space_of_the_address(client: AsyncClient) -> None:
    wanted = customer()
    registered = await client.post("/api/auth/register", json=wanted)
    said = await login(client, f" {wanted['email'].upper()} ", user_type="Customer")
    assert said.status_code == 200
    assert said.headers["cache-control"] == "no-store"
    assert said.json()["user"] == registered.json()["user"]
    assert said.json()["expires_in"] == settings.token_minutes * 60


async def test_the_password_form_signs_in(client: AsyncClient) -> None:
    wanted = customer()
    await client.post("/api/auth/register", json=wanted)
    form = {"grant_type": "password", "username": wanted["email"], "password": PASSWORD, "scope": "", "client_id": ""}
    said = await client.post("/api/auth/token", data=form)
    assert (said.status_code, said.json()["token_type"]) == (200, "bearer")
    assert (await client.post("/api/auth/token", data=form | {"password": "wrong"})).status_code == 401
    assert (await client.post("/api/auth/token", data=form | {"grant_type": "code"})).status_code == 422
    assert (await client.post("/api/auth/token", data=form | {"unknown": "1"})).status_code == 422
    assert (await client.post("/api/auth/token", json=form)).status_code == 415


async def test_an_answer_does_not_tell_who_exists(client: AsyncClient) -> None:
    known, idle, company = customer(), customer(), builder()
    for wanted in (known, idle, company):
        registered = await client.post("/api/auth/register", json=wanted)
    await execute("UPDATE users SET is_active = false WHERE email = :email", email=idle["email"])
    await execute("UPDATE builders SET status = 'suspended' WHERE id = :id", id=registered.json()["user"]["builder_id"])
    refused = [
        await login(client, known["email"], "wrong password"),
        await login(client, known["email"], "x" * 500),
        await login(client, known["email"], user_type="builder"),
        await login(client, known["email"], user_type="admin"),
        await login(client, f"{token_hex(6)}@example.com"),
        await login(client, "nobody"),
        await login(client, idle["email"]),
        await login(client, company["email"]),
    ]
    assert {said.status_code for said in refused} == {401}
    assert {said.json()["code"] for said in refused} == {"INVALID_CREDENTIALS"}
    bodies = [{name: value for name, value in said.json().items() if name != "request_id"} for said in refused]
    headers = [{name: value for name, value in said.headers.items() if name != "x-request-id"} for said in refused]
    assert all(body == bodies[0] for body in bodies)
    assert all(header == headers[0] for header in headers)


# ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_refresh_token_brings_the_next_pair_of_the_same_session(client: AsyncClient) -> None:
    first = (await client.post("/api/auth/register", json=builder())).json()
    second = (await refresh(client, first["refresh_token"])).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["user"] == first["user"]
    before, after = tokens.read(first["access_token"]), tokens.read(second["access_token"])
    assert (before.session_id, before.builder_id, before.team_role) == (after.session_id, after.builder_id, after.team_role)
    assert (await refresh(client, second["refresh_token"])).status_code == 200


async def test_twenty_refreshes_at_once_bring_one_successor(client: AsyncClient) -> None:
    first = (await client.post("/api/auth/register", json=customer())).json()
    said = await asyncio.gather(*(refresh(client, first["refresh_token"]) for _ in range(20)))
    assert {one.status_code for one in said} == {200}
    successors = {one.json()["refresh_token"] for one in said}
    assert len(successors) == 1
    assert (await refresh(client, successors.pop())).status_code == 200


async def test_logout_ends_this_session_at_once_and_no_other(client: AsyncClient) -> None:
    wanted = customer()
    here = await client.post("/api/auth/register", json=wanted)
    there = await login(client, wanted["email"])
    said = await client.post("/api/auth/logout", headers=signed_in(here))
    assert (said.status_code, said.headers["cache-control"]) == (200, "no-store")
    assert said.json()["message"]
    assert (await client.get("/api/auth/me", headers=signed_in(here))).json()["code"] == "SESSION_ENDED"
    assert (await refresh(client, here.json()["refresh_token"])).status_code == 401
    assert (await client.get("/api/auth/me", headers=signed_in(there))).status_code == 200
    assert (await acts_of(here.json()["user"]["id"]))[-1] == "session.ended"


async def test_logout_all_ends_every_session(client: AsyncClient) -> None:
    wanted = customer()
    here = await client.post("/api/auth/register", json=wanted)
    there = await login(client, wanted["email"])
    assert (await client.post("/api/auth/logout-all", headers=signed_in(there))).json()["message"]
    for said in (here, there):
        assert (await client.get("/api/auth/me", headers=signed_in(said))).status_code == 401
        assert (await refresh(client, said.json()["refresh_token"])).status_code == 401


@pytest.mark.parametrize(("method", "path"), [("GET", "me"), ("POST", "logout"), ("POST", "logout-all"), ("POST", "change-password")])
async def test_strangers_are_told_to_sign_in(client: AsyncClient, method: str, path: str) -> None:
    body = {"old_password": PASSWORD, "new_password": "another good one"} if path == "change-password" else None
    said = await client.request(method, f"/api/auth/{path}", json=body)
    assert (said.status_code, said.headers["www-authenticate"]) == (401, "Bearer")


# ── A new password ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def change(client: AsyncClient, caller: Response, old: str, new: str) -> Response:
    words = {"old_password": old, "new_password": new}
    return await client.post("/api/auth/change-password", json=words, headers=signed_in(caller))


async def test_a_new_password_ends_every_session_and_begins_one(client: AsyncClient) -> None:
    wanted = customer()
    here = await client.post("/api/auth/register", json=wanted)
    there = await login(client, wanted["email"])
    fresh = await change(client, here, PASSWORD, "another good one")
    assert fresh.status_code == 200
    assert (await client.get("/api/auth/me", headers=signed_in(fresh))).status_code == 200
    for said in (here, there):
        assert (await client.get("/api/auth/me", headers=signed_in(said))).status_code == 401
        assert (await refresh(client, said.json()["refresh_token"])).status_code == 401
    assert (await login(client, wanted["email"])).status_code == 401
    assert (await login(client, wanted["email"], "another good one")).status_code == 200
    assert "password.changed" in await acts_of(here.json()["user"]["id"])


async def test_a_wrong_old_password_or_an_unsuitable_new_one_changes_nothing(client: AsyncClient) -> None:
    wanted = customer()
    here = await client.post("/api/auth/register", json=wanted)
    for old, new, field in (("wrong", "another good one", "old_password"), (PASSWORD, "short", "new_password")):
        said = await change(client, here, old, new)
        assert (said.status_code, said.json()["errors"][0]["field"]) == (422, field)
    assert (await client.get("/api/auth/me", headers=signed_in(here))).status_code == 200
    assert (await login(client, wanted["email"])).status_code == 200
