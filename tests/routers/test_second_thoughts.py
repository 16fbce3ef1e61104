"""What is taken back before it counts: a transfer, a code, a name under a draft; and what of a handover stands in the book."""

from datetime import UTC, date, datetime, timedelta

import pytest

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from tests.factories import make_builder, make_customer, make_member, make_unit, make_units, put
from tests.routers.test_offers import set_policy
from tests.routers.test_parties import approve, asked, bring, code_for, shares, swap
from tests.routers.test_possession import certify_occupancy, drafted, post, registered, shown
from tests.speaking import speaking
from tests.stories import confirmed_booking, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    return builder, asha, ravi, await confirmed_booking(client, builder, asha, await make_unit(builder))


async def give_up(client, person, booking):
    return await client.delete(f"/api/bookings/{booking['id']}/transfer", headers=person.headers)


async def acts_on(booking):
    async with speaking(WORKER) as connection:
        asked = "SELECT action FROM audit_events WHERE entity_type = 'booking' AND entity_id = %s ORDER BY id"
        return [action for (action,) in await (await connection.execute(asked, [booking["id"]])).fetchall()]


async def test_a_transfer_is_taken_back_by_the_owner_or_declined_by_the_company(client, sale):
    builder, asha, ravi, booking = sale
    seller, settler = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.admin)
    nina = await make_customer("Nina Shah")
    await bring(client, nina, (await code_for(client, asha, booking)).json()["code"])
    assert (await give_up(client, asha, booking)).json()["code"] == "NO_TRANSFER"
    for person, other in ((asha, builder), (settler, asha)):
        await asked(client, asha, ravi, booking)
        assert (await give_up(client, ravi, booking)).status_code == 404
        assert (await give_up(client, nina, booking)).json()["code"] == "OWNER_ONLY"
        assert (await give_up(client, seller, booking)).status_code == 403

        assert (await give_up(client, person, booking)).json()["transfer_to_id"] is None

        assert (await approve(client, builder, booking, ravi)).json()["code"] == "NO_TRANSFER"
        assert (await types_told(client, other))[0] == "transfer_ended"
    assert (await types_told(client, ravi)).count("takeover_ended") == 2


async def test_the_fee_of_a_transfer_that_is_given_up_is_not_owed(client, sale):
    builder, asha, ravi, booking = sale
    await set_policy(client, builder, transfer_fee_percent=1)
    await asked(client, asha, ravi, booking)
    await give_up(client, asha, booking)
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    assert [line["status"] for line in lines if line["kind"] == "charge"] == ["cancelled"]
    await asked(client, asha, ravi, booking)
    assert (await approve(client, builder, booking, ravi)).json()["code"] == "FEE_UNPAID"


async def test_who_asks_for_the_end_has_nobody_any_more_to_take_it_over(client, sale):
    builder, asha, ravi, booking = sale
    await asked(client, asha, ravi, booking)
    path = f"/api/bookings/{booking['id']}/cancellation"
    await client.post(path, json={}, headers=asha.headers)
    await client.delete(path, headers=asha.headers)
    assert (await shown(client, asha, booking))["transfer_to_id"] is None
    assert await types_told(client, ravi) == ["takeover_ended"]
    assert (await approve(client, builder, booking, ravi)).json()["code"] == "NO_TRANSFER"


async def test_who_was_to_take_it_over_before_somebody_else_came_is_told_and_the_fee_is_asked_for_once(client, sale):
    builder, asha, ravi, booking = sale
    nina = await make_customer("Nina Shah")
    await set_policy(client, builder, transfer_fee_percent=1)
    for taker in (ravi, ravi, nina):
        await asked(client, asha, taker, booking)
    assert [await types_told(client, one) for one in (ravi, nina)] == [["takeover_ended"], []]
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    assert [line["status"] for line in lines if line["kind"] == "charge"] == ["demanded"]


async def test_an_exchange_leaves_nobody_to_take_it_over(client, sale):
    builder, asha, ravi, booking = sale
    [other] = await make_units(builder, booking["project_id"])
    await asked(client, asha, ravi, booking)
    assert (await swap(client, builder, booking, other)).status_code == 201
    assert await types_told(client, ravi) == ["takeover_ended"]


async def test_a_home_that_is_offered_is_taken_over_by_its_buyer(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await registered(client, builder, asha)
    await asked(client, asha, ravi, booking)
    await certify_occupancy(client, builder, booking)
    assert (await post(client, builder, booking, "possession-offer")).json()["transfer_to_id"] is None
    assert await types_told(client, ravi) == ["takeover_ended"]


async def test_an_end_for_default_leaves_nobody_to_take_it_over_and_no_fee_in_what_is_settled(client, sale):
    builder, asha, ravi, booking = sale
    await set_policy(client, builder, transfer_fee_percent=1)
    await asked(client, asha, ravi, booking)
    [first, *_] = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    await put(Installment, first["id"], due_date=date(2026, 1, 15))
    await put(Booking, booking["id"], default_notice_at=datetime.now(UTC) - timedelta(days=60))
    answer = await client.post(f"/api/bookings/{booking['id']}/termination", headers=builder.headers)
    assert (answer.status_code, answer.json()["transfer_to_id"]) == (200, None), answer.text
    settled = (await client.get(f"/api/bookings/{booking['id']}/cancellation-quote", headers=asha.headers)).json()
    assert settled["other_charges"] == 0 and (await types_told(client, ravi)) == ["takeover_ended"]


async def test_a_code_that_has_let_somebody_in_is_not_taken_back(client, sale):
    _, asha, ravi, booking = sale
    made = (await code_for(client, asha, booking)).json()
    await bring(client, ravi, made["code"])
    answer = await client.delete(f"/api/bookings/{booking['id']}/codes/{made['id']}", headers=asha.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "INVITE_USED")


async def test_who_has_signed_a_draft_and_leaves_has_signed_nothing(client, sale):
    builder, asha, ravi, booking = sale
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    terms = await drafted(client, builder, booking)
    for person in (asha, ravi):
        await post(client, person, booking, "signatures", content_hash=terms)

    gone = await client.delete(f"/api/bookings/{booking['id']}/co-applicants/{ravi.user_id}", headers=asha.headers)

    assert gone.status_code == 200 and await shares(client, builder, booking) == {asha.user_id: 100}
    names = (await client.get(f"/api/bookings/{booking['id']}/signatures", headers=asha.headers)).json()
    assert [one["customer_id"] for one in names] == [asha.user_id]
    assert "booking.signature_void" in await acts_on(booking)
    assert (await post(client, builder, booking, "signatures", content_hash=terms)).json()["code"] == "AGREEMENT_OUTDATED"


async def test_what_is_ticked_and_acknowledged_before_the_keys_is_written_down(client):
    builder, asha = await make_builder(), await make_customer()
    booking, engineer = await registered(client, builder, asha), await make_member(builder, TeamRole.engineer)
    await certify_occupancy(client, builder, booking)
    await post(client, builder, booking, "possession-offer")
    await client.put(f"/api/bookings/{booking['id']}/handover/checklist", json={"done": {"keys": True}}, headers=builder.headers)
    for _ in range(2):
        await post(client, asha, booking, "handover/acknowledgement")
    acts = await acts_on(booking)
    assert acts.count("booking.checked") == 1 and acts.count("booking_acknowledged") == 1
    assert (await types_told(client, engineer)).count("booking_acknowledged") == 1


async def test_who_agrees_to_a_transfer_says_what_they_have_verified_of_the_new_owner(client, sale):
    builder, asha, ravi, booking = sale
    await set_policy(client, builder, kyc_required=True, kyc_items=["identity", "income"])
    await asked(client, asha, ravi, booking)
    path, said = f"/api/bookings/{booking['id']}/transfer/approval", {"customer_id": ravi.user_id}

    missing = (await client.post(path, json=said | {"kyc_verified": ["income"]}, headers=builder.headers)).json()
    unknown = await client.post(path, json=said | {"kyc_verified": ["passport"]}, headers=builder.headers)
    new = await client.post(path, json=said | {"kyc_verified": ["identity", "income"]}, headers=builder.headers)

    assert (missing["code"], missing["missing"]) == ("KYC_INCOMPLETE", ["identity"])
    assert unknown.status_code == 422 and unknown.json()["errors"][0]["field"].endswith("kyc_verified")
    assert new.status_code == 200, new.text
    kept = (await client.get(f"/api/bookings/{new.json()['id']}/particulars", headers=ravi.headers)).json()["kyc_checklist"]
    assert {item: papers["verified_by"] for item, papers in kept.items()} == dict.fromkeys(("identity", "income"), builder.user_id)
