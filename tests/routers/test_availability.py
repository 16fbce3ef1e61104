"""Saying when visitors are received, for a company, a project and a person."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.stories import meet, offered

pytestmark = pytest.mark.anyio
URL = "/api/builder/availability"
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
MORNINGS = {day: [["09:00", "12:00"]] for day in (*WORKDAYS, "saturday", "sunday")}


async def put(client, person, rules, **place):
    return await client.put(URL, params=place, json=rules, headers=person.headers)


async def get(client, person, **place):
    return await client.get(URL, params=place, headers=person.headers)


async def test_who_may_say_when(client):
    builder = await make_builder()
    seller, finance = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.finance)

    assert (await client.get(URL)).status_code == 401
    assert (await get(client, await make_customer())).status_code == 403
    assert (await put(client, seller, {})).json()["code"] == "NOT_PERMITTED"
    assert (await put(client, seller, {}, user_id=builder.user_id)).json()["code"] == "NOT_PERMITTED"
    assert (await put(client, finance, {}, user_id=finance.user_id)).json()["code"] == "NOT_PERMITTED"
    assert (await put(client, seller, {"hours": MORNINGS}, user_id=seller.user_id)).status_code == 200
    assert (await put(client, builder, {"hours": MORNINGS}, user_id=seller.user_id)).status_code == 200
    assert (await get(client, finance)).status_code == 200


async def test_what_is_not_the_companys_is_not_there(client):
    builder, rival = await make_builder(), await make_builder("Bharat Builders")
    project_id, asha = await make_project(rival), await make_customer(known_to=builder)
    for place in ({"project_id": project_id}, {"user_id": rival.user_id}, {"user_id": asha.user_id}):
        assert (await get(client, builder, **place)).status_code == 404, place
        assert (await put(client, builder, {}, **place)).status_code == 404, place
    mine = await make_project(builder)
    assert (await put(client, builder, {}, project_id=mine, user_id=builder.user_id)).status_code == 422


async def test_the_narrower_place_wins_rule_by_rule(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    defaults = (await get(client, builder)).json()
    assert defaults["rules"]["hours"]["sunday"] == [["09:00", "19:00"]] and set(defaults["said"].values()) == {None}

    said = (await put(client, builder, {"slot_minutes": 15, "holidays": ["2026-12-25"]})).json()
    assert said == (await get(client, builder)).json() and said["said"]["slot_minutes"] == 15
    here = (await put(client, builder, {"slot_minutes": 45, "holidays": ["2027-01-26"]}, project_id=project_id)).json()
    assert here["rules"]["slot_minutes"] == 45 and here["rules"]["holidays"] == ["2026-12-25", "2027-01-26"]
    assert (await get(client, builder)).json() == said
    again = (await put(client, builder, {"slot_minutes": None}, project_id=project_id)).json()
    assert again["rules"]["slot_minutes"] == 15 and again["said"]["slot_minutes"] is None


async def test_slots_follow_the_rules(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="Europe/London")
    await put(
        client, builder, {"hours": {"monday": [["10:00", "12:00"]]}, "auto_confirm": True, "visit_minutes": 30}, project_id=project_id
    )

    answer = (await client.get(f"/api/projects/{project_id}/slots", params={"since": "2027-01-04", "days": 7})).json()
    assert answer["timezone"] == "Europe/London" and answer["duration_minutes"] == 30
    slots = await offered(client, project_id, days=7)
    assert 1 <= len(slots) <= 8 and all(slot[11:16] in ("10:00", "10:30", "11:00", "11:30") for slot in slots[-4:])
    assert len(await offered(client, project_id, days=7, duration_minutes=120)) <= 2
    visit = await meet(client, asha, project_id, slots[-1])
    assert visit.json()["status"] == "confirmed" and visit.json()["duration_minutes"] == 30
    assert slots[-1] not in await offered(client, project_id, days=7)


async def test_a_host_on_leave_receives_nobody(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    slots = await offered(client, project_id, days=10)
    day = slots[-1][:10]

    await put(client, builder, {"holidays": [day]}, user_id=builder.user_id)

    assert {slot[:10] for slot in await offered(client, project_id, days=10)} == {slot[:10] for slot in slots} - {day}


@pytest.mark.parametrize(
    "rules",
    [
        {"hours": {"someday": []}},
        {"hours": {"monday": [["12:00", "09:00"]]}},
        {"hours": {"monday": [["09:00", "12:00"], ["11:00", "13:00"]]}},
        {"hours": {"monday": [["09:00"]]}},
        {"hours": {"monday": [["9", "12:00"]]}},
        {"hours": {"monday": [["24:00", "24:00"]]}},
        {"slot_minutes": 0},
        {"visit_minutes": 1000},
        {"holidays": ["2026-02-30"]},
        {"nonsense": 1},
    ],
)
async def test_rules_that_make_no_sense_are_refused(client, rules):
    answer = await put(client, await make_builder(), rules)
    assert answer.status_code == 422 and answer.json()["errors"]
