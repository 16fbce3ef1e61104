"""Co-applicants who join with a code, bookings that go over to somebody else, and units that are exchanged."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from realestate.config import settings
from realestate.models.accounts import TeamRole
from realestate.models.bookings import PartyInvite
from realestate.models.payments import Installment
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units, put
from tests.paying import event, ordered, seen, tell
from tests.stories import confirmed_booking, pay, reserve, reserved_booking, types_told

pytestmark = pytest.mark.anyio


async def code_for(client, owner, booking, share=40):
    return await client.post(f"/api/bookings/{booking['id']}/co-applicants/code", json={"share": share}, headers=owner.headers)


async def bring(client, person, code):
    return await client.post("/api/customer/join", json={"code": code}, headers=person.headers)


async def shares(client, person, booking):
    said = (await client.get(f"/api/bookings/{booking['id']}/co-applicants", headers=person.headers)).json()
    return {one["customer_id"]: one["share"] for one in said}


@pytest.fixture
async def sale(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    return builder, asha, ravi, unit_id, await confirmed_booking(client, builder, asha, unit_id)


async def test_a_co_applicant_joins_with_a_code_sees_the_booking_and_owns_a_share(client, sale):
    builder, asha, ravi, _, booking = sale
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=ravi.headers)).status_code == 404
    made = (await code_for(client, asha, booking)).json()

    joined = await bring(client, ravi, made["code"].lower())

    assert joined.status_code == 201, joined.text
    for person in (ravi, builder):
        mine = (await client.get(f"/api/bookings/customer/{ravi.user_id}", headers=person.headers)).json()
        assert [one["id"] for one in mine] == [booking["id"]]
    assert await shares(client, builder, booking) == {asha.user_id: 60, ravi.user_id: 40} == await shares(client, asha, booking)
    for path in ("", "/payments", "/schedule", "/timeline", "/documents"):
        assert (await client.get(f"/api/bookings/{booking['id']}{path}", headers=ravi.headers)).status_code == 200
    assert "booking_joined" in await types_told(client, asha) and "booking_joined" in await types_told(client, builder)
    assert (await bring(client, ravi, made["code"])).json()["code"] == "INVITE_INVALID"
    await pay(client, builder, booking, 1000)
    assert "receipt_cleared" in await types_told(client, ravi)


async def test_a_co_applicant_neither_cancels_nor_transfers_nor_invites(client, sale):
    _, asha, ravi, _, booking = sale
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    path = f"/api/bookings/{booking['id']}"
    for method, rest, said in (
        ("POST", "/cancellation", {}),
        ("DELETE", "/cancellation", None),
        ("POST", "/co-applicants/code", {"share": 1}),
        ("DELETE", f"/co-applicants/{asha.user_id}", None),
        ("POST", "/transfer/code", None),
        ("POST", "/handover/acknowledgement", None),
    ):
        answer = await client.request(method, path + rest, headers=ravi.headers, **({} if said is None else {"json": said}))
        assert (answer.status_code, answer.json()["code"]) == (403, "OWNER_ONLY"), rest


async def test_shares_stay_whole_and_the_owner_keeps_one(client, sale):
    builder, asha, ravi, _, booking = sale
    for bad in (0, 100, -1, "NaN", True):
        assert (await code_for(client, asha, booking, bad)).status_code == 422, bad
    first, second = [(await code_for(client, asha, booking, 60)).json() for _ in range(2)]
    assert (await bring(client, ravi, first["code"])).status_code == 201
    assert (await bring(client, await make_customer("Nina Shah"), second["code"])).json()["errors"][0]["code"] == "TOO_MUCH"
    gone = await client.delete(f"/api/bookings/{booking['id']}/co-applicants/{ravi.user_id}", headers=asha.headers)
    assert gone.status_code == 200 and await shares(client, builder, booking) == {asha.user_id: 100}
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=ravi.headers)).status_code == 404
    answer = await client.delete(f"/api/bookings/{booking['id']}/co-applicants/{asha.user_id}", headers=asha.headers)
    assert answer.status_code == 404


async def test_of_twenty_who_bring_a_code_at_once_one_joins(client, sale):
    _, asha, _, _, booking = sale
    code = (await code_for(client, asha, booking)).json()["code"]
    people = [await make_customer(f"Guest {n}") for n in range(20)]

    async def come(person):
        for _ in range(5):  # with few connections some have to ask again, as Retry-After says
            answer = await bring(client, person, code)
            if answer.status_code != 503 and answer.json().get("code") != "BUSY":
                break
        return answer.status_code

    assert Counter(await asyncio.gather(*map(come, people))) == {201: 1, 404: 19}
    assert sum((await shares(client, asha, booking)).values()) == 100


async def test_a_code_ends_when_it_is_taken_back_or_too_old(client, sale):
    _, asha, ravi, _, booking = sale
    back, old = [(await code_for(client, asha, booking)).json() for _ in range(2)]
    for _ in range(2):
        answer = await client.delete(f"/api/bookings/{booking['id']}/codes/{back['id']}", headers=asha.headers)
        assert answer.status_code == 200
    await let_time_pass(PartyInvite, old["id"], "expires_at")
    for code in (back["code"], old["code"], "AAAA-AAAA"):
        assert (await bring(client, ravi, code)).json()["code"] == "INVITE_INVALID"
    assert (await client.delete(f"/api/bookings/{booking['id']}/codes/{back['id']}", headers=ravi.headers)).status_code == 404


# ── Transfer ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def asked(client, owner, taker, booking):
    code = (await client.post(f"/api/bookings/{booking['id']}/transfer/code", headers=owner.headers)).json()["code"]
    assert (await bring(client, taker, code)).status_code == 201


async def approve(client, member, booking, customer):
    said = {"customer_id": customer.user_id}
    return await client.post(f"/api/bookings/{booking['id']}/transfer/approval", json=said, headers=member.headers)


async def test_a_booking_goes_over_to_somebody_else_with_its_money_and_terms(client, sale):
    builder, asha, ravi, unit_id, booking = sale
    await pay(client, builder, booking, 850000)
    before = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    assert (await approve(client, builder, booking, ravi)).json()["code"] == "NO_TRANSFER"
    await asked(client, asha, ravi, booking)
    assert (await approve(client, await make_member(builder, TeamRole.sales_manager), booking, ravi)).status_code == 403

    new = (await approve(client, builder, booking, ravi)).json()

    assert (new["customer_id"], new["status"], new["transferred_from_id"]) == (ravi.user_id, "booking_confirmed", booking["id"])
    assert (new["total_amount"], new["paid_amount"]) == (booking["total_amount"], 1000000)
    after = (await client.get(f"/api/bookings/{new['id']}/schedule", headers=ravi.headers)).json()
    facts = ("seq", "name", "amount", "paid_amount", "status", "due_date")
    assert [[line[name] for name in facts] for line in after] == [[line[name] for name in facts] for line in before]
    old = (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()
    assert (old["status"], old["paid_amount"], old["pending_amount"]) == ("transferred", 0, 0)
    assert (await client.get(f"/api/units/{unit_id}", headers=ravi.headers)).json()["status"] == "booked"
    assert (await client.get(f"/api/bookings/{new['id']}", headers=asha.headers)).status_code == 404
    assert (await types_told(client, asha))[0] == "booking_transferred" and (await types_told(client, ravi))[0] == "booking_confirmed"


async def fees(client, builder, first):
    rules = {"setting_value": {"transfer_fee_percent": 1, "transfer_fee_first": first}}
    assert (await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)).is_success


async def charges(client, person, booking):
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=person.headers)).json()
    return [(line["name"], line["amount"], line["status"]) for line in lines if line["kind"] == "charge"]


async def test_the_fee_of_a_transfer_is_paid_before_it_is_agreed_to(client, sale):
    builder, asha, ravi, _, booking = sale
    await fees(client, builder, first=True)
    for _ in range(2):  # charged once, whoever comes
        await asked(client, asha, ravi, booking)
    assert await charges(client, asha, booking) == [("Transfer fee", 75000, "demanded")]
    refused = (await approve(client, builder, booking, ravi)).json()
    assert (refused["code"], refused["outstanding"]) == ("FEE_UNPAID", 75000)
    await pay(client, builder, booking, 600000 + 75000)  # the rest of the first line is owed before it

    new = (await approve(client, builder, booking, ravi)).json()

    assert await charges(client, ravi, new) == [(f"Transfer fee of {booking['booking_number']}", 75000, "paid")]
    assert new["paid_amount"] == 825000
    await asked(client, ravi, asha, new)
    assert (await approve(client, builder, new, asha)).json()["code"] == "FEE_UNPAID", "each time anew"


async def test_a_notice_for_a_fee_ends_with_the_fee(client, sale):
    builder, asha, ravi, _, booking = sale
    await fees(client, builder, first=True)
    await pay(client, builder, booking, 600000)
    await asked(client, asha, ravi, booking)
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    (fee,) = [line["id"] for line in lines if line["kind"] == "charge"]
    await put(Installment, fee, due_date=datetime.now(UTC).date() - timedelta(days=40))
    assert (await client.post(f"/api/bookings/{booking['id']}/default-notice", headers=builder.headers)).status_code == 201

    assert (await client.delete(f"/api/bookings/{booking['id']}/transfer", headers=asha.headers)).status_code == 200

    kept = (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()
    assert kept["default_notice_at"] is None, "who falls behind later is given another one"


async def test_or_it_is_owed_afterwards_where_the_policy_says_so(client, sale):
    builder, asha, ravi, _, booking = sale
    await fees(client, builder, first=False)
    await asked(client, asha, ravi, booking)
    new = (await approve(client, builder, booking, ravi)).json()
    assert await charges(client, ravi, new) == [("Transfer fee", 75000, "demanded")] and await charges(client, asha, booking) == []


async def test_money_on_its_way_is_waited_for(client, sale):
    builder, asha, ravi, _, booking = sale
    await asked(client, asha, ravi, booking)
    await pay(client, builder, booking, 1000, "cheque")
    assert (await approve(client, builder, booking, ravi)).json()["code"] == "PAYMENT_PENDING"


async def test_an_open_page_is_not_waited_for_and_money_that_comes_on_it_goes_back(client, sale, monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)
    builder, asha, ravi, _, booking = sale
    payment = await ordered(client, asha, booking, 1000)
    await asked(client, asha, ravi, booking)
    new = (await approve(client, builder, booking, ravi)).json()
    assert (new["transferred_from_id"], new["paid_amount"]) == (booking["id"], 150000)

    assert (await tell(client, event(payment))).status_code == 200

    [issue] = (await client.get("/api/builder/payment-issues?status=open", headers=builder.headers)).json()["issues"]
    assert (issue["kind"], issue["amount"], issue["payment_id"]) == ("orphan", 1000, payment["id"])
    assert (await seen(client, asha, payment))["payment_status"] == "completed" and "payment_orphaned" in await types_told(client, asha)
    refunds = (await client.get("/api/builder/payments?kind=refund", headers=builder.headers)).json()["payments"]
    assert [one["amount"] for one in refunds if one["payment_status"] == "pending"] == [1000]
    assert (await client.get(f"/api/bookings/{new['id']}", headers=ravi.headers)).json()["paid_amount"] == 150000


# ── Swap ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def swap(client, member, booking, unit_id):
    return await client.post(f"/api/bookings/{booking['id']}/swap", json={"unit_id": unit_id}, headers=member.headers)


async def test_a_unit_is_exchanged_for_another_at_its_price_and_the_first_is_free(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    project = await make_project(builder)
    [first] = await make_units(builder, project)
    [dear] = await make_units(builder, project, price="9000000")
    booking = await confirmed_booking(client, builder, asha, first)
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    await reserve(client, ravi, first, None, intent="waitlist")

    new = (await swap(client, builder, booking, dear)).json()

    assert (new["status"], new["total_amount"], new["paid_amount"], new["swapped_from_id"]) == (
        "booking_confirmed",
        9000000,
        150000,
        booking["id"],
    )
    assert new["pending_amount"] == 8850000 and await shares(client, asha, new) == {asha.user_id: 60, ravi.user_id: 40}
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["status"] == "swapped"
    assert (await types_told(client, ravi))[0] in ("booking_offered", "booking_swapped", "receipt_cleared")
    assert (await reserve(client, await make_customer(), first)).json()["code"] == "UNIT_NOT_AVAILABLE"  # Ravi has waited for it


async def test_swaps_that_cross_do_not_wait_for_each_other(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    one, other, free = await make_units(builder, await make_project(builder), 3)
    ashas, ravis = await confirmed_booking(client, builder, asha, one), await confirmed_booking(client, builder, ravi, other)
    for _ in range(5):
        answers = await asyncio.gather(swap(client, builder, ashas, other), swap(client, builder, ravis, one))
        assert [answer.json()["code"] for answer in answers] == ["UNIT_NOT_AVAILABLE"] * 2
    both = await asyncio.gather(swap(client, builder, ashas, free), swap(client, builder, ravis, free))
    assert sorted(answer.status_code for answer in both) == [201, 409]


async def test_another_companys_unit_is_not_there_and_a_reserve_is_not_swapped(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    theirs = await make_unit(await make_builder("Bharat Builders"))
    assert (await swap(client, builder, booking, theirs)).json()["code"] == "INVALID_TRANSITION"
    confirmed = await confirmed_booking(client, builder, asha, await make_unit(builder))
    assert (await swap(client, builder, confirmed, theirs)).status_code == 404
