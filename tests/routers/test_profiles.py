"""What companies and people say of themselves, and where they are signed in."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import PASSWORD, make_builder, make_customer, make_member

pytestmark = pytest.mark.anyio


async def test_a_company_says_itself_what_others_see_of_it(client):
    builder, asha = await make_builder(), await make_customer()
    viewer = await make_member(builder, TeamRole.viewer)
    assert (await client.get("/api/builder/profile")).status_code == 401
    assert (await client.get("/api/builder/profile", headers=asha.headers)).json()["code"] == "WRONG_ROLE"
    assert (await client.patch("/api/builder/profile", json={}, headers=viewer.headers)).json()["code"] == "NOT_PERMITTED"
    before = await client.get("/api/builder/profile", headers=viewer.headers)

    said = {"description": "Homes since 2009.", "website": "https://ashoka.example.com"}
    answer = await client.patch("/api/builder/profile", json=said, headers=builder.headers | {"If-Match": before.headers["ETag"]})

    assert answer.status_code == 200 and answer.json()["description"] == "Homes since 2009.", answer.text
    shown = (await client.get(f"/api/builders/{answer.json()['slug']}")).json()
    assert (shown["website"], shown["full_name"]) == ("https://ashoka.example.com", "Meera Iyer")
    stale = await client.patch("/api/builder/profile", json=said, headers=builder.headers | {"If-Match": before.headers["ETag"]})
    assert stale.status_code == 412
    assert (await client.patch("/api/builder/profile", json={"verified": True}, headers=builder.headers)).status_code == 422


async def test_what_a_company_keeps_for_itself_is_its_owners_and_admins(client):
    builder = await make_builder()
    assert (
        await client.get("/api/builder/profile/account", headers=(await make_member(builder, TeamRole.finance)).headers)
    ).status_code == 403
    said = await client.patch("/api/builder/profile/account", json={"tax_number": "27AAACS1234F1Z5"}, headers=builder.headers)
    assert said.json()["tax_number"] == "27AAACS1234F1Z5"
    assert (await client.get("/api/builder/profile/account", headers=builder.headers)).json() == said.json()


async def test_a_customer_says_who_they_are(client):
    asha, builder = await make_customer(), await make_builder()
    assert (await client.get("/api/customer/profile", headers=builder.headers)).json()["code"] == "WRONG_ROLE"
    said = {"last_name": "Rao-Menon", "address": "Kothrud, Pune", "date_of_birth": "1990-02-28", "preferred_contact_method": "whatsapp"}

    answer = await client.patch("/api/customer/profile", json=said | {"phone": None, "first_name": None}, headers=asha.headers)

    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in said} == said and answer.json()["full_name"] == "Asha Rao-Menon"
    assert (answer.json()["phone"], answer.json()["email"]) == (None, asha.email)
    assert (await client.get("/api/customer/profile", headers=asha.headers)).json() == answer.json()
    for wrong in ({"kyc_status": "verified"}, {"date_of_birth": "1990-02-30"}, {"id": 7}):
        assert (await client.patch("/api/customer/profile", json=wrong, headers=asha.headers)).status_code == 422


async def test_people_change_their_name_language_and_zone(client):
    builder, asha = await make_builder(), await make_customer()
    said = {"full_name": "Meera Kulkarni", "locale": "en-IN", "timezone": "Asia/Kolkata"}
    answer = (await client.patch("/api/auth/me", json=said, headers=builder.headers)).json()
    assert {name: answer[name] for name in said} == said
    assert (await client.patch("/api/auth/me", json={"timezone": "Mars/Olympus"}, headers=builder.headers)).status_code == 422
    refused = await client.patch("/api/auth/me", json={"full_name": "Somebody"}, headers=asha.headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "full_name")
    assert (await client.patch("/api/auth/me", json={"locale": "hi"}, headers=asha.headers)).json()["locale"] == "hi"


async def test_people_see_where_they_are_signed_in_and_end_the_others(client):
    asha = await make_customer()
    said = {"email": asha.email, "password": PASSWORD}
    first, second = [
        {
            "Authorization": f"Bearer {(await client.post('/api/auth/login', json=said, headers={'User-Agent': name})).json()['access_token']}"
        }
        for name in ("Phone", "Laptop")
    ]
    shown = (await client.get("/api/me/sessions", headers=second)).json()["sessions"]
    assert [(one["user_agent"], one["is_this_one"]) for one in shown] == [("Laptop", True), ("Phone", False)]

    assert "one other" in (await client.delete("/api/me/sessions", headers=second)).json()["message"]

    assert (await client.get("/api/auth/me", headers=first)).json()["code"] == "SESSION_ENDED"
    assert len((await client.get("/api/me/sessions", headers=second)).json()["sessions"]) == 1
