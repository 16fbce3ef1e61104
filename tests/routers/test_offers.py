"""However a unit comes back, it is offered to who waits, at the price that it has, for as long as is said."""

import pytest

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.units import Unit
from realestate.services import claims
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_unit
from tests.routers.test_waiting import accept, let_offer_pass, shown
from tests.stories import confirmed_booking, reserve, reserved_booking, types_told

pytestmark = pytest.mark.anyio
LINES = [
    {"code": "base", "name": "Base price", "amount": 7000000, "taxable": True},
    {"code": "tax", "name": "GST", "percent": 5},
    {"code": "fee", "name": "Stamp duty", "amount": 1000, "in_plan": False},
]


async def wait(client, person, unit_id):
    return await reserve(client, person, unit_id, None, intent="waitlist")


async def let_go(client, customer, booking):
    return await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=customer.headers)


async def set_policy(client, builder, **rules):
    said = {"setting_value": rules}
    assert (await client.put("/api/builder/settings/bookings.policy", json=said, headers=builder.headers)).status_code == 200


async def state_of(client, builder, unit_id):
    return (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).json()["status"]


async def cost_sheet(booking):
    async with transaction(WORKER) as session:
        return (await session.get_one(Booking, booking["id"])).cost_sheet


@pytest.fixture
async def pair(client):
    """Asha has the unit, Ravi waits."""
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    await client.patch(f"/api/units/{unit_id}", json={"price_lines": LINES}, headers=builder.headers)
    booking = await reserved_booking(client, asha, unit_id)
    return builder, asha, ravi, unit_id, booking, (await wait(client, ravi, unit_id)).json()


async def test_what_was_offered_costs_line_by_line_what_the_unit_costs(client, pair):
    _, asha, ravi, _, booking, waits = pair
    await let_go(client, asha, booking)
    assert (await accept(client, ravi, waits)).json()["total_amount"] == 7350000
    assert await cost_sheet(waits) == await cost_sheet(booking)
    assert [line["name"] for line in (await cost_sheet(waits))["outside_plan"]] == ["Stamp duty"]


@pytest.mark.parametrize("rules", [{"return_to": "unreleased"}, {"return_to": "unreleased", "hold_until_refund": True}])
async def test_who_waits_comes_before_the_policy_for_what_nobody_wants(client, pair, rules):
    builder, asha, ravi, unit_id, booking, waits = pair
    await set_policy(client, builder, **rules)
    assert (await let_go(client, asha, booking)).status_code == 201
    assert (await shown(client, ravi, waits))["offered_until"]
    await let_offer_pass(unit_id)
    await claims.end_due()
    assert await state_of(client, builder, unit_id) == "available"


async def test_a_reserve_that_lapses_leaves_the_unit_where_the_policy_says(client):
    builder, asha = await make_builder(), await make_customer()
    await set_policy(client, builder, return_to="unreleased")
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    await claims.end_due()
    assert await state_of(client, builder, unit_id) == "unreleased"


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("away", ["block", "release"])
async def test_a_unit_that_the_team_puts_on_sale_again_is_offered_first_to_who_waits(client, pair, away):
    builder, asha, ravi, unit_id, booking, _ = pair
    path = f"/api/units/{unit_id}/{away}"
    await let_go(client, asha, booking)
    await let_offer_pass(unit_id)
    await claims.end_due()  # on sale for everybody
    send, undo = ("POST", "DELETE") if away == "block" else ("DELETE", "POST")
    said = {"json": {"reason": "Model flat"}} if away == "block" else {}
    assert (await client.request(send, path, headers=builder.headers, **said)).status_code == 200
    again = (await wait(client, ravi, unit_id)).json()

    assert (await client.request(undo, path, headers=builder.headers)).status_code == 200

    assert (await shown(client, ravi, again))["offered_until"] and await state_of(client, builder, unit_id) == "held"
    assert (await reserve(client, await make_customer(), unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"
    assert (await accept(client, ravi, again)).json()["status"] == "reserved"


async def test_what_became_free_in_a_hidden_project_is_offered_when_it_is_shown_again(client, pair):
    builder, asha, ravi, unit_id, booking, waits = pair
    publication = f"/api/projects/{booking['project_id']}/publication"
    await client.delete(publication, headers=builder.headers)
    await let_go(client, asha, booking)
    assert (await shown(client, ravi, waits))["offered_until"] is None
    assert (await client.post(publication, headers=builder.headers)).status_code == 200
    assert (await shown(client, ravi, waits))["offered_until"] and await state_of(client, builder, unit_id) == "held"


# ── After the refunds ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def settled(client, builder, customer, unit_id):
    """The refunds of a booking that has ended for a delay of the company's."""
    booking = await confirmed_booking(client, builder, customer, unit_id)
    path = f"/api/bookings/{booking['id']}/cancellation"
    await client.post(path, json={"cause": "builder_delay"}, headers=builder.headers)
    assert (await client.post(f"{path}/approval", json={}, headers=builder.headers)).status_code == 200
    payments = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payments"]
    return [one["id"] for one in payments if one["kind"] == "refund"]


async def process(client, member, refund_ids):
    for id in refund_ids:
        for step, said in (("approval", None), ("processing", {"transaction_id": f"UTR{id}"})):
            answer = await client.post(f"/api/refunds/{id}/{step}", json=said, headers=member.headers)
            assert answer.status_code == 200, answer.text


async def test_a_unit_that_is_kept_back_for_refunds_is_offered_when_the_last_one_has_gone(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    other = await make_member(builder, TeamRole.admin)
    await set_policy(client, builder, hold_until_refund=True)
    unit_id = await make_unit(builder)
    refunds = await settled(client, builder, asha, unit_id)
    assert await state_of(client, builder, unit_id) == "blocked"
    waits = (await wait(client, ravi, unit_id)).json()
    await process(client, other, refunds[1:])
    assert await state_of(client, builder, unit_id) == "blocked"

    await process(client, other, refunds[:1])

    assert await state_of(client, builder, unit_id) == "held" and (await shown(client, ravi, waits))["offered_until"]
    assert "booking_offered" in await types_told(client, ravi)


async def test_a_unit_that_the_team_has_blocked_since_stays_so(client):
    builder, asha = await make_builder(), await make_customer()
    other = await make_member(builder, TeamRole.admin)
    await set_policy(client, builder, hold_until_refund=True, return_to="unreleased")
    first, second = await make_unit(builder), await make_unit(builder)
    refunds = await settled(client, builder, asha, first)
    await process(client, other, refunds)
    assert await state_of(client, builder, first) == "unreleased"
    refunds = await settled(client, builder, asha, second)
    await client.delete(f"/api/units/{second}/block", headers=builder.headers)
    await client.post(f"/api/units/{second}/block", json={"reason": "Litigation"}, headers=builder.headers)
    await process(client, other, refunds)
    assert await state_of(client, builder, second) == "blocked"


# ── Whose it is, and for how long ───────────────────────────────────────────────────────────────────────────────────────────


async def test_the_team_does_not_accept_in_the_place_of_who_waits(client, pair):
    builder, asha, ravi, unit_id, booking, waits = pair
    await let_go(client, asha, booking)
    order = {"customer_id": ravi.user_id, "unit_id": unit_id, "payment_plan": "construction_linked"}
    answer = await client.post("/api/builder/bookings", json=order, headers=builder.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "CUSTOMER_WAITS")
    assert (await accept(client, ravi, waits)).status_code == 200


async def test_an_offer_that_is_extended_lasts_as_long_as_its_hold(client, pair):
    builder, asha, ravi, unit_id, booking, waits = pair
    await let_go(client, asha, booking)
    held = await client.post(f"/api/units/{unit_id}/hold/extension", json={"hours": 5}, headers=builder.headers)
    assert (await shown(client, ravi, waits))["offered_until"] == held.json()["hold_expires_at"]


async def test_an_offer_is_not_accepted_when_its_time_is_over(client, pair):
    _, asha, ravi, unit_id, booking, waits = pair
    await let_go(client, asha, booking)
    await let_offer_pass(unit_id)
    assert (await accept(client, ravi, waits)).json()["code"] == "NO_OFFER"
    mine = (await client.get(f"/api/bookings/customer/{ravi.user_id}", headers=ravi.headers)).json()
    assert [one["id"] for one in mine] == [waits["id"]]


async def test_nobody_waits_for_what_they_hold_or_have(client):
    builder, asha = await make_builder(), await make_customer()
    reserved, held = await make_unit(builder), await make_unit(builder)
    await reserved_booking(client, asha, reserved)
    await client.post(f"/api/units/{held}/hold", json={}, headers=asha.headers)
    for unit_id in (reserved, held):
        assert (await wait(client, asha, unit_id)).json()["code"] == "ALREADY_YOURS"
