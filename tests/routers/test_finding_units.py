"""Units found: by place and size, counted beside the search, in their towers, side by side, followed, and what has happened to them."""

import pytest
from psycopg import AsyncRawCursor

from realestate.database import VISITOR
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import Booking
from realestate.models.units import Unit, UnitStatus, UnitType
from realestate.services import claims
from realestate.views.units import UNITS
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units, unique
from tests.queries import counted
from tests.speaking import speaking
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio


async def ask(client, path, person=None, **params):
    with counted() as statements:
        answer = await client.get(path, params=params, headers=person.headers if person else {})
    assert answer.status_code != 200 or len(statements) == 1
    return answer


async def make_tower(builder, **more):
    """Two floors of two stacks in A, one villa in none; one of them unreleased, one sold to somebody."""
    project_id = await make_project(builder, **more)
    asha = await make_customer()
    for floor, stack, state in ((1, "01", "available"), (1, "02", "sold"), (2, "01", "unreleased"), (2, "02", "available")):
        claim = {"customer_id": asha.user_id} if state == "sold" else {}
        place = {"floor_number": floor, "stack": stack, "unit_number": f"{floor}{stack}"}
        await make_units(builder, project_id, status=UnitStatus(state), **place, **claim)
    await make_units(builder, project_id, tower=None, unit_number="V1", unit_type=UnitType.villa, bedrooms=4, price="30000000")
    return project_id, asha


def cells(grid):
    return {
        (tower["tower"], floor["floor"], cell["stack"]): cell["status"]
        for tower in grid["towers"]
        for floor in tower["floors"]
        for cell in floor["units"]
    }


async def test_a_search_counts_what_else_there_is(client):
    builder, city = await make_builder(), unique("Nashik")
    project_id, _ = await make_tower(builder, location_city=city)

    page = (await ask(client, "/api/units", city=city.upper(), facets=True)).json()

    facets = page["facets"]
    assert page["total"] == 4 and facets["unit_type"] == {"2BHK": 3, "villa": 1} and facets["bedrooms"] == {"2": 3, "4": 1}
    assert facets["status"] == {"available": 3, "not_available": 1}
    assert facets["price"] == [{"min": 7500000, "max": 10000000, "count": 3}, {"min": 30000000, "max": 50000000, "count": 1}]
    team = (await ask(client, "/api/units", builder, project_id=project_id, facets=True)).json()["facets"]["status"]
    assert team == {"available": 3, "sold": 1, "unreleased": 1}
    fewer = (await ask(client, "/api/units", city=city, facets=True, unit_type="villa", min_price=1, q="V1")).json()
    assert fewer["total"] == 1 and fewer["facets"]["bedrooms"] == {"4": 1}
    assert (await ask(client, "/api/units", city=city)).json()["facets"] is None


async def test_units_are_found_around_a_place_by_area_and_where_they_are(client):
    builder = await make_builder()
    project_id = await make_project(builder, latitude=-41.28, longitude=174.77)
    await make_units(builder, project_id, area_sqft=500, tower="B", floor_number=7, facing="east")
    await make_units(builder, project_id, area_sqft=900)

    async def found(**params):
        return (await ask(client, "/api/units", project_id=project_id, **params)).json()["total"]

    near = {"lat": -41.3, "lng": 174.8}
    assert await found(**near, radius_km=5) == 2 and await found(**near, radius_km=1) == 0
    assert await found(min_area=501) == await found(max_area=500) == await found(tower="B", floor=7, facing="East") == 1
    assert (await ask(client, "/api/units", lat=1)).json()["errors"][0]["code"] == "MISSING"


async def test_projects_are_counted_as_a_search_would_find_them(client):
    builder, city = await make_builder(), unique("Surat")
    for price, published in ((2_000_000, True), (2_500_000, True), (90_000_000, False)):
        await make_project(builder, published, location_city=city, price_range_min=price, price_range_max=price)

    said = (await ask(client, "/api/projects/facets", city=city)).json()

    assert said == {
        "total": 2,
        "city": {city: 2},
        "project_type": {"residential": 2},
        "status": {"planning": 2},
        "price": [{"min": 2000000, "max": 3000000, "count": 2}],
    }
    assert (await ask(client, "/api/projects/facets", builder, city=city)).json()["total"] == 3
    nothing = {"total": 0, "city": {}, "project_type": {}, "status": {}, "price": []}
    assert (await ask(client, "/api/projects/facets", city="Nowhere")).json() == nothing
    assert (await ask(client, "/api/projects/facets", sort="city")).status_code == 422


async def test_the_grid_shows_each_audience_its_own_states(client):
    builder = await make_builder()
    project_id, asha = await make_tower(builder)
    path = f"/api/projects/{project_id}/availability"

    grid = (await ask(client, path)).json()

    assert [(tower["tower"], tower["total"], tower["available"], tower["stacks"]) for tower in grid["towers"]] == [
        (None, 1, 1, []),
        ("A", 3, 2, ["01", "02"]),
    ]
    masked = {(None, 0, None): "available", ("A", 1, "01"): "available", ("A", 1, "02"): "not_available", ("A", 2, "02"): "available"}
    assert cells(grid) == masked
    assert cells((await ask(client, path, asha)).json()) == masked | {("A", 1, "02"): "sold"}
    team = await ask(client, path, builder)
    assert cells(team.json()) == masked | {("A", 1, "02"): "sold", ("A", 2, "01"): "unreleased"}
    assert [tower["tower"] for tower in (await ask(client, path, tower="A")).json()["towers"]] == ["A"]
    again = await client.get(path, headers=builder.headers | {"If-None-Match": team.headers["ETag"]})
    assert again.status_code == 304
    assert (await ask(client, path, await make_builder())).status_code == 404
    assert (await ask(client, f"/api/projects/{await make_project(builder)}/availability")).json()["towers"] == []


async def test_units_stand_side_by_side_in_the_order_asked(client):
    builder = await make_builder()
    one, two = await make_units(builder, await make_project(builder), 2, area_sqft=1000)
    hidden = await make_unit(builder, published=False)

    said = (await ask(client, "/api/units/compare", ids=f"{two},{hidden},{one}")).json()

    assert [unit["id"] for unit in said] == [two, one] and said[0]["price_per_area"] == 7500.0 and said[0]["project"]["amenities"] == []
    assert len((await ask(client, "/api/units/compare", builder, ids=f"{two},{hidden}")).json()) == 2
    for ids in ("", "1,2,3,4,5", "x", "0", "1,,2", "9" * 40):
        assert (await ask(client, "/api/units/compare", ids=ids)).status_code == 422


# ── Followed ──


async def told(client, person):
    inbox = (await client.get("/api/notifications", headers=person.headers)).json()["notifications"]
    return [(one["type"], one["message"]) for one in reversed(inbox)]


async def test_followers_hear_of_a_new_price_and_of_a_unit_that_is_on_sale(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer()
    unit_id = await make_unit(builder, unit_number="12")
    path = f"/api/customer/favourites/{unit_id}"
    for _ in range(2):
        assert (await client.put(path, headers=asha.headers)).json()["id"] == unit_id
    for price in (8_000_000, 8_000_000, 7_500_000):
        await client.patch(f"/api/units/{unit_id}", json={"price": price}, headers=builder.headers)
    await client.delete(f"/api/units/{unit_id}/release", headers=builder.headers)
    withdrawn = (await client.get("/api/customer/favourites", headers=asha.headers)).json()
    await client.patch(f"/api/units/{unit_id}", json={"price": 1}, headers=builder.headers)
    await client.post(f"/api/units/{unit_id}/release", headers=builder.headers)

    assert withdrawn["favourites"][0]["unit"] is None and withdrawn["total"] == 1
    messages = ["Unit A-12 in Ashoka Residency now costs INR 8,000,000.00, before INR 7,500,000.01."]
    messages += [
        "Unit A-12 in Ashoka Residency now costs INR 7,500,000.00, before INR 8,000,000.00.",
        "Unit A-12 in Ashoka Residency is on sale.",
    ]
    assert [message for _, message in await told(client, asha)] == messages and await told(client, ravi) == await told(
        client, builder
    ) == []
    assert (await ask(client, "/api/customer/favourites", asha)).json()["favourites"][0]["unit"]["price"] == 1
    assert (await ask(client, "/api/customer/favourites", ravi)).json()["favourites"] == []
    for _ in range(2):
        assert (await client.delete(path, headers=asha.headers)).status_code == 200
    assert (await ask(client, "/api/customer/favourites", asha)).json()["total"] == 0


async def test_followers_hear_of_a_unit_that_is_free_again_unless_somebody_has_it_at_once(client):
    builder, asha, ravi, nila = (
        await make_builder(),
        await make_customer(),
        await make_customer("Ravi Menon"),
        await make_customer("Nila Das"),
    )
    unit_id = await make_unit(builder, unit_number="12")
    await client.put(f"/api/customer/favourites/{unit_id}", headers=nila.headers)

    cancelled = await reserved_booking(client, asha, unit_id)
    await client.post(f"/api/bookings/{cancelled['id']}/cancellation", json={}, headers=asha.headers)
    assert await told(client, nila) == [("unit_released", "Unit A-12 in Ashoka Residency is on sale.")]

    lapsed = await reserved_booking(client, asha, unit_id)
    await run_out(lapsed, unit_id)
    taken = await reserved_booking(client, ravi, unit_id)
    assert len(await told(client, nila)) == 1, "nobody else could have had it"

    await run_out(taken, unit_id)
    await claims.end_due()
    assert [type for type, _ in await told(client, nila)] == ["unit_released"] * 2


async def run_out(booking, unit_id):
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")


async def test_only_what_is_on_show_is_followed_and_by_customers_alone(client):
    builder, asha = await make_builder(), await make_customer()
    draft = await make_unit(builder, published=False)

    assert (await client.put(f"/api/customer/favourites/{draft}", headers=asha.headers)).status_code == 404
    assert (await client.put(f"/api/customer/favourites/{draft}", headers=builder.headers)).status_code == 403
    assert (await client.put(f"/api/customer/favourites/{draft}")).status_code == 401


# ── What has happened ──


async def test_a_team_reads_what_was_done_to_a_unit_its_holds_and_bookings(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    await client.patch(f"/api/units/{unit_id}", json={"price": 8_000_000}, headers=builder.headers)
    await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)
    await client.post("/api/bookings", json={"unit_id": unit_id, "payment_plan": "full_payment"}, headers=asha.headers)
    path = f"/api/units/{unit_id}/history"

    acts = (await ask(client, path, builder)).json()

    assert [act["action"] for act in acts] == ["booking_reserved", "hold_created", "unit_price_changed"]
    assert [act["actor"] and act["actor"]["id"] for act in acts] == [asha.user_id, asha.user_id, builder.user_id]
    assert len((await ask(client, path, builder, limit=1)).json()) == 1
    limited = await make_member(builder, TeamRole.sales_manager, (await ask(client, f"/api/units/{unit_id}", builder)).json()["project_id"])
    assert (await ask(client, path, limited)).json() == acts
    elsewhere = await make_member(builder, TeamRole.sales_manager, await make_project(builder))
    assert (await ask(client, path, elsewhere)).status_code == 404
    assert (await ask(client, path, asha)).status_code == 403 and (await ask(client, path, await make_builder())).status_code == 404
    assert (await ask(client, path, await make_member(builder, TeamRole.engineer))).status_code == 403


@pytest.mark.parametrize(("given", "walks"), [((), True), (("city",), False), (("lat", "lng", "radius_km"), False)])
async def test_a_search_in_a_place_does_not_walk_all_units_by_their_price_until_one_is_there(house, given, walks):
    """However short the page: how few units a place has the planner cannot know."""
    query = UNITS.query(Role.visitor, frozenset(given), "price", False)
    said = {"city": "Nowhere", "lat": 0, "lng": 0, "radius_km": 1, "limit": 1, "page": 1}
    async with speaking(VISITOR) as connection:
        await connection.execute("SET LOCAL enable_sort = off")  # as if each sort were dear
        cursor = AsyncRawCursor(connection)
        await cursor.execute("EXPLAIN " + query.sql, query.arguments(VISITOR.context | said))
        plan = "\n".join(line for (line,) in await cursor.fetchall())
    assert ("ix_units_price" in plan) is walks
