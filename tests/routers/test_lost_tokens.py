"""A token that was there and is not any more: what holds the unit then, and how long."""

from datetime import UTC, datetime, timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.units import Unit
from realestate.services import claims
from tests.factories import let_time_pass, make_member, make_project, make_units, put
from tests.routers.test_bounces import bounce, money
from tests.routers.test_parties import swap
from tests.stories import pay, reserved_booking, set_status, timeline, token_paid_sale, types_told

pytestmark = pytest.mark.anyio


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


async def give_back(client, builder, payment, amount=None):
    """All of a receipt, or so much, by two."""
    said = {"reason": "Paid by somebody else."} | ({"amount": amount} if amount else {})
    refund = (await client.post(f"/api/payments/{payment['id']}/refunds", json=said, headers=builder.headers)).json()
    other = await make_member(builder, TeamRole.admin)
    assert (await client.post(f"/api/refunds/{refund['id']}/approval", headers=other.headers)).status_code == 200
    return await client.post(f"/api/refunds/{refund['id']}/processing", json={"transaction_id": "N-1"}, headers=builder.headers)


async def lose(client, builder, payment, how):
    answer = await (bounce(client, builder, payment) if how == "bounces" else give_back(client, builder, payment, how))
    assert answer.status_code == 200, answer.text


async def token_of(client, person, booking):
    return (await money(client, person, booking))["payments"][0]


@pytest.mark.parametrize("how", ["bounces", None, 1])
async def test_without_its_token_a_booking_is_a_reserve_again(client, how):
    builder, asha, booking = await token_paid_sale(client)
    seller = await make_member(builder, TeamRole.sales_manager)

    await lose(client, builder, await token_of(client, asha, booking), how)

    now = await shown(client, asha, booking)
    assert (now["status"], now["reserve_expires_at"]) == ("reserved", booking["reserve_expires_at"])
    assert (await types_told(client, asha)).count("booking_reserved") == 1 and "booking_reserved" in await types_told(client, seller)
    steps = [one for one in await timeline(client, asha, booking) if one["kind"] == "step"]
    assert (steps[-1]["from_status"], steps[-1]["to_status"], steps[-1]["by_role"]) == ("token_paid", "reserved", "worker")


async def test_it_has_a_day_at_least_and_then_what_is_there_goes_back(client):
    builder, asha, booking = await token_paid_sale(client)
    await let_time_pass(Booking, booking["id"], "booking_date", timedelta(days=30))
    await lose(client, builder, await token_of(client, asha, booking), 1)
    end = datetime.fromisoformat((await shown(client, asha, booking))["reserve_expires_at"])
    assert timedelta(hours=23) < end - datetime.now(UTC) <= timedelta(hours=24)

    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, booking["unit_id"], "hold_expires_at")
    await claims.end_due()

    assert (await shown(client, asha, booking))["status"] == "expired"
    refunds = [one for one in (await money(client, builder, booking))["payments"] if one["kind"] == "refund"]
    assert [(one["amount"], one["payment_status"]) for one in refunds] == [(1, "completed"), (booking["token_amount"] - 1, "pending")]


async def test_money_on_its_way_keeps_it_without_an_end(client):
    builder, asha, booking = await token_paid_sale(client)
    cheque = (await pay(client, builder, booking, 5000, "cheque")).json()
    await lose(client, builder, await token_of(client, asha, booking), "bounces")
    now = await shown(client, asha, booking)
    assert (now["status"], now["reserve_expires_at"]) == ("reserved", None)
    await lose(client, builder, cheque, "bounces")
    assert (await shown(client, asha, booking))["reserve_expires_at"] == booking["reserve_expires_at"]


async def test_more_than_the_token_may_go_back_down_to_it(client):
    builder, asha, booking = await token_paid_sale(client)
    more = (await pay(client, builder, booking, 5000)).json()
    await lose(client, builder, more, "bounces")
    assert (await shown(client, asha, booking))["status"] == "token_paid"


async def test_paid_anew_it_goes_on(client):
    builder, asha, booking = await token_paid_sale(client)
    await lose(client, builder, await token_of(client, asha, booking), "bounces")
    await pay(client, builder, booking, booking["token_amount"])
    now = await shown(client, asha, booking)
    assert (now["status"], now["reserve_expires_at"]) == ("token_paid", None)
    assert (await set_status(client, builder, booking, "booking_confirmed")).status_code == 200


async def test_nothing_is_allotted_whose_token_is_not_there(client):
    builder, asha, booking = await token_paid_sale(client)
    await lose(client, builder, await token_of(client, asha, booking), "bounces")
    await put(Booking, booking["id"], status=BookingStatus.token_paid)  # as they were left once
    answer = await set_status(client, builder, booking, "booking_confirmed")
    assert (answer.status_code, answer.json()["code"]) == (409, "TOKEN_MISSING")


async def test_who_stays_after_all_without_a_token_has_a_reserve(client):
    builder, asha, booking = await token_paid_sale(client)
    token = await token_of(client, asha, booking)
    assert (await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)).status_code == 201
    await lose(client, builder, token, "bounces")
    assert (await client.delete(f"/api/bookings/{booking['id']}/cancellation", headers=asha.headers)).status_code == 200
    now = await shown(client, asha, booking)
    assert (now["status"], now["reserve_expires_at"]) == ("reserved", booking["reserve_expires_at"])


async def test_an_exchange_for_a_dearer_token_has_an_end(client):
    builder, asha, _ = await token_paid_sale(client)
    project = await make_project(builder)
    [first], [dear] = await make_units(builder, project), await make_units(builder, project, price="20000000")
    booking = await reserved_booking(client, asha, first)
    await pay(client, builder, booking, booking["token_amount"])
    new = (await swap(client, builder, booking, dear)).json()
    await let_time_pass(Booking, new["id"], "reserve_expires_at")
    await let_time_pass(Unit, dear, "hold_expires_at")
    await claims.end_due()
    assert (await shown(client, asha, new))["status"] == "expired"
    assert (await money(client, builder, new))["payments"][-1]["amount"] == booking["token_amount"]
