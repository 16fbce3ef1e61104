"""Who waits for a unit gets it, one after the other, whether somebody claims it next or a sweeper comes by."""

import asyncio

import pytest

from realestate.database import VISITOR, WORKER
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.units import Hold, Unit
from realestate.services import claims
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.speaking import attempt, speaking
from tests.stories import confirmed_booking, reserve, reserved_booking, set_status, timeline, types_told

pytestmark = pytest.mark.anyio


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


async def accept(client, person, booking, plan="construction_linked"):
    said = {"payment_plan": plan}
    return await client.post(f"/api/bookings/{booking['id']}/offer-acceptance", json=said, headers=person.headers)


async def let_offer_pass(unit_id):
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    async with speaking(WORKER) as connection:
        [hold] = await (await connection.execute("SELECT id FROM holds WHERE unit_id = %s AND ended_at IS NULL", [unit_id])).fetchone()
    await let_time_pass(Hold, hold, "expires_at")


@pytest.fixture
async def queue(client):
    """Asha has it, Ravi and Nina wait, in this order."""
    builder = await make_builder()
    asha, ravi, nina = await make_customer(), await make_customer("Ravi Nair"), await make_customer("Nina Shah")
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    waits = [(await reserve(client, one, unit_id, None, intent="waitlist")).json() for one in (ravi, nina)]
    return builder, asha, ravi, nina, unit_id, booking, waits


async def test_what_becomes_free_is_offered_to_the_first_and_to_nobody_else(client, queue):
    _, asha, ravi, nina, unit_id, booking, (first, second) = queue
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)

    assert (await shown(client, ravi, first))["offered_until"] and (await shown(client, nina, second))["offered_until"] is None
    assert (await types_told(client, ravi))[0] == "booking_offered" and "booking_offered" not in await types_told(client, nina)
    assert (await accept(client, nina, second)).json()["code"] == "NO_OFFER"
    assert (await reserve(client, await make_customer(), unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"
    mine = await accept(client, ravi, first)
    assert (mine.status_code, mine.json()["id"], mine.json()["status"]) == (200, first["id"], "reserved")
    assert mine.json()["offered_until"] is None and mine.json()["pending_amount"] == 7500000.01
    assert (await accept(client, ravi, first)).json()["code"] == "INVALID_TRANSITION"


async def test_an_offer_that_is_let_pass_goes_to_the_next_and_at_last_to_everybody(client, queue):
    _, asha, ravi, nina, unit_id, booking, (first, second) = queue
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    await let_offer_pass(unit_id)
    assert await claims.end_due() >= 1

    assert (await shown(client, ravi, first))["status"] == "expired" and (await types_told(client, ravi))[0] == "booking_offer_missed"
    assert (await shown(client, nina, second))["offered_until"]
    assert (await client.delete(f"/api/units/{unit_id}/hold", headers=nina.headers)).status_code == 200  # not any more, thank you
    assert (await shown(client, nina, second))["status"] == "expired"
    assert (await client.get(f"/api/units/{unit_id}")).json()["status"] == "available"
    assert (await reserve(client, ravi, unit_id)).status_code == 201


async def test_who_comes_upon_an_offer_that_is_over_is_refused_and_the_next_has_it_all_the_same(client, queue):
    _, asha, ravi, nina, unit_id, booking, (first, second) = queue
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    await let_offer_pass(unit_id)
    stranger = await make_customer()

    assert (await reserve(client, stranger, unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"  # no sweeper has come by

    assert (await shown(client, ravi, first))["status"] == "expired" and (await types_told(client, ravi))[0] == "booking_offer_missed"
    assert (await shown(client, nina, second))["offered_until"] and (await types_told(client, nina))[0] == "booking_offered"
    await let_offer_pass(unit_id)
    assert (await accept(client, nina, second)).json()["code"] == "NO_OFFER"  # too late
    held = await client.post(f"/api/units/{unit_id}/hold", headers=stranger.headers)
    assert held.status_code == 200, held.text
    assert (await shown(client, nina, second))["status"] == "expired"


async def test_a_settled_cancellation_and_a_lapsed_reserve_are_offered_as_well(client, queue):
    builder, asha, ravi, nina, unit_id, booking, (first, second) = queue
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    await claims.end_due()
    assert (await shown(client, asha, booking))["status"] == "expired"
    await accept(client, ravi, first)
    await set_status(client, builder, first, "rejected", reason="No papers.")
    assert (await shown(client, nina, second))["offered_until"]
    steps = await timeline(client, builder, first)
    assert [one["to_status"] for one in steps if one["kind"] == "step"] == ["waitlisted", "reserved", "rejected"]


async def test_a_unit_comes_back_where_the_policy_says_when_nobody_waits(client):
    builder, asha = await make_builder(), await make_customer()
    rules = {"setting_value": {"return_to": "unreleased"}}
    await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)
    unit_id = await make_unit(builder)
    booking = await confirmed_booking(client, builder, asha, unit_id)
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json={}, headers=builder.headers)
    assert (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).json()["status"] == "unreleased"


async def test_sweepers_who_meet_do_nothing_twice(client):
    builder = await make_builder()
    units = await make_units(builder, await make_project(builder), 6)
    for unit_id in units:
        booking = await reserved_booking(client, await make_customer(), unit_id)
        await let_time_pass(Booking, booking["id"], "reserve_expires_at")
        await let_time_pass(Unit, unit_id, "hold_expires_at")
    assert sum(await asyncio.gather(*(claims.end_due() for _ in range(3)))) >= 6  # and those that other tests have left
    assert (await types_told(client, builder)).count("booking_expired") == 6


async def test_who_waits_reads_which_place_they_have_and_the_team_reads_all(client, queue):
    builder, asha, ravi, nina, _, booking, (first, second) = queue
    assert [one["waitlist_position"] for one in (first, second, booking)] == [1, 2, None]
    listed = (await client.get("/api/builder/bookings?status=waitlisted", headers=builder.headers)).json()["bookings"]
    assert {one["id"]: one["waitlist_position"] for one in listed} == {first["id"]: 1, second["id"]: 2}

    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    assert (await shown(client, ravi, first))["waitlist_position"] == 1  # it is theirs to take
    await accept(client, ravi, first)

    [mine] = (await client.get(f"/api/bookings/customer/{nina.user_id}", headers=nina.headers)).json()
    assert (mine["id"], mine["waitlist_position"]) == (second["id"], 1)
    assert (await shown(client, ravi, first))["waitlist_position"] is None


async def test_a_place_in_the_line_is_nobody_elses_to_ask_for(client, queue):
    builder, asha, ravi, nina, _, booking, (first, second) = queue
    seller, engineer = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.engineer, 2**40)
    places = {ravi: [1, None, None], nina: [None, 2, None], builder: [1, 2, None], WORKER: [1, 2, None]}
    nothing = [None, None, None]
    places |= dict.fromkeys((asha, await make_customer(), await make_builder("Bharat Builders"), seller, engineer), nothing)
    for who, said in places.items():
        async with speaking(who) as connection:
            asked = [await connection.execute("SELECT waitlist_position(%s)", [one["id"]]) for one in (first, second, booking)]
            assert [(await one.fetchone())[0] for one in asked] == said, who
    assert await attempt(VISITOR, f"SELECT waitlist_position({first['id']})") == "42501"
