"""What has happened to a booking, its steps and its money, in the order in which it happened."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.queries import counted
from tests.routers.test_parties import bring, code_for
from tests.routers.test_possession import signed_booking
from tests.stories import confirmed_booking, pay, timeline

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    builder, asha = await make_builder(), await make_customer()
    return builder, asha, await confirmed_booking(client, builder, asha, await make_unit(builder))


def facts(moments):
    return [(one["kind"], one["to_status"] or one["amount"]) for one in moments]


BEGINNING = [
    ("step", "reserved"),
    ("receipt_cleared", 150000),
    ("step", "token_paid"),
    ("step", "booking_confirmed"),
]


async def test_money_stands_between_the_steps_with_its_number_for_all_parties_in_one_statement(client, sale):
    builder, asha, booking = sale
    ravi = await make_customer("Ravi Nair")
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    for person in (asha, ravi, builder):
        with counted() as statements:
            moments = await timeline(client, person, booking)
        assert facts(moments) == BEGINNING and len(statements) == 1
    assert moments[1]["number"].startswith("R-")
    assert [one["by_role"] for one in moments] == ["customer", None, "builder", "builder"]
    assert [one["at"] for one in moments] == sorted(one["at"] for one in moments)


async def test_what_is_demanded_stands_behind_the_step_that_has_asked_for_it(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await signed_booking(client, builder, asha, "construction_linked")
    moments = await timeline(client, asha, booking)
    asked = facts(moments).index(("demand_issued", 1125000))
    assert asked > facts(moments).index(("step", "agreement_signed")) and moments[asked]["number"].startswith("D-")


async def test_what_bounces_and_what_goes_back_stands_there_too(client, sale):
    builder, asha, booking = sale
    checker = await make_member(builder, TeamRole.admin)
    cheque = (await pay(client, builder, booking, 1000, "cheque")).json()
    await client.post(f"/api/payments/{cheque['id']}/clearance", headers=builder.headers)
    answer = await client.post(f"/api/payments/{cheque['id']}/bounce", json={"reason": "No funds."}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    receipt = (await pay(client, builder, booking, 2000)).json()
    refund = (
        await client.post(f"/api/payments/{receipt['id']}/refunds", json={"amount": 500, "reason": "x"}, headers=builder.headers)
    ).json()
    for step in ("approval", "processing"):
        answer = await client.post(f"/api/refunds/{refund['id']}/{step}", json={}, headers=checker.headers)
        assert answer.status_code in (200, 201), answer.text

    moments = (await timeline(client, asha, booking))[len(BEGINNING) :]

    assert facts(moments) == [("receipt_cleared", 1000), ("receipt_bounced", 1000), ("receipt_cleared", 2000), ("refund_paid", 500)]
    assert moments[1]["reason"] == "No funds."


async def test_a_stranger_finds_no_timeline(client, sale):
    answer = await client.get(f"/api/bookings/{sale[2]['id']}/timeline", headers=(await make_customer()).headers)
    assert answer.status_code == 404
