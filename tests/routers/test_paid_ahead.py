"""What is paid before it is asked for has come: it is not still to be paid."""

import pytest

from tests.factories import make_builder, make_customer, make_project, make_units
from tests.routers.test_bounces import money
from tests.stories import confirmed_booking, pay

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sold(client):
    builder, asha = await make_builder(), await make_customer()
    first, second = await make_units(builder, await make_project(builder), 2)
    other = await confirmed_booking(client, builder, asha, second)
    assert other["pending_amount"] == 7350000.01
    return builder, asha, await confirmed_booking(client, builder, asha, first)


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


async def test_what_was_paid_and_what_is_to_come_make_the_price(client, sold):
    builder, asha, booking = sold
    await pay(client, builder, booking, 600000)
    await pay(client, builder, booking, 2000000)  # nothing asks for it yet
    said = await shown(client, asha, booking)
    assert (said["paid_amount"], said["pending_amount"], said["payment_status"]) == (2750000, 4750000.01, "partial")
    account = await money(client, asha, booking)
    assert (account["total_pending"], account["credit_amount"]) == (4750000.01, 2000000)


async def test_all_of_it_paid_ahead_is_paid(client, sold):
    builder, asha, booking = sold
    await pay(client, builder, booking, 7350000.01)
    said = await shown(client, asha, booking)
    assert (said["paid_amount"], said["pending_amount"], said["payment_status"]) == (7500000.01, 0, "paid")


async def test_a_company_waits_for_as_much_as_its_bookings_do(client, sold):
    builder, asha, booking = sold
    await pay(client, builder, booking, 2000000)
    pending = 7350000.01 + (await shown(client, asha, booking))["pending_amount"]
    [revenue] = (await client.get("/api/builder/dashboard", headers=builder.headers)).json()["revenue"]
    stats = (await client.get("/api/builder/bookings", headers=builder.headers)).json()["stats"]
    assert revenue["outstanding"] == stats["pending_revenue"] == pending
