"""The catalogue's projects: who sees them, how they are found, and what their builders may do."""

import pytest

from realestate.models.accounts import BuilderStatus, TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, unique
from tests.queries import counted
from tests.stories import made_phase, model, posted_update, upload, written

pytestmark = pytest.mark.anyio

NEW = {"project_name": "Riverside Heights", "project_type": "mixed-use", "location_city": "Pune"}


async def create(client, person, **more):
    return await client.post("/api/projects", json=NEW | more, headers=person.headers)


async def change(client, person, project_id, said, **headers):
    return await client.patch(f"/api/projects/{project_id}", json=said, headers=person.headers | headers)


async def names(client, person=None, **params):
    """What a listing finds, in its order."""
    answer = await client.get("/api/projects", params=params, headers=person.headers if person else {})
    assert answer.status_code == 200, answer.text
    return [project["project_name"] for project in answer.json()["projects"]]


# ── Who may ──


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", ""), ("PATCH", "/{id}"), ("DELETE", "/{id}"), ("POST", "/{id}/publication"), ("DELETE", "/{id}/publication")],
)
async def test_only_a_team_with_the_permission_changes_its_own_projects(client, method, path):
    builder, other, asha = await make_builder(), await make_builder(), await make_customer()
    engineer = await make_member(builder, TeamRole.engineer)
    url = "/api/projects" + path.format(id=await make_project(builder))
    body = {"json": NEW if method == "POST" and not path else {"is_featured": True}} if method in ("POST", "PATCH") else {}

    async def status(**more):
        return (await client.request(method, url, **body | more)).status_code

    assert await status() == 401
    assert await status(headers=asha.headers) == 403
    assert await status(headers=engineer.headers) == 403
    if path:
        assert await status(headers=other.headers) == 404


async def test_visitors_and_customers_see_what_is_published_and_a_team_its_own(client):
    ours, other, asha = await make_builder(), await make_builder(), await make_customer()
    city = unique("Pune")
    await make_project(ours, project_name="Open", location_city=city)
    draft = await make_project(ours, published=False, project_name="Draft", location_city=city)
    await make_project(other, project_name="Theirs", location_city=city)

    assert await names(client, city=city) == await names(client, asha, city=city) == ["Theirs", "Open"]
    assert await names(client, ours, city=city) == ["Draft", "Open"]
    assert (await client.get(f"/api/projects/{draft}")).status_code == 404
    assert (await client.get(f"/api/projects/{draft}", headers=other.headers)).status_code == 404
    assert (await client.get(f"/api/projects/{draft}", headers=ours.headers)).json()["publish_state"] == "draft"


async def test_rules_and_publish_state_are_for_the_team_only(client):
    builder = await make_builder()
    project_id = await make_project(builder)

    everybody = (await client.get(f"/api/projects/{project_id}")).json()
    team = (await client.get(f"/api/projects/{project_id}", headers=builder.headers)).json()

    assert team.keys() - everybody.keys() == {"publish_state", "rules", "payment_plans"}
    assert everybody["location"] == "Pune, Maharashtra" and everybody["builder"]["full_name"] == "Meera Iyer"


@pytest.mark.parametrize("path", ["", "?city=Pune&sort=price_range_min", "/{id}", "/{id}/units"])
async def test_every_read_is_one_statement(client, path):
    builder = await make_builder()
    project_id = await make_project(builder)
    await make_units(builder, project_id, 3)

    with counted() as statements:
        assert (await client.get("/api/projects" + path.format(id=project_id))).status_code == 200
    assert len(statements) == 1


# ── Found ──


async def test_projects_are_found_by_place_kind_price_and_words(client):
    builder = await make_builder()
    rupees = {"price_range_min": 5_000_000, "price_range_max": 9_000_000}
    baner = {"location_address": "Baner Road", "location_city": "Pune", "description": "With 100%_wood floors"}
    await make_project(builder, project_name="Baner Greens", is_featured=True, **baner, **rupees)
    await make_project(builder, project_name="Old Mill", location_city="Thane", project_type="commercial", status="completed")
    await make_unit_of_type("shop", builder, "Old Mill Arcade")
    found = {"builder_id": builder.builder_id, "sort": "project_name"}

    assert await names(client, **found) == ["Baner Greens", "Old Mill", "Old Mill Arcade"]
    assert await names(client, city="pUNE", **found) == ["Baner Greens", "Old Mill Arcade"]
    assert await names(client, location="road, pu", **found) == ["Baner Greens"]
    assert await names(client, q="100%_w", **found) == ["Baner Greens"] and await names(client, q="100_", **found) == []
    assert await names(client, project_type="Commercial", **found) == await names(client, status="completed", **found) == ["Old Mill"]
    assert await names(client, unit_type="shop", **found) == ["Old Mill Arcade"]
    assert await names(client, is_featured="true", **found) == ["Baner Greens"]
    assert await names(client, min_price="9000000", max_price="9000000.01", **found) == ["Baner Greens"]
    assert await names(client, min_price="9000000.01", **found) == ["Old Mill Arcade"]
    assert await names(client, min_price="99000000.01", **found) == await names(client, max_price="4999999.99", **found) == []


async def make_unit_of_type(unit_type, builder, project_name):
    await make_units(builder, await make_project(builder, project_name=project_name), unit_type=unit_type, price="99000000")


async def test_a_project_is_found_within_a_radius_and_across_the_180th_meridian(client):
    builder = await make_builder()
    await make_project(builder, project_name="Pune", latitude=18.5204, longitude=73.8567)
    await make_project(builder, project_name="Mumbai", latitude=19.0760, longitude=72.8777)  # 120 km away
    await make_project(builder, project_name="Taveuni", latitude=-16.85, longitude=-179.98)

    async def around(lat, lng, radius_km):
        return await names(client, builder_id=builder.builder_id, sort="project_name", lat=lat, lng=lng, radius_km=radius_km)

    assert await around(18.52, 73.85, 119) == ["Pune"]
    assert await around(18.52, 73.85, 121) == ["Mumbai", "Pune"]
    assert await around(-16.85, 179.99, 5) == ["Taveuni"]
    assert await around(89.999, 10, 500) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lat=18.5&lng=73.8", "radius_km"),
        ("lat=18.5&lng=73.8&radius_km=501", "radius_km"),
        ("lat=nan&lng=73.8&radius_km=5", "lat"),
        ("sort=builder_id", "sort"),
        ("sort=project_name,-created_at,start_date", "sort"),
        ("status=nonsense", "status"),
        ("min_price=1.234", "min_price"),
        ("publish_state=draft", "publish_state"),
    ],
)
async def test_a_search_that_makes_no_sense_names_the_field(client, query, field):
    answer = await client.get(f"/api/projects?{query}")

    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_page_is_sorted_as_asked_and_counts_unless_told_not_to(client):
    builder = await make_builder()
    for name, price in (("B", 3), ("A", 3), ("C", 1)):
        await make_project(builder, project_name=name, price_range_min=price, price_range_max=price)
    found = {"builder_id": builder.builder_id}

    assert await names(client, sort="-price_range_min,project_name", **found) == ["A", "B", "C"]
    assert await names(client, **found) == ["C", "A", "B"]
    page = (await client.get("/api/projects", params=found | {"limit": 2, "page": 2, "count": False})).json()
    assert len(page["projects"]) == 1 and page["total"] is None and page["page"] == 2 and page["limit"] == 2


# ── Created ──


async def test_a_project_of_an_active_builder_is_published_at_once(client):
    builder = await make_builder()

    answer = await create(client, builder, available_units=99, location_state="", total_units=None)

    project = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/projects/{project['id']}"
    assert project["publish_state"] == "published" and project["project_type"] == "mixed" and project["slug"] == "riverside-heights"
    assert project["available_units"] == 0 and project["location_state"] is None and project["total_units"] == 0
    again = await client.get(f"/api/projects/{project['id']}", headers=builder.headers)
    assert again.content == answer.content and again.headers["ETag"] == answer.headers["ETag"]
    assert (await create(client, builder)).json()["slug"] == "riverside-heights-2"
    assert (await create(client, await make_builder(), builder_id=None)).json()["slug"] == "riverside-heights"


async def test_a_pending_builder_prepares_drafts_and_cannot_publish(client):
    builder = await make_builder(status=BuilderStatus.pending)

    draft = (await create(client, builder)).json()

    assert draft["publish_state"] == "draft"
    assert (await create(client, builder, publish_state="published")).json()["code"] == "BUILDER_NOT_ACTIVE"
    refused = await client.post(f"/api/projects/{draft['id']}/publication", headers=builder.headers)
    assert refused.status_code == 409 and refused.json()["code"] == "BUILDER_NOT_ACTIVE"


async def test_a_project_cannot_be_made_for_another_company(client):
    builder, other = await make_builder(), await make_builder()

    assert (await create(client, builder, builder_id=builder.builder_id)).status_code == 201
    refused = await create(client, builder, builder_id=other.builder_id)
    assert refused.status_code == 403 and refused.json()["code"] == "NOT_YOUR_COMPANY"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("colour", {"colour": "red"}),
        ("overall_progress", {"overall_progress": 5}),
        ("project_name", {"project_name": " "}),
        ("currency", {"currency": "JPY"}),
        ("timezone", {"timezone": "Mars/Olympus"}),
        ("timezone", {"timezone": "localtime"}),  # Python finds such a file, PostgreSQL knows no such zone
        ("publish_state", {"publish_state": "archived"}),
        ("price_range_max", {"price_range_min": 5, "price_range_max": 4}),
        ("expected_completion_date", {"start_date": "2027-01-02", "expected_completion_date": "2027-01-01"}),
        ("latitude", {"latitude": 91}),
        ("towers.0.floors", {"towers": [{"code": "A", "name": "A", "floors": 0, "stacks": []}]}),
        ("rules.hold_minutes", {"rules": {"hold_minutes": 1}}),
        ("amenities", {"amenities": ["pool"] * 101}),
    ],
)
async def test_a_wrong_field_is_named(client, field, said):
    answer = await create(client, await make_builder(), **said)

    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == [field]


# ── Changed ──


async def test_a_change_touches_what_is_said_and_nothing_else(client):
    builder = await make_builder()
    project_id = await make_project(builder, description="Quiet", total_units=40)
    towers = [{"code": "A", "name": "Tower A", "floors": 12, "stacks": ["1", "2"]}]

    said = {"status": "ongoing", "description": None, "towers": towers, "rules": {"hold_minutes": 45, "token_percent": 2.5}}
    project = (await change(client, builder, project_id, said)).json()

    assert project["status"] == "construction" and project["description"] is None and project["total_units"] == 40
    assert project["towers"] == towers and project["rules"] == {"hold_minutes": 45, "token_percent": "2.5"}
    assert project["version"] == 2
    merged = (await change(client, builder, project_id, {"rules": {"grace_days": 7, "token_percent": None}})).json()["rules"]
    assert merged == {"hold_minutes": 45, "grace_days": 7}
    assert (await change(client, builder, project_id, {"project_name": None})).json()["errors"][0]["field"] == "project_name"
    assert (await change(client, builder, project_id, {"publish_state": "draft"})).status_code == 422


async def test_a_stale_version_changes_and_deletes_nothing(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    etag = (await client.get(f"/api/projects/{project_id}", headers=builder.headers)).headers["ETag"]

    assert (await change(client, builder, project_id, {"is_featured": True}, **{"If-Match": etag})).status_code == 200
    stale = await change(client, builder, project_id, {"is_featured": False}, **{"If-Match": etag})
    assert stale.status_code == 412 and stale.json()["code"] == "STALE_VERSION"
    for what in ("", "/publication"):
        deleted = await client.delete(f"/api/projects/{project_id}{what}", headers=builder.headers | {"If-Match": etag})
        assert deleted.status_code == 412


async def test_units_fix_the_currency_and_make_the_price_range(client):
    builder = await make_builder()
    project_id = await make_project(builder, price_range_min=1, price_range_max=2)
    assert (await change(client, builder, project_id, {"currency": "aed"})).json()["currency"] == "AED"
    await make_units(builder, project_id, price="7500000.01")

    project = (await change(client, builder, project_id, {"price_range_min": 5, "currency": "AED"})).json()

    assert project["price_range_min"] == project["price_range_max"] == 7500000.01
    refused = await change(client, builder, project_id, {"currency": "INR"})
    assert refused.status_code == 409 and refused.json()["code"] == "CURRENCY_FIXED"


async def test_publishing_and_withdrawing_can_be_repeated_and_units_follow(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    await make_units(builder, project_id, 2)
    publication = f"/api/projects/{project_id}/publication"

    for _ in range(2):
        assert (await client.delete(publication, headers=builder.headers)).json()["publish_state"] == "draft"
    assert (await client.get(f"/api/projects/{project_id}")).status_code == 404
    for _ in range(2):
        assert (await client.post(publication, headers=builder.headers)).json()["publish_state"] == "published"
    assert (await client.get(f"/api/projects/{project_id}")).json()["available_units"] == 2


async def test_a_project_nobody_has_claimed_anything_of_can_be_deleted(client):
    builder, asha = await make_builder(), await make_customer()
    used, unused = await make_project(builder), await make_project(builder)
    await make_units(builder, unused, 2)
    (unit_id,) = await make_units(builder, used)
    assert (await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)).status_code == 200

    assert (await client.delete(f"/api/projects/{unused}", headers=builder.headers)).json() == {"message": "The project has been deleted."}
    assert (await client.get(f"/api/projects/{unused}", headers=builder.headers)).status_code == 404
    refused = (await client.delete(f"/api/projects/{used}", headers=builder.headers)).json()
    assert refused["code"] == "PROJECT_IN_USE"
    assert refused["blocked_by"] == {"bookings": 0, "holds": 1, "appointments": 0, "conversations": 0}


async def test_a_project_that_people_have_written_about_is_not_deleted(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    for _ in range(2):
        await written(client, asha, project_id)

    answer = await client.delete(f"/api/projects/{project_id}", headers=builder.headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "PROJECT_IN_USE")
    assert answer.json()["blocked_by"] == {"bookings": 0, "holds": 0, "appointments": 0, "conversations": 1}


async def test_what_a_builder_has_put_into_a_project_goes_with_it(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    phase = await made_phase(client, builder, project_id)
    await posted_update(client, builder, project_id, progress_id=phase["id"])
    await model(client, builder, project_id=project_id)
    assert (await upload(client, builder, project_id=project_id)).status_code == 201

    answer = await client.delete(f"/api/projects/{project_id}", headers=builder.headers)

    assert answer.status_code == 200, answer.text
