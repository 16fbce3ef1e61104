"""Booking a unit, from the customer's side of the counter and from the builder's."""

import asyncio
from collections import Counter

import pytest

from realestate.models.bookings import Booking
from realestate.models.units import Unit
from tests.factories import let_time_pass, make_builder, make_customer, make_unit

pytestmark = pytest.mark.anyio

VECTOR = [750000.0, 1125000.0, 1125000.0, 1125000.01, 1125000.0, 1125000.0, 750000.0, 375000.0]


async def reserve(client, customer, unit_id, plan="construction_linked", **more):
    return await client.post("/api/bookings", json={"unit_id": unit_id, "payment_plan": plan} | more, headers=customer.headers)


async def pay(client, member, booking_id, amount, method="upi", **more):
    said = {"booking_id": booking_id, "payment_type": "token", "amount": amount, "payment_method": method, "payment_date": "2026-01-15"}
    return await client.post("/api/payments", json=said | more, headers=member.headers)


async def set_status(client, member, booking_id, status, headers=None, **more):
    return await client.patch(f"/api/bookings/{booking_id}/status", json={"status": status} | more, headers=member.headers | (headers or {}))


async def test_a_reserve_claims_the_unit_prices_it_and_writes_the_schedule(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    answer = await reserve(client, asha, unit_id)

    booking = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/bookings/{booking['id']}"
    assert booking["status"] == "reserved" and booking["total_amount"] == 7500000.01 and booking["token_amount"] == 150000.0
    assert booking["pending_amount"] == 7500000.01 and booking["paid_amount"] == 0 and booking["payment_status"] == "unpaid"
    assert booking["unit"]["project"]["builder"]["full_name"] == "Meera Iyer" and booking["customer"]["email"] == asha.email
    again = await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)
    assert again.content == answer.content and again.headers["ETag"] == answer.headers["ETag"]
    schedule = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()["payment_schedule"]
    assert [line["amount"] for line in schedule] == VECTOR_OF_PLAN
    assert [line["status"] for line in schedule] == ["demanded", *["scheduled"] * 7]


async def test_the_story_from_reserve_to_allotment(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    booking_id = (await reserve(client, asha, unit_id)).json()["id"]

    payment = (await pay(client, builder, booking_id, 100000)).json()
    assert payment["payment_status"] == "completed" and payment["receipt_no"].startswith("R-20") and payment["allocated"] == 100000
    assert (await client.get(f"/api/bookings/{booking_id}", headers=asha.headers)).json()["status"] == "reserved"
    await pay(client, builder, booking_id, "50000.00", "bank_transfer")
    booking = (await client.get(f"/api/bookings/{booking_id}", headers=asha.headers)).json()
    assert booking["status"] == "token_paid" and booking["paid_amount"] == 150000 and booking["payment_status"] == "partial"
    confirmed = await set_status(client, builder, booking_id, "booking_confirmed")
    assert confirmed.status_code == 200 and confirmed.json()["status"] == "booking_confirmed"

    inbox = (await client.get("/api/notifications", headers=asha.headers)).json()
    assert [told["type"] for told in inbox["notifications"]] == ["booking_confirmed", "booking_token_paid", "receipt_cleared", "receipt_cleared"]
    assert [told["seq"] for told in inbox["notifications"]] == [4, 3, 2, 1] and inbox["seq"] == 4 and inbox["unread_count"] == 4
    theirs = (await client.get("/api/notifications", headers=builder.headers)).json()
    assert [told["type"] for told in theirs["notifications"]] == ["booking_reserved"]


VECTOR_OF_PLAN = [750000.0, 1125000.0, 1125000.0, 1125000.01, 1125000.0, 1125000.0, 750000.0, 375000.0]
