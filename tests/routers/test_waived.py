"""What two have let go of: so much, whatever becomes of the money beside it."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.paying import checkout
from tests.routers.test_bounces import bounce, money
from tests.routers.test_lost_tokens import give_back
from tests.stories import pay, reserved_booking

pytestmark = pytest.mark.anyio
PRICE, FIRST = 7500000.01, 750000


async def waive(client, builder, line):
    clerk, admin = await make_member(builder, TeamRole.finance), await make_member(builder, TeamRole.admin)
    made = (await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "Goodwill"}, headers=clerk.headers)).json()
    answer = await client.post(f"/api/waivers/{made['id']}/approval", headers=admin.headers)
    assert answer.status_code == 200, answer.text
    return made["amount"]


@pytest.fixture
async def waived(client):
    """A line of 750,000 of which 700,000 are paid, and the rest let go of."""
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    paid = (await pay(client, builder, booking, 700000)).json()
    line = (await money(client, asha, booking))["payment_schedule"][0]
    assert await waive(client, builder, line) == 50000
    return builder, asha, booking, paid


async def statement(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/statement", headers=person.headers)).json()


async def test_the_rest_of_a_line_is_a_line_of_its_own(client, waived):
    _, asha, booking, _ = waived
    lines = (await money(client, asha, booking))["payment_schedule"]
    said = [(line["name"], line["amount"], line["paid_amount"], line["status"]) for line in (lines[0], lines[-1])]
    name = lines[0]["name"]
    assert said == [(name, 700000, 700000, "paid"), (name, 50000, 0, "waived")]
    assert (await statement(client, asha, booking))["closing_balance"] == 0


@pytest.mark.parametrize("how", [bounce, give_back], ids=["it bounces", "it goes back"])
async def test_money_that_goes_leaves_owed_what_it_had_paid(client, waived, how):
    builder, asha, booking, paid = waived
    assert (await how(client, builder, paid)).status_code == 200
    said = await money(client, asha, booking)
    assert (said["total_paid"], said["total_pending"]) == (0, round(PRICE - 50000, 2))
    assert said["payment_schedule"][0]["outstanding"] == 700000
    account = await statement(client, asha, booking)
    assert account["closing_balance"] == 700000
    assert [one["credit"] for one in account["entries"] if one["description"].startswith("Waived")] == [50000]


async def test_no_more_is_let_go_of_than_was_asked_for(client):
    builder, asha = await make_builder(), await make_customer()
    clerk = await make_member(builder, TeamRole.finance)
    booking = await reserved_booking(client, asha, await make_unit(builder))
    await pay(client, builder, booking, 50000)
    paid = (await pay(client, builder, booking, 695000)).json()
    line = (await money(client, asha, booking))["payment_schedule"][0]
    asked = (await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "Rounding"}, headers=clerk.headers)).json()
    assert asked["amount"] == 5000 and (await bounce(client, builder, paid)).status_code == 200
    answer = await client.post(f"/api/waivers/{asked['id']}/approval", headers=builder.headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["amount"]) == (409, "REQUEST_CHANGED", 700000)


async def test_what_is_waived_is_not_taken(client, waived):
    builder, asha, booking, _ = waived
    left = round(PRICE - FIRST, 2)
    for answer in (await pay(client, builder, booking, left + 0.01), await checkout(client, asha, booking, left + 0.01)):
        assert (answer.status_code, answer.json()["code"]) == (409, "EXCEEDS_TOTAL")
    assert (await pay(client, builder, booking, left)).status_code == 201
