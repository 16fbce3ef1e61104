"""Units: who sees what of them, how they are found, and what the builder's team may do with them."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.audit import AuditEvent
from realestate.models.projects import Project
from realestate.models.units import Unit, UnitStatus, UnitType
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units, unique
from tests.queries import counted

pytestmark = pytest.mark.anyio

NEW = {"unit_number": "1204", "tower": "A", "unit_type": "3bhk", "area_sqft": 1180.5, "price": "7500000.01"}


async def create(client, person, project_id, **more):
    return await client.post("/api/units", json=NEW | {"project_id": project_id} | more, headers=person.headers)


async def change(client, person, unit_id, said, **headers):
    return await client.patch(f"/api/units/{unit_id}", json=said, headers=person.headers | headers)


async def act(client, person, method, unit_id, what, **body):
    return await client.request(method, f"/api/units/{unit_id}/{what}", headers=person.headers, **({"json": body} if body else {}))


async def see(client, unit_id, person=None):
    return (await client.get(f"/api/units/{unit_id}", headers=person.headers if person else {})).json()


def taken(status, customer, **more):
    """What a unit looks like that somebody has claimed."""
    return {"status": status, "customer_id": customer.user_id} | more


# ── Who may ──


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("PATCH", "/{id}"),
        ("DELETE", "/{id}"),
        ("POST", "/{id}/release"),
        ("DELETE", "/{id}/release"),
        ("POST", "/{id}/block"),
    ],
)
async def test_only_a_team_with_the_permission_changes_its_own_units(client, method, path):
    builder, other, asha = await make_builder(), await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    project_id = await make_project(builder)
    url = "/api/units" + path.format(id=(await make_units(builder, project_id))[0])
    bodies = {"": NEW | {"project_id": project_id}, "/{id}": {"bathrooms": 2}, "/{id}/block": {"reason": "Model flat"}}
    body = {"json": bodies[path]} if path in bodies and method != "DELETE" else {}

    async def status(**more):
        return (await client.request(method, url, **body | more)).status_code

    assert await status() == 401
    assert await status(headers=asha.headers) == 403
    assert await status(headers=finance.headers) == 403
    assert await status(headers=other.headers) == 404


async def test_what_others_have_is_not_available_and_ones_own_is_what_it_is(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    project_id = await make_project(builder)
    soon = datetime.now(UTC) + timedelta(minutes=10)
    (held,) = await make_units(builder, project_id, **taken(UnitStatus.held, asha, hold_expires_at=soon, hold_price=Decimal(5)))
    (sold,) = await make_units(builder, project_id, **taken(UnitStatus.sold, ravi))
    (free,) = await make_units(builder, project_id)
    (unreleased,) = await make_units(builder, project_id, status=UnitStatus.unreleased)
    (blocked,) = await make_units(builder, project_id, status=UnitStatus.blocked, status_reason="Mortgage")

    async def statuses(person=None):
        said = await client.get(f"/api/projects/{project_id}/units", headers=person.headers if person else {})
        by_id = {unit["id"]: unit["status"] for unit in said.json()}
        single = {id: (await see(client, id, person)).get("status") for id in (held, sold, free, blocked)}
        assert single.items() <= by_id.items()
        return by_id

    masked = {held: "not_available", sold: "not_available", free: "available", blocked: "not_available"}
    assert await statuses() == masked
    assert await statuses(asha) == masked | {held: "held"} and await statuses(ravi) == masked | {sold: "sold"}
    assert await statuses(builder) == {held: "held", sold: "sold", free: "available", unreleased: "unreleased", blocked: "blocked"}
    assert (await see(client, unreleased))["status"] == 404


async def test_the_clock_and_the_rest_of_a_hold_are_for_its_holder_and_the_team(client):
    builder, asha = await make_builder(), await make_customer()
    soon = datetime.now(UTC) + timedelta(minutes=10)
    unit_id = await make_unit(builder, **taken(UnitStatus.held, asha, hold_expires_at=soon, hold_price=Decimal("7500000.01")))

    mine, team = await see(client, unit_id, asha), await see(client, unit_id, builder)

    assert (await see(client, unit_id))["hold_expires_at"] is None
    assert mine["hold_expires_at"] == team["hold_expires_at"] == soon.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    private = {"customer_id", "held_by_user_id", "hold_price", "price_history", "status_reason", "sales_channel"}
    assert team.keys() - mine.keys() == private and team["customer_id"] == asha.user_id and team["hold_price"] == 7500000.01
    assert mine["project"]["currency"] == "INR"


async def test_a_hold_past_its_time_is_available_to_everybody_without_a_sweeper(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    (unit_id,) = await make_units(builder, project_id)
    await act(client, asha, "POST", unit_id, "hold")
    assert (await client.get(f"/api/projects/{project_id}")).json()["available_units"] == 0

    await let_time_pass(Unit, unit_id, "hold_expires_at")

    assert {(await see(client, unit_id, person))["status"] for person in (None, asha, builder)} == {"available"}
    project = (await client.get(f"/api/projects/{project_id}")).json()
    assert project["available_units"] == 1 and project["unit_counts"] == {"by_status": {"available": 1}, "by_type": {"2BHK": 1}}
    assert (await act(client, builder, "POST", unit_id, "block", reason="Model flat")).json()["status"] == "blocked"


async def test_counts_and_filters_speak_of_the_status_that_is_seen(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    await make_units(builder, project_id, 2, **taken(UnitStatus.booked, asha))
    await make_units(builder, project_id, 3)

    async def counts(person=None):
        said = await client.get(f"/api/projects/{project_id}", headers=person.headers if person else {})
        return said.json()["unit_counts"]["by_status"]

    async def found(status, person=None):
        headers = person.headers if person else {}
        units = (await client.get(f"/api/projects/{project_id}/units", params={"status": status}, headers=headers)).json()
        page = (await client.get("/api/units", params={"status": status, "project_id": project_id}, headers=headers)).json()
        assert page["total"] == len(units)
        return len(units)

    assert await counts() == {"available": 3, "not_available": 2} and await counts(builder) == {"available": 3, "booked": 2}
    assert await found("not_available") == 2 and await found("booked") == 0 and await found("available") == 3
    assert await found("booked", asha) == await found("booked", builder) == 2 and await found("not_available", builder) == 0


@pytest.mark.parametrize("path", ["", "?q=ashoka&sort=-price,unit_number", "/{id}"])
async def test_every_read_is_one_statement(client, path):
    unit_id = await make_unit(await make_builder())

    with counted() as statements:
        assert (await client.get("/api/units" + path.format(id=unit_id))).status_code == 200
    assert len(statements) == 1


# ── Found ──


async def test_units_are_found_by_kind_price_place_and_words(client):
    builder = await make_builder()
    name = unique("Kestrel")
    project_id = await make_project(builder, project_name=name)
    await make_units(builder, project_id, unit_type=UnitType.four_bhk, bedrooms=4, price="9000000", floor_number=3)
    await make_units(builder, project_id, price="5000000", floor_number=5)

    async def bedrooms(**params):
        units = (await client.get("/api/units", params={"q": name.upper()} | params)).json()["units"]
        array = (await client.get(f"/api/projects/{project_id}/units")).json()
        assert [unit["floor_number"] for unit in array] == [3, 5]
        return [unit["bedrooms"] for unit in units]

    assert await bedrooms() == [2, 4] and await bedrooms(sort="-price") == [4, 2]
    assert await bedrooms(unit_type="4bhk+") == await bedrooms(bedrooms=4) == await bedrooms(min_price="5000000.01") == [4]
    assert await bedrooms(max_price=5000000) == [2] and await bedrooms(project_id=project_id + 1) == []
    of_project = {"tower": "A", "floor": 5, "unit_type": "2BHK", "min_price": 1, "max_price": 5000000}
    assert len((await client.get(f"/api/projects/{project_id}/units", params=of_project)).json()) == 1
    assert (await client.get(f"/api/projects/{project_id}/units?floor=4")).json() == []
    assert (await client.get(f"/api/projects/{project_id}/units?colour=red")).status_code == 422
    assert (await client.get("/api/projects/9000000000/units")).status_code == 404


# ── Created and changed ──


async def test_a_new_unit_is_on_sale_where_its_project_is(client):
    builder, other = await make_builder(), await make_builder()
    project_id, draft = await make_project(builder), await make_project(builder, published=False)

    answer = await create(client, builder, project_id)

    unit = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/units/{unit['id']}"
    assert unit["status"] == "available" and unit["price"] == 7500000.01 and unit["bedrooms"] == 3 and unit["floor_number"] == 0
    assert (await see(client, unit["id"], builder)) == unit
    assert (await create(client, builder, project_id)).json()["code"] == "UNIT_NUMBER_TAKEN"
    assert (await create(client, builder, project_id, tower="B", status="Unreleased")).json()["status"] == "unreleased"
    assert (await create(client, builder, draft, status="available")).json()["status"] == "unreleased"
    assert (await create(client, other, project_id)).status_code == 404


@pytest.mark.parametrize(
    ("field", "said"),
    [("price", {"price": 0}), ("price", {"price": 1.001}), ("status", {"status": "sold"}), ("customer_id", {"customer_id": 1})]
    + [("unit_type", {"unit_type": "castle"}), ("area_sqft", {"area_sqft": 0}), ("unit_number", {"unit_number": None})],
)
async def test_a_wrong_field_is_named(client, field, said):
    builder = await make_builder()

    answer = await create(client, builder, await make_project(builder), **said)

    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_new_price_is_kept_in_the_history_and_the_status_is_not_to_be_set(client):
    builder = await make_builder()
    unit_id = await make_unit(builder)
    etag = (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).headers["ETag"]

    unit = (await change(client, builder, unit_id, {"price": 8000000, "facing": "NorthEast", "tower": ""}, **{"If-Match": etag})).json()

    assert unit["price"] == 8000000 and unit["facing"] == "north_east" and unit["tower"] is None and unit["version"] == 2
    assert [(one["old"], one["new"], one["by"]) for one in unit["price_history"]] == [(7500000.01, 8000000, builder.user_id)]
    assert (await change(client, builder, unit_id, {"price": 8000000})).json()["price_history"] == unit["price_history"]
    assert (await change(client, builder, unit_id, {"price": 9}, **{"If-Match": etag})).status_code == 412
    assert (await change(client, builder, unit_id, {"status": "sold"})).status_code == 422
    assert (await change(client, builder, unit_id, {"price": None})).json()["errors"][0]["field"] == "price"


@pytest.mark.parametrize("field", ["price", "unit_number", "tower", "unit_type", "floor_number", "area_sqft", "super_area"])
async def test_what_a_booking_shows_of_its_unit_is_fixed_while_it_is_taken(client, field):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder, **taken(UnitStatus.booked, asha))
    unit, said = await see(client, unit_id, builder), {"unit_number": "9", "tower": "Z", "unit_type": "villa"}.get(field, 9)

    refused = (await change(client, builder, unit_id, {field: said})).json()

    assert refused["status"] == 422 and [(error["field"], error["code"]) for error in refused["errors"]] == [(field, "UNIT_TAKEN")]
    assert (await change(client, builder, unit_id, {"parking_spaces": 2, field: unit[field]})).json()["parking_spaces"] == 2


async def test_a_change_that_changes_nothing_is_not_kept_book_of(client):
    builder = await make_builder()
    unit_id = await make_unit(builder)

    for said in ({}, {"price": 8_000_000}, {"bathrooms": 2}):
        assert (await change(client, builder, unit_id, said)).status_code == 200

    async with transaction(WORKER) as session:
        book = select(AuditEvent.action, AuditEvent.details).where(AuditEvent.builder_id == builder.builder_id).order_by(AuditEvent.id)
        assert [action for action, _ in await session.execute(book)] == ["unit_price_changed", "unit.changed"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_the_project_is_locked_before_its_unit(client, method):
    """As withdrawing a project does, which goes on to its units: in the other order the two would wait for each other."""
    builder = await make_builder()
    project_id = await make_project(builder)
    (unit_id,) = await make_units(builder, project_id)
    body = {"json": {"price": 9_000_000}} if method == "PATCH" else {}

    async with transaction(WORKER) as session:
        await session.execute(select(Project.id).where(Project.id == project_id).with_for_update())
        request = asyncio.create_task(client.request(method, f"/api/units/{unit_id}", headers=builder.headers, **body))
        while not request.done() and not await session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")):
            await asyncio.sleep(0.01)
        await session.execute(select(Unit.id).where(Unit.id == unit_id).with_for_update(nowait=True))
    assert (await request).status_code == 200


async def test_units_are_released_once_their_project_is_published(client):
    builder = await make_builder()
    project_id = await make_project(builder, published=False)
    (unit_id,) = await make_units(builder, project_id, published=False, status=UnitStatus.unreleased)

    assert (await act(client, builder, "POST", unit_id, "release")).json()["code"] == "PROJECT_NOT_PUBLISHED"
    await client.post(f"/api/projects/{project_id}/publication", headers=builder.headers)
    assert (await act(client, builder, "POST", unit_id, "release")).json()["status"] == "available"
    refused = (await act(client, builder, "POST", unit_id, "release")).json()
    assert refused["code"] == "INVALID_TRANSITION" and "block" in refused["allowed"]


async def test_a_unit_that_nobody_has_claimed_is_taken_out_of_sight_again(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    await act(client, asha, "POST", unit_id, "hold")

    assert (await act(client, builder, "DELETE", unit_id, "release")).json()["code"] == "INVALID_TRANSITION"
    await act(client, asha, "DELETE", unit_id, "hold")
    assert (await act(client, builder, "DELETE", unit_id, "release")).json()["status"] == "unreleased"
    assert (await see(client, unit_id))["status"] == 404
    assert (await act(client, builder, "POST", unit_id, "release")).json()["status"] == "available"


@pytest.mark.parametrize("what", ["release", "block", "hold"])
async def test_a_stale_version_takes_nothing_back(client, what):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    stale = (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).headers["ETag"]
    await change(client, builder, unit_id, {"bathrooms": 2})
    if what != "release":
        body = {"reason": "Model flat"} if what == "block" else {"customer_id": asha.user_id}
        await act(client, asha if what == "hold" else builder, "POST", unit_id, what, **body)
    current = (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).headers["ETag"]

    async def take_back(etag):
        return await client.delete(f"/api/units/{unit_id}/{what}", headers=builder.headers | {"If-Match": etag})

    refused = await take_back(stale)
    assert refused.status_code == 412 and refused.json()["code"] == "STALE_VERSION"
    assert (await take_back(f"{stale}, {current}")).status_code == 200


async def test_a_blocked_unit_says_why_to_the_team_and_comes_back(client):
    builder = await make_builder()
    unit_id = await make_unit(builder)

    assert (await act(client, builder, "POST", unit_id, "block", reason="Litigation")).json()["status_reason"] == "Litigation"
    assert (await see(client, unit_id))["status"] == "not_available"
    assert (await act(client, builder, "POST", unit_id, "block", reason="Again")).json()["code"] == "INVALID_TRANSITION"
    assert (await act(client, builder, "POST", unit_id, "block", reason=" ")).status_code == 422
    unit = (await act(client, builder, "DELETE", unit_id, "block")).json()
    assert unit["status"] == "available" and unit["status_reason"] is None
    assert (await act(client, builder, "DELETE", unit_id, "block")).status_code == 409


async def test_only_a_unit_that_nobody_ever_claimed_can_be_deleted(client):
    builder, asha = await make_builder(), await make_customer()
    held, never_held = await make_unit(builder), await make_unit(builder)
    await act(client, asha, "POST", held, "hold")
    await act(client, asha, "DELETE", held, "hold")

    assert (await client.delete(f"/api/units/{never_held}", headers=builder.headers)).json() == {"message": "The unit has been deleted."}
    assert (await see(client, never_held, builder))["status"] == 404
    assert (await client.delete(f"/api/units/{held}", headers=builder.headers)).json()["code"] == "UNIT_HAS_HOLDS"
