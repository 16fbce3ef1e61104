"""Agreements are signed by everybody whom they name, on the terms that hold, however many sign at once."""

import asyncio
import os
from datetime import date

import pytest
from psycopg import AsyncConnection

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from tests.factories import make_builder, make_customer, make_member, make_unit, put
from tests.routers.test_parties import bring, code_for
from tests.routers.test_possession import drafted, post, shown
from tests.speaking import speaking, until
from tests.stories import confirmed_booking, pay, reserved_booking, set_status, timeline, types_told

pytestmark = pytest.mark.anyio


async def sign(client, person, booking, terms):
    return await post(client, person, booking, "signatures", content_hash=terms)


async def somebody_waits():
    """Whether a session of this database stands in line for a lock."""
    async with await AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as watcher:
        asked = "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
        return (await watcher.execute(asked)).rowcount > 0


@pytest.fixture
async def couple(client):
    """Asha and Ravi buy together."""
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    return builder, asha, ravi, booking


async def test_all_who_sign_at_once_have_signed(client, couple):
    builder, asha, ravi, booking = couple
    terms = await drafted(client, builder, booking)
    answers = await asyncio.gather(
        *(sign(client, one, booking, terms) for one in (asha, ravi, builder)), pay(client, builder, booking, 1000)
    )
    assert [answer.status_code for answer in answers] == [201] * 4
    assert (await shown(client, asha, booking))["status"] == "agreement_signed"


async def test_when_the_company_alone_is_missing_those_who_sign_for_it_are_told_once_a_version(client, couple):
    builder, asha, ravi, booking = couple
    clerk, seller = await make_member(builder, TeamRole.finance), await make_member(builder, TeamRole.sales)
    terms = await drafted(client, builder, booking)

    async def told(person):
        return (await types_told(client, person)).count("signature_due")

    await sign(client, asha, booking, terms)
    assert [await told(one) for one in (builder, clerk)] == [0, 0], "Ravi has not signed"
    for _ in range(2):
        await sign(client, ravi, booking, terms)
    assert [await told(one) for one in (builder, clerk, seller, asha, ravi)] == [1, 1, 0, 0, 0]
    assert (await sign(client, clerk, booking, terms)).json()["status"] == "agreement_signed"
    assert await told(builder) == 1


async def test_nobody_signs_terms_that_do_not_name_who_has_joined_since(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    alone = await drafted(client, builder, booking)
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    for person in (asha, ravi, builder):
        assert (await sign(client, person, booking, alone)).json()["code"] == "AGREEMENT_OUTDATED"
    assert (await set_status(client, builder, booking, "agreement_signed")).json()["code"] == "AGREEMENT_OUTDATED"

    both = await drafted(client, builder, booking)

    assert (await sign(client, asha, booking, alone)).json()["code"] == "AGREEMENT_CHANGED"
    for person in (asha, ravi, builder):
        assert (await sign(client, person, booking, both)).status_code == 201
    assert (await shown(client, asha, booking))["status"] == "agreement_signed"


async def test_terms_that_change_while_somebody_signs_are_not_signed(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    terms = await drafted(client, builder, booking)
    await sign(client, builder, booking, terms)
    async with speaking(WORKER) as connection:
        await connection.execute("SELECT FROM units WHERE id = %s FOR UPDATE", [booking["unit_id"]])
        signing = asyncio.create_task(sign(client, asha, booking, terms))
        await until(somebody_waits)
        await connection.execute("UPDATE bookings SET promised_possession_date = '2031-01-01' WHERE id = %s", [booking["id"]])
        await connection.commit()
        assert (await signing).json()["code"] == "AGREEMENT_OUTDATED"
    assert (await shown(client, asha, booking))["status"] == "booking_confirmed"


async def test_a_step_through_the_portal_is_held_to_its_version_and_keeps_no_signature_when_somebody_is_missing(client, couple):
    builder, asha, ravi, booking = couple
    terms = await drafted(client, builder, booking)
    old = await set_status(client, builder, booking, "agreement_signed", headers={"If-Match": '"0-00"'})
    assert old.status_code == 412
    missing = await set_status(client, builder, booking, "agreement_signed")
    assert (missing.json()["code"], missing.json()["customer_ids"]) == ("SIGNATURES_MISSING", [asha.user_id, ravi.user_id])
    assert (await client.get(f"/api/bookings/{booking['id']}/signatures", headers=asha.headers)).json() == []
    for one in (asha, ravi):
        await sign(client, one, booking, terms)
    assert (await set_status(client, builder, booking, "agreement_signed")).json()["status"] == "agreement_signed"


async def test_the_timeline_says_which_side_took_a_step_that_the_system_wrote(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    path = f"/api/bookings/{booking['id']}/cancellation"
    await client.post(path, json={}, headers=asha.headers)
    await client.delete(path, headers=asha.headers)
    await client.post(path, json={}, headers=builder.headers)
    await client.delete(path, headers=builder.headers)
    terms = await drafted(client, builder, booking)
    for one in (builder, asha):
        await sign(client, one, booking, terms)
    steps = [one for one in await timeline(client, asha, booking) if one["kind"] == "step"]
    assert [(one["to_status"], one["by_role"]) for one in steps][-5:] == [
        ("cancellation_requested", "customer"),
        ("booking_confirmed", "customer"),
        ("cancellation_requested", "builder"),
        ("booking_confirmed", "builder"),
        ("agreement_signed", "customer"),
    ]


async def test_nobody_else_says_for_whom_they_act(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    async with speaking(builder) as connection:
        await connection.execute("SELECT set_config('app.acting_role', 'customer', true)")
        await connection.execute("UPDATE bookings SET status = 'cancelled' WHERE id = %s", [booking["id"]])
        found = await connection.execute(
            "SELECT by_role FROM booking_moves WHERE booking_id = %s ORDER BY id DESC LIMIT 1", [booking["id"]]
        )
        assert await found.fetchone() == ("builder",)


async def test_a_new_date_asks_for_a_new_version(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    terms = await drafted(client, builder, booking)
    await put(Booking, booking["id"], promised_possession_date=date(2030, 1, 1))
    assert (await sign(client, asha, booking, terms)).json()["code"] == "AGREEMENT_OUTDATED"
