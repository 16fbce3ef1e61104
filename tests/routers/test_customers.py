"""Whom a company knows: invited, assigned, and looked after."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member

pytestmark = pytest.mark.anyio


async def invite(client, member, email="asha@example.com"):
    said = {"full_name": "Asha Rao", "email": email, "phone": "+919876543210"}
    return await client.post("/api/builder/customers", json=said, headers=member.headers)


async def join(client, customer, code):
    return await client.post("/api/customer/join", json={"code": code}, headers=customer.headers)


async def customers(client, member, question=""):
    return (await client.get(f"/api/builder/customers{question}", headers=member.headers)).json()


async def test_who_may(client):
    builder, asha = await make_builder(), await make_customer()
    assert (await client.get("/api/builder/customers")).status_code == 401
    assert (await invite(client, asha)).json()["code"] == "WRONG_ROLE"
    assert (await invite(client, await make_member(builder, TeamRole.finance))).json()["code"] == "NOT_PERMITTED"
    assert (await client.get(f"/api/builder/customers/{asha.user_id}", headers=builder.headers)).status_code == 404


async def test_a_customer_who_brings_the_code_is_the_sellers(client):
    builder = await make_builder()
    seller, other = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    asha, ravi = await make_customer(), await make_customer("Ravi Nair")
    code = (await invite(client, seller)).json()["code"]
    assert (await customers(client, seller))["total"] == 0

    assert (await join(client, asha, code)).status_code == 201

    [lead] = (await customers(client, seller))["customers"]
    assert (lead["customer_id"], lead["customer"]["full_name"], lead["customer"]["email"]) == (asha.user_id, "Asha Rao", asha.email)
    assert (lead["stage"], lead["source"], lead["assigned_to"]) == ("new", "team", seller.user_id)
    assert (await join(client, ravi, code)).json()["code"] == "INVITE_INVALID"
    assert (await customers(client, other))["total"] == 0 and (await customers(client, builder))["total"] == 1
    assert (await client.post("/api/builder/join", json={"code": code, "full_name": "x", "password": "correct horse"})).status_code == 404


async def test_inviting_a_known_address_tells_nothing_and_opens_nothing(client):
    builder, asha = await make_builder(), await make_customer()
    known, unknown = await invite(client, builder, asha.email), await invite(client, builder, "nobody@example.com")
    assert known.status_code == unknown.status_code == 201 and known.json().keys() == unknown.json().keys()
    assert (await customers(client, builder))["total"] == 0


async def test_a_customer_keeps_their_seller(client):
    builder = await make_builder()
    first, second = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    asha = await make_customer(known_to=first)
    assert (await join(client, asha, (await invite(client, second)).json()["code"])).status_code == 201
    assert (await customers(client, builder))["customers"][0]["assigned_to"] == first.user_id


async def test_managers_say_who_looks_after_whom(client):
    builder = await make_builder()
    seller, manager = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales_manager)
    asha = await make_customer(known_to=builder)
    path = f"/api/builder/customers/{asha.user_id}"
    assert (await client.patch(path, json={"stage": "contacted"}, headers=seller.headers)).status_code == 404
    assert (await client.patch(path, json={"assigned_to": seller.user_id}, headers=seller.headers)).json()["code"] == "NOT_PERMITTED"

    answer = await client.patch(path, json={"assigned_to": seller.user_id}, headers=manager.headers)

    assert answer.json()["assigned_to"] == seller.user_id
    assert (await client.patch(path, json={"stage": "qualified"}, headers=seller.headers)).json()["stage"] == "qualified"
    stranger = await make_builder("Bharat Builders")
    for nobody in (asha, stranger):
        assert (await client.patch(path, json={"assigned_to": nobody.user_id}, headers=manager.headers)).status_code == 404
    assert (await client.patch(path, json={"stage": "lost"}, headers=stranger.headers)).status_code == 404
    assert (await client.patch(path, json={"assigned_to": None}, headers=manager.headers)).json()["assigned_to"] is None


async def test_they_are_found_by_what_is_known_of_them(client):
    builder = await make_builder()
    asha, ravi = await make_customer(known_to=builder), await make_customer("Ravi Nair", known_to=builder)
    for question, found in (("?q=rav", [ravi]), (f"?q={asha.email[:12]}", [asha]), ("?stage=booked", []), ("?source=team", [ravi, asha])):
        page = await customers(client, builder, question)
        assert [lead["customer_id"] for lead in page["customers"]] == [person.user_id for person in found], question
