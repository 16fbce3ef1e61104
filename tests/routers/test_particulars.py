"""What stands behind a booking, and what is granted off its price."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member
from tests.routers.test_parties import bring, code_for
from tests.stories import send, set_status, token_paid_sale, types_told, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    return await token_paid_sale(client)


async def test_nothing_is_allotted_before_papers_are_verified_where_the_policy_says_so(client, sale):
    builder, asha, booking = sale
    rules = {"setting_value": {"kyc_required": True, "kyc_items": ["identity"]}}
    await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)
    assert (await set_status(client, builder, booking, "booking_confirmed")).json()["code"] == "KYC_INCOMPLETE"
    assert (await send(client, "POST", builder, booking, "kyc/identity/verification", verified=True)).json()["code"] == "NOTHING_SHOWN"
    mine = (await upload(client, asha, kind="identity", booking_id=booking["id"])).json()["id"]
    private = (await upload(client, asha, kind="identity")).json()["id"]
    assert (await send(client, "PUT", asha, booking, "kyc/identity", document_id=private)).status_code == 404
    assert (await send(client, "PUT", asha, booking, "kyc/passport", document_id=mine)).status_code == 404
    assert (await send(client, "PUT", asha, booking, "kyc/identity", document_id=mine)).status_code == 200
    assert (await send(client, "POST", builder, booking, "kyc/identity/verification", verified=False)).status_code == 422
    refused = await send(client, "POST", builder, booking, "kyc/identity/verification", verified=False, reason="Too dark.")
    assert refused.json()["kyc_checklist"]["identity"]["reason"] == "Too dark."
    assert (await types_told(client, asha))[0] == "kyc_doc_rejected"
    assert (await set_status(client, builder, booking, "booking_confirmed")).json()["code"] == "KYC_INCOMPLETE"
    await send(client, "POST", builder, booking, "kyc/identity/verification", verified=True)
    assert (await set_status(client, builder, booking, "booking_confirmed")).json()["allotment_no"] == f"AL-{booking['id']:06d}"


async def test_a_loan_and_nominees_are_kept(client, sale):
    builder, asha, booking = sale
    assert (await send(client, "PUT", asha, booking, "loan", lender="State Bank", loan_amount=6000000)).json()["lender"] == "State Bank"
    assert (await send(client, "PUT", asha, booking, "loan", loan_approved=True)).json()["code"] == "TEAM_ONLY"
    assert (await send(client, "PUT", builder, booking, "loan", loan_approved=True)).json()["loan_approved"] is True
    assert (await send(client, "PUT", asha, booking, "loan", loan_amount=90000000)).status_code == 422
    half = [{"full_name": name, "relation": "child", "share": 50} for name in ("Maya Rao", "Dev Rao")]
    assert (await send(client, "PUT", asha, booking, "nominees", nominees=half[:1])).status_code == 422
    said = (await send(client, "PUT", asha, booking, "nominees", nominees=half)).json()
    assert said["nominees"] == half


async def test_an_approval_is_of_one_loan(client, sale):
    builder, asha, booking = sale

    async def funded(person, **said):
        return (await send(client, "PUT", person, booking, "loan", **said)).json()["loan_approved"]

    assert await funded(builder, lender="State Bank", loan_amount=6000000, loan_approved=True)
    assert await funded(asha, lender="State Bank", loan_amount=6000000)  # as it was
    assert not await funded(asha, loan_amount=7000000)
    assert await funded(builder, loan_approved=True) and not await funded(builder, lender="City Bank")
    assert await funded(builder, lender="State Bank", loan_approved=True) and not await funded(builder, loan_approved=False)


async def test_papers_loan_and_nominees_are_read_by_the_owner_and_by_who_sells_or_signs(client, sale):
    builder, asha, booking = sale
    ravi, path = await make_customer("Ravi Nair"), f"/api/bookings/{booking['id']}/particulars"
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=ravi.headers)).status_code == 200
    assert (await client.get(path, headers=ravi.headers)).status_code == 404
    for role in TeamRole:
        member = builder if role is TeamRole.owner else await make_member(builder, role)
        is_theirs = role not in (TeamRole.engineer, TeamRole.support, TeamRole.viewer, TeamRole.sales)  # sales: not this customer's
        answer = await client.get(path, headers=member.headers)
        assert answer.status_code == (200 if is_theirs else 404 if role is TeamRole.sales else 403), role
    assert (await client.get(path, headers=asha.headers)).status_code == 200


@pytest.mark.parametrize("items", [["Aadhaar Card"], ["identity", ""], ["Ident\u0131ty"]])
async def test_an_item_that_no_path_could_name_is_not_set(client, items):
    builder = await make_builder()
    rules = {"setting_value": {"kyc_items": items}}
    answer = await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)
    assert answer.status_code == 422 and "kyc_items" in answer.json()["errors"][0]["field"]


async def test_papers_of_a_person_are_for_those_who_read_the_checklist(client, sale):
    builder, asha, booking = sale
    path, ravi = f"/api/bookings/{booking['id']}", await make_customer("Ravi Nair")
    paper = (await upload(client, asha, kind="identity", booking_id=booking["id"])).json()["id"]
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    his = (await upload(client, ravi, kind="income", booking_id=booking["id"])).json()["id"]
    members = [await make_member(builder, role) for role in TeamRole if role not in (TeamRole.owner, TeamRole.sales)]

    async def sees(person):
        answers = [await client.get(f"/api/documents/{one}", headers=person.headers) for one in (paper, his)]
        listed = (await client.get(path + "/documents", headers=person.headers)).json()["documents"]
        assert [answer.status_code == 200 for answer in answers] == [one in {row["id"] for row in listed} for one in (paper, his)]
        return [answer.status_code for answer in answers]

    for person in (asha, builder):
        assert await sees(person) == [200, 200]
    assert await sees(ravi) == [404, 200], "what a co-applicant has shown is theirs to see"
    for member in members:
        is_insider = (await client.get(path + "/particulars", headers=member.headers)).status_code == 200
        assert await sees(member) == ([200, 200] if is_insider else [404, 404]), member.team_role
