"""A unit is sold once: to one of two hundred who want it, through one server process or two, and by clocks that need no sweeper."""

import asyncio
from collections import Counter

import pytest

from realestate.database import WORKER
from realestate.models.bookings import Booking
from realestate.models.units import Unit
from tests.factories import let_time_pass, make_builder, make_customer, make_unit
from tests.speaking import speaking
from tests.stories import pay, reserve, reserved_booking

pytestmark = pytest.mark.anyio
CUSTOMERS, WISHES = 40, 200


async def ask(query, *values):
    async with speaking(WORKER) as connection:
        return await (await connection.execute(query, values)).fetchall()


async def told(client, person):
    answer = await client.get("/api/notifications", headers=person.headers)
    return [(said["type"], said["related_entity_id"]) for said in answer.json()["notifications"]]


async def all_want_one(clients):
    """Everybody reserves the same unit at the same time, several times over."""
    builder = await make_builder()
    unit_id = await make_unit(builder)
    customers = [await make_customer() for _ in range(CUSTOMERS)]

    async def want(number):
        client, customer = clients[number % len(clients)], customers[number % CUSTOMERS]
        for _ in range(5):  # with few connections on a small machine some may have to ask again, as Retry-After says
            answer = await reserve(client, customer, unit_id)
            if answer.status_code != 503:
                break
        return answer.status_code, answer.json().get("code")

    outcomes = Counter(await asyncio.gather(*map(want, range(WISHES))))

    assert outcomes == {(201, None): 1, (409, "UNIT_NOT_AVAILABLE"): WISHES - 1}
    [(booking_id, status)] = await ask("SELECT id, status FROM bookings WHERE unit_id = %s", unit_id)
    assert status == "reserved"
    assert await ask("SELECT count(*), sum(amount) FROM installments WHERE booking_id = %s", booking_id) == [(8, 750000001)]
    assert await ask("SELECT count(*) FROM booking_parties WHERE booking_id = %s", booking_id) == [(1,)]
    notes = await ask("SELECT type, related_entity_id FROM notifications WHERE user_id = %s", builder.user_id)
    assert notes == [("booking_reserved", booking_id)]


async def test_two_hundred_want_one_unit_and_one_gets_it(client):
    await all_want_one([client])


async def test_a_hold_past_its_time_is_free_with_no_sweeper_running(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    unit_id = await make_unit(builder)
    assert (await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)).status_code == 200
    assert (await reserve(client, ravi, unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"
    await let_time_pass(Unit, unit_id, "hold_expires_at")

    booking = await reserved_booking(client, ravi, unit_id)

    [(hold_id, ended_by)] = await ask("SELECT id, ended_by FROM holds WHERE unit_id = %s", unit_id)
    assert ended_by == "expired"
    assert await told(client, asha) == [("hold_expired", hold_id)]
    assert await told(client, ravi) == []
    expected = [("booking_reserved", booking["id"]), ("hold_expired", hold_id), ("hold_created", hold_id)]
    assert await told(client, builder) == expected


async def test_a_reserve_that_nobody_paid_for_ends_when_the_next_one_comes(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    unit_id = await make_unit(builder)
    lapsed = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    await let_time_pass(Booking, lapsed["id"], "reserve_expires_at")

    booking = await reserved_booking(client, ravi, unit_id)

    assert await ask("SELECT id, status FROM bookings WHERE unit_id = %s ORDER BY id", unit_id) == [
        (lapsed["id"], "expired"),
        (booking["id"], "reserved"),
    ]
    assert await ask("SELECT DISTINCT status FROM installments WHERE booking_id = %s", lapsed["id"]) == [("cancelled",)]
    assert await told(client, asha) == [("booking_expired", lapsed["id"])]
    assert (await pay(client, builder, lapsed, 1000)).json()["code"] == "BOOKING_NOT_ACTIVE"


async def race(client, builder, first, second):
    """A lapsed reserve is paid for while somebody else reserves its unit: the states of both afterwards, and what was paid."""
    unit_id = await make_unit(builder)
    lapsed = await reserved_booking(client, first, unit_id)
    await let_time_pass(Booking, lapsed["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    paid, other = await asyncio.gather(pay(client, builder, lapsed, 150000), reserve(client, second, unit_id))
    assert {paid.status_code, other.status_code} == {201, 409}
    states = await ask("SELECT status FROM bookings WHERE unit_id = %s ORDER BY id", unit_id)
    money = await ask("SELECT coalesce(sum(amount), 0) FROM payments WHERE booking_id = %s", lapsed["id"])
    return [status for (status,) in states], money[0][0]


async def test_an_expiring_reserve_is_never_both_paid_and_expired(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    for _ in range(20):
        assert await race(client, builder, asha, ravi) in ((["token_paid"], 15000000), (["expired", "reserved"], 0))
