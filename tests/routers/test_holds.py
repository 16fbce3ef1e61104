"""Holds: a unit kept for a customer for a while, by its own hand or by the builder's."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.units import Hold, Unit
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.stories import reserve, reserved_booking

pytestmark = pytest.mark.anyio


async def hold(client, person, unit_id, **body):
    return await client.post(f"/api/units/{unit_id}/hold", headers=person.headers, **({"json": body} if body else {}))


async def end(client, person, unit_id):
    return await client.delete(f"/api/units/{unit_id}/hold", headers=person.headers)


async def told(client, person):
    """The types of what stands in somebody's inbox, oldest first."""
    inbox = (await client.get("/api/notifications", headers=person.headers)).json()["notifications"]
    return [entry["type"] for entry in reversed(inbox)]


async def let_hold_expire(unit_id):
    async with transaction(WORKER) as session:
        hold_id = await session.scalar(select(Hold.id).where(Hold.unit_id == unit_id, Hold.ended_at.is_(None)))
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    await let_time_pass(Hold, hold_id, "expires_at")


def left(unit):
    return datetime.fromisoformat(unit["hold_expires_at"]) - datetime.now(UTC)


async def test_only_customers_and_a_team_that_sells_may_hold(client):
    builder, other, asha = await make_builder(), await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    assert (await client.post(f"/api/units/{unit_id}/hold")).status_code == 401
    for role in (TeamRole.finance, TeamRole.viewer):
        member = await make_member(builder, role)
        assert (await hold(client, member, unit_id, customer_id=asha.user_id)).json()["code"] == "NOT_PERMITTED"
        assert (await end(client, member, unit_id)).status_code == 403
    assert (await hold(client, other, unit_id, customer_id=asha.user_id)).status_code == 404
    assert (await hold(client, asha, 9_000_000_000)).status_code == 404


async def test_a_customer_holds_for_minutes_at_todays_price_and_the_sales_team_is_told(client):
    builder, asha = await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    unit_id = await make_unit(builder)

    unit = (await hold(client, asha, unit_id)).json()

    assert unit["status"] == "held" and timedelta(minutes=29) < left(unit) <= timedelta(minutes=30)
    assert await told(client, builder) == ["hold_created"] and await told(client, finance) == await told(client, asha) == []
    team = (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).json()
    assert team["customer_id"] == team["held_by_user_id"] == asha.user_id and team["hold_price"] == team["price"]
    again = await hold(client, asha, unit_id)
    assert again.status_code == 409 and again.json()["code"] == "ALREADY_YOURS"
    assert (await hold(client, await make_customer(), unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"


async def test_staff_hold_for_days_and_only_for_a_lead_of_theirs(client):
    builder = await make_builder()
    sales = await make_member(builder, TeamRole.sales)
    asha, stranger = await make_customer(known_to=sales), await make_customer(known_to=builder)
    unit_id = await make_unit(builder)

    assert (await hold(client, sales, unit_id, customer_id=stranger.user_id)).status_code == 404
    assert (await hold(client, sales, unit_id)).json()["errors"][0]["field"] == "customer_id"
    unit = (await hold(client, sales, unit_id, customer_id=asha.user_id)).json()

    assert unit["held_by_user_id"] == sales.user_id and timedelta(hours=167) < left(unit) <= timedelta(hours=168)
    assert await told(client, asha) == ["hold_created"] and await told(client, sales) == []
    assert (await client.get(f"/api/units/{unit_id}", headers=asha.headers)).json()["status"] == "held"


async def test_a_project_sets_how_long_holds_last(client):
    builder, asha = await make_builder(), await make_customer()
    rules = {"hold_minutes": 5, "staff_hold_hours": 1}
    one, two = await make_units(builder, await make_project(builder, rules=rules), 2)

    assert timedelta(minutes=4) < left((await hold(client, asha, one)).json()) <= timedelta(minutes=5)
    assert left((await hold(client, builder, two, customer_id=asha.user_id)).json()) <= timedelta(hours=1)


async def test_nobody_holds_for_another_customer(client):
    asha, ravi = await make_customer(), await make_customer()

    refused = await hold(client, asha, await make_unit(await make_builder()), customer_id=ravi.user_id)

    assert refused.status_code == 403 and refused.json()["code"] == "NOT_YOUR_ID"


async def test_what_is_taken_blocked_or_hidden_cannot_be_held(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    (blocked,) = await make_units(builder, project_id, status="blocked")
    (unreleased,) = await make_units(builder, project_id, status="unreleased")
    (draft,) = await make_units(builder, await make_project(builder, published=False), published=False)

    assert (await hold(client, asha, blocked)).json()["code"] == "UNIT_NOT_AVAILABLE"
    assert (await hold(client, asha, unreleased)).status_code == (await hold(client, asha, draft)).status_code == 404


async def test_a_hold_is_let_go_of_by_its_holder_or_the_builder_and_by_nobody_else(client):
    builder, other, asha, ravi = await make_builder(), await make_builder(), await make_customer(), await make_customer()
    unit_id = await make_unit(builder)
    assert (await end(client, asha, unit_id)).json()["code"] == "NOT_HELD"
    await hold(client, asha, unit_id)

    assert (await end(client, ravi, unit_id)).status_code == 409 and (await end(client, other, unit_id)).status_code == 404
    assert (await end(client, asha, unit_id)).json() == {"message": "The hold has been released."}
    assert (await client.get(f"/api/units/{unit_id}")).json()["status"] == "available"
    await hold(client, ravi, unit_id)
    assert (await end(client, builder, unit_id)).status_code == 200
    assert await told(client, ravi) == ["hold_released"]
    assert await told(client, builder) == ["hold_created", "hold_released", "hold_created"]


async def test_at_most_two_units_of_a_project_are_held_at_a_time(client):
    builder, asha = await make_builder(), await make_customer()
    one, two, three = await make_units(builder, await make_project(builder), 3)
    for unit_id in (one, two):
        assert (await hold(client, asha, unit_id)).status_code == 200

    assert (await hold(client, asha, three)).json()["code"] == "HOLD_LIMIT"
    assert (await hold(client, asha, await make_unit(builder))).status_code == 200  # in another project
    await let_hold_expire(one)
    assert (await hold(client, asha, three)).status_code == 200


async def test_parallel_holds_of_one_customer_do_not_pass_the_limit(client):
    builder, asha = await make_builder(), await make_customer()
    units = await make_units(builder, await make_project(builder), 6)

    answers = await asyncio.gather(*(hold(client, asha, unit_id) for unit_id in units))

    assert Counter(answer.json().get("code", "held") for answer in answers) == {"held": 2, "HOLD_LIMIT": 4}


async def test_the_same_unit_is_held_at_most_twice_in_half_an_hour(client):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    for _ in range(2):
        await hold(client, asha, unit_id)
        await end(client, asha, unit_id)

    assert (await hold(client, asha, unit_id)).json()["code"] == "HOLD_TOO_OFTEN"
    assert (await hold(client, await make_customer(), unit_id)).status_code == 200


async def test_a_reserve_given_back_unpaid_counts_like_a_hold(client):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    for _ in range(2):
        booking = await reserved_booking(client, asha, unit_id)
        await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)

    assert (await reserve(client, asha, unit_id)).json()["code"] == "HOLD_TOO_OFTEN"
    assert (await hold(client, asha, unit_id)).json()["code"] == "HOLD_TOO_OFTEN"
    assert (await reserve(client, await make_customer(), unit_id)).status_code == 201


async def test_a_hold_that_becomes_a_reserve_counts_once(client):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    await hold(client, asha, unit_id)
    booking = await reserved_booking(client, asha, unit_id)
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)

    assert (await hold(client, asha, unit_id)).status_code == 200


async def test_who_holds_a_unit_is_told_so(client):
    unit_id, asha = await make_unit(await make_builder()), await make_customer()
    await hold(client, asha, unit_id)

    assert (await hold(client, asha, unit_id)).json()["code"] == "ALREADY_YOURS"
    assert (await hold(client, await make_customer(), unit_id)).json()["code"] == "UNIT_NOT_AVAILABLE"


async def test_a_hold_past_its_time_goes_to_whoever_comes_next(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer()
    unit_id = await make_unit(builder)
    await hold(client, asha, unit_id)
    await let_hold_expire(unit_id)

    assert (await end(client, asha, unit_id)).json()["code"] == "NOT_HELD"
    assert (await hold(client, ravi, unit_id)).json()["status"] == "held"
    assert await told(client, asha) == ["hold_expired"]
    assert await told(client, builder) == ["hold_created", "hold_expired", "hold_created"]
    async with transaction(WORKER) as session:
        ends = (await session.scalars(select(Hold.ended_by).where(Hold.unit_id == unit_id).order_by(Hold.id))).all()
    assert ends == ["expired", None]


async def test_of_many_who_hold_at_once_one_gets_the_unit(client):
    unit_id = await make_unit(await make_builder())
    people = [await make_customer() for _ in range(12)]

    answers = await asyncio.gather(*(hold(client, person, unit_id) for person in people))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 11}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"UNIT_NOT_AVAILABLE"}


async def test_a_hold_goes_on_and_can_be_let_go_of_when_the_project_is_withdrawn(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    (unit_id,) = await make_units(builder, project_id)
    await hold(client, asha, unit_id)
    await client.delete(f"/api/projects/{project_id}/publication", headers=builder.headers)

    assert (await client.get(f"/api/units/{unit_id}", headers=asha.headers)).json()["status"] == "held"
    assert (await end(client, asha, unit_id)).status_code == 200


# ── Terms and extensions ──


async def extend(client, person, unit_id, **body):
    return await client.post(f"/api/units/{unit_id}/hold/extension", headers=person.headers, **({"json": body} if body else {}))


async def test_the_team_says_for_how_long_and_on_which_terms(client):
    builder = await make_builder()
    asha = await make_customer(known_to=builder)
    unit_id, other = await make_units(builder, await make_project(builder, rules={"max_hold_hours": 200}), 2)
    said = {"customer_id": asha.user_id, "hours": 200, "terms": "Cheque until Friday"}

    for field, value in (("hours", 201), ("hours", 0), ("terms", "")):
        refused = await hold(client, builder, unit_id, **said | {field: value})
        assert (refused.status_code, field) == ((200 if value == "" else 422), field)
        await end(client, builder, unit_id)
    for field in ("hours", "terms"):
        assert (await hold(client, asha, other, **{field: said[field]})).json()["errors"][0]["code"] == "TEAM_ONLY"
    unit = (await hold(client, builder, other, **said)).json()

    assert timedelta(hours=199) < left(unit) <= timedelta(hours=200)
    for person in (builder, asha):
        (held,) = (await client.get(f"/api/units/{other}/holds", headers=person.headers)).json()
        assert (held["terms"], held["is_running"], held["price"]) == ("Cheque until Friday", True, 7500000.01)
    ravi = await make_customer()
    assert (await client.get(f"/api/units/{other}/holds", headers=ravi.headers)).json() == []


async def test_a_hold_is_extended_once_within_the_longest_time(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    before = (await hold(client, asha, unit_id)).json()

    assert (await extend(client, builder, unit_id, hours=336)).json()["code"] == "HOLD_TOO_LONG"
    after = (await extend(client, builder, unit_id, hours=24)).json()

    assert left(after) - left(before) > timedelta(hours=23) and after["status"] == "held"
    assert await told(client, asha) == ["hold_extended"]
    again = await extend(client, builder, unit_id)
    assert (again.status_code, again.json()["code"]) == (409, "EXTENSION_LIMIT")
    stale = await client.post(f"/api/units/{unit_id}/hold/extension", headers=builder.headers | {"If-Match": f'"{before["version"]}-x"'})
    assert stale.status_code == 412


async def test_a_project_sets_how_often_and_how_far_a_hold_is_extended(client):
    builder = await make_builder()
    asha = await make_customer(known_to=builder)
    project_id = await make_project(builder, rules={"staff_hold_hours": 10, "max_hold_hours": 25, "max_extensions": 2})
    (unit_id,) = await make_units(builder, project_id)
    await hold(client, builder, unit_id, customer_id=asha.user_id)

    hours = [round(left((await extend(client, builder, unit_id)).json()) / timedelta(hours=1)) for _ in range(2)]

    assert hours == [20, 25]
    assert (await extend(client, builder, unit_id)).json()["code"] == "EXTENSION_LIMIT"


async def test_a_seller_does_not_touch_the_hold_of_a_colleagues_customer(client):
    builder, asha = await make_builder(), await make_customer()
    sales = await make_member(builder, TeamRole.sales)
    unit_id = await make_unit(builder)
    await hold(client, asha, unit_id)

    for refused in (await extend(client, sales, unit_id), await end(client, sales, unit_id)):
        assert (refused.status_code, refused.json()["code"]) == (409, "NOT_HELD")
