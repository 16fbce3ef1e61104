"""Phases of the work: who reports and certifies them, what follows for the project, and who is told."""

import asyncio

import pytest
from sqlalchemy import text

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import certify, confirmed_booking, made_phase, posted_update, report, reserved_booking, types_told, upload

pytestmark = pytest.mark.anyio


@pytest.fixture
async def site(client):
    """A builder, a buyer with an allotted flat in tower A, and the project."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    [unit_id] = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, customer, unit_id)
    return builder, customer, booking


async def overall(client, project_id):
    return (await client.get(f"/api/projects/{project_id}")).json()["overall_progress"]


async def phases(client, project_id, person=None):
    return (await client.get(f"/api/projects/{project_id}/progress", headers=person.headers if person else {})).json()


async def acts(phase, action):
    """What the book says of a phase: the details of each act of a kind."""
    query = "SELECT details FROM audit_events WHERE entity_type = 'progress' AND entity_id = :id AND action = :action ORDER BY id"
    async with transaction(WORKER) as session:
        return list(await session.scalars(text(query), {"id": phase["id"], "action": action}))


async def test_only_those_who_build_report_progress(client, site):
    builder, customer, booking = site
    path, said = f"/api/projects/{booking['project_id']}/progress", {"phase_name": "Structure"}

    assert (await client.post(path, json=said)).status_code == 401
    assert (await client.post(path, json=said, headers=customer.headers)).status_code == 403
    sales = await make_member(builder, TeamRole.sales)
    assert (await client.post(path, json=said, headers=sales.headers)).json()["code"] == "NOT_PERMITTED"
    rival = await make_builder("Bharat Builders")
    assert (await client.post(path, json=said, headers=rival.headers)).status_code == 404
    engineer = await make_member(builder, TeamRole.engineer)
    assert (await client.post(path, json=said, headers=engineer.headers)).status_code == 201


async def test_a_phase_is_shown_to_everybody_without_what_is_the_teams(client, site):
    builder, customer, booking = site
    made = await made_phase(client, builder, booking["project_id"], contractor_notes="Mixer 3 is late", milestone_images=["/raft.jpg"])

    assert made["contractor_notes"] == "Mixer 3 is late" and made["phase_key"] == "foundation" and made["scope"] == "project"
    assert [(one["from"], one["to"], one["by"]) for one in made["history"]] == [(0, 50, builder.user_id)]
    for person in (None, customer):
        [shown] = await phases(client, booking["project_id"], person)
        assert shown["progress_percentage"] == 50 and shown["status"] == "in_progress" and shown["milestone_images"] == ["/raft.jpg"]
        assert not shown.keys() & {"contractor_notes", "history", "certified_by"} and "Mixer" not in str(shown)


async def test_a_hidden_phase_is_the_teams_alone(client, site):
    builder, customer, booking = site
    hidden = await made_phase(client, builder, booking["project_id"], customer_visible=False)

    assert await phases(client, booking["project_id"], customer) == await phases(client, booking["project_id"]) == []
    assert (await client.get(f"/api/progress/{hidden['id']}", headers=customer.headers)).status_code == 404
    assert "progress_phase_updated" not in await types_told(client, customer)
    assert [one["id"] for one in await phases(client, booking["project_id"], builder)] == [hidden["id"]]


async def test_a_phase_of_a_unit_is_its_buyers_alone(client, site):
    builder, customer, booking = site
    other, ended = await make_customer("Ravi Menon"), await make_customer("Nila Das")
    for neighbour in (other, ended):
        [next_door] = await make_units(builder, booking["project_id"])
        theirs = await reserved_booking(client, neighbour, next_door)
    await client.post(f"/api/bookings/{theirs['id']}/cancellation", json={}, headers=ended.headers)
    await made_phase(client, builder, booking["project_id"], name="Flooring", unit_id=booking["unit_id"])

    assert [one["scope"] for one in await phases(client, booking["project_id"], customer)] == ["unit"]
    for person in (other, ended, None):
        assert await phases(client, booking["project_id"], person) == []
    assert "progress_phase_updated" in await types_told(client, customer)
    assert "progress_phase_updated" not in await types_told(client, other)


async def test_overall_progress_is_the_weighted_mean(client, site):
    builder, _, booking = site
    project = booking["project_id"]
    await made_phase(client, builder, project, weight=20, progress_percentage=100)
    structure = await made_phase(client, builder, project, name="Structure", weight=50, progress_percentage=30)
    last = await made_phase(client, builder, project, name="Finishing", weight=30, progress_percentage=0)
    assert await overall(client, project) == 35

    await report(client, builder, structure, progress_percentage=33.33)
    assert await overall(client, project) == 36.67
    await client.delete(f"/api/progress/{last['id']}", headers=builder.headers)
    assert await overall(client, project) == round((20 * 100 + 50 * 33.33) / 70, 2)


async def test_of_a_phase_that_several_define_the_widest_counts(client, site):
    builder, _, booking = site
    project = booking["project_id"]
    await made_phase(client, builder, project, weight=60, progress_percentage=0)
    for percentage, more in ((80, {"tower": "A"}), (30, {"unit_id": booking["unit_id"]})):
        await made_phase(client, builder, project, name="Structure", weight=40, progress_percentage=percentage, **more)
    assert await overall(client, project) == 32  # the tower's, not the unit's

    towers = [{"code": code, "name": f"Tower {code}", "floors": 9, "stacks": []} for code in "AB"]
    await client.patch(f"/api/projects/{project}", json={"towers": towers}, headers=builder.headers)
    await made_phase(client, builder, project, name="Structure", weight=40, progress_percentage=20, tower="B")
    assert await overall(client, project) == 20  # the mean of both towers, weighing 40 as before

    await made_phase(client, builder, project, name="Structure", weight=40, progress_percentage=10)
    assert await overall(client, project) == 4


async def test_ten_reports_at_once_are_all_in_the_mean(client, site):
    builder, _, booking = site
    made = [
        await made_phase(client, builder, booking["project_id"], name=f"Floor {n}", weight=10, progress_percentage=0) for n in range(10)
    ]
    answers = await asyncio.gather(*(report(client, builder, phase, progress_percentage=70) for phase in made))
    assert {answer.status_code for answer in answers} == {200}
    assert await overall(client, booking["project_id"]) == 70


async def test_weights_total_at_most_100_even_when_two_add_at_once(client, site):
    builder, _, booking = site
    path = f"/api/projects/{booking['project_id']}/progress"
    said = [{"phase_name": name, "weight": 60} for name in ("Structure", "Finishing")]
    answers = await asyncio.gather(*(client.post(path, json=one, headers=builder.headers) for one in said))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert next(answer.json()["code"] for answer in answers if answer.status_code == 409) == "WEIGHTS_EXCEEDED"


async def test_a_plan_is_whole_when_its_project_is_published(client):
    builder = await make_builder()
    project = await make_project(builder, published=False)
    first = await made_phase(client, builder, project, weight=60)
    answer = await client.post(f"/api/projects/{project}/publication", headers=builder.headers)
    assert answer.status_code == 409 and answer.json()["code"] == "WEIGHTS_INCOMPLETE" and answer.json()["total"] == 60
    assert (await client.get(f"/api/progress/{first['id']}")).status_code == 404
    await made_phase(client, builder, project, name="Structure", weight=40)
    assert (await client.post(f"/api/projects/{project}/publication", headers=builder.headers)).status_code == 200
    assert len(await phases(client, project)) == 2


async def test_nobody_says_the_overall_progress(client, site):
    builder, _, booking = site
    answer = await client.patch(f"/api/projects/{booking['project_id']}", json={"overall_progress": 5}, headers=builder.headers)
    assert answer.status_code == 422


async def test_going_back_needs_a_reason_and_is_a_note_for_finance(client, site):
    builder, customer, booking = site
    finance, sales = await make_member(builder, TeamRole.finance), await make_member(builder, TeamRole.sales)
    phase = await made_phase(client, builder, booking["project_id"], progress_percentage=100)
    assert phase["status"] == "completed" and phase["actual_end_date"]
    assert (await certify(client, builder, phase)).status_code == 201

    refusal = await report(client, builder, phase, progress_percentage=70)
    assert refusal.status_code == 422 and refusal.json()["errors"][0] == refusal.json()["errors"][0] | {
        "field": "reason",
        "code": "MISSING",
    }
    now = (await report(client, builder, phase, progress_percentage=70, reason="Column C4 fails its test")).json()

    assert (now["status"], now["actual_end_date"], now["certified_percentage"]) == ("in_progress", None, 70)
    assert now["history"][-1] == now["history"][-1] | {"from": 100, "to": 70, "reason": "Column C4 fails its test"}
    [told] = (await client.get("/api/notifications?type=progress_corrected", headers=finance.headers)).json()["notifications"]
    assert "back from 100 to 70 %" in told["message"] and "Column C4" in told["message"]
    for person in (customer, sales):
        assert "progress_corrected" not in await types_told(client, person)
    assert [one["before"] for one in await acts(phase, "progress_corrected")] == ["100"]


async def test_one_crossing_for_each_certified_rise(client, site):
    builder, customer, booking = site
    phase = await made_phase(client, builder, booking["project_id"], progress_percentage=0)
    assert (await certify(client, builder, phase)).json()["code"] == "NOTHING_TO_CERTIFY"
    await report(client, builder, phase, progress_percentage=100)
    assert await acts(phase, "progress.crossed") == []

    answers = await asyncio.gather(*(certify(client, builder, phase, note="Core tests passed") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    said = next(answer for answer in answers if answer.status_code == 201).json()
    assert said["certified_percentage"] == 100 and said["certified_by"] == builder.user_id and said["certified_at"]
    assert [(one["before"], one["after"]) for one in await acts(phase, "progress.crossed")] == [("0", "100")]
    assert (await types_told(client, customer)).count("progress_certified") == 1

    await report(client, builder, phase, progress_percentage=60, reason="Miscounted")
    await report(client, builder, phase, progress_percentage=80)
    await certify(client, builder, phase)
    assert [(one["before"], one["after"]) for one in await acts(phase, "progress.crossed")] == [("0", "100"), ("60", "80")]


async def test_without_a_certificate_a_report_is_a_crossing_where_the_project_says_so(client, site):
    builder, _, booking = site
    answer = await client.patch(
        f"/api/projects/{booking['project_id']}", json={"rules": {"certificate_required": False}}, headers=builder.headers
    )
    assert answer.status_code == 200
    phase = await made_phase(client, builder, booking["project_id"], progress_percentage=40)
    await report(client, builder, phase, progress_percentage=40)
    await report(client, builder, phase, progress_percentage=100)
    await certify(client, builder, phase)
    assert [(one["before"], one["after"]) for one in await acts(phase, "progress.crossed")] == [("0", "40"), ("40", "100")]


async def test_an_engineer_does_not_certify_by_being_one(client, site):
    builder, customer, booking = site
    phase = await made_phase(client, builder, booking["project_id"])
    assert (await client.post(f"/api/progress/{phase['id']}/certification", json={})).status_code == 401
    assert (await certify(client, customer, phase)).status_code == 403
    for role in (TeamRole.engineer, TeamRole.finance, TeamRole.admin):
        assert (await certify(client, await make_member(builder, role), phase)).json()["code"] == "NOT_PERMITTED"
    assert (await certify(client, await make_builder("Bharat Builders"), phase)).status_code == 404
    trusted = await make_member(builder, TeamRole.engineer, may_certify=True)
    assert (await certify(client, trusted, phase)).json()["certified_by"] == trusted.user_id


async def test_buyers_of_the_project_are_told_of_each_rise(client, site):
    builder, customer, booking = site
    stranger, asker = await make_customer("Ravi Menon"), await make_customer("Nila Das")
    said = {"unit_id": booking["unit_id"], "intent": "inquire"}
    assert (await client.post("/api/bookings", json=said, headers=asker.headers)).status_code == 201
    phase = await made_phase(client, builder, booking["project_id"], contractor_notes="Do not say this")
    await report(client, builder, phase, progress_percentage=60)
    await report(client, builder, phase, contractor_notes="Nor this")

    told = (await client.get("/api/notifications?type=progress_phase_updated", headers=customer.headers)).json()["notifications"]
    assert [one["message"].partition(": ")[2] for one in told] == ["Foundation is 60 % complete.", "Foundation is 50 % complete."]
    assert told[0]["action_url"] == f"/projects/{booking['project_id']}" and told[0]["related_entity_type"] == "progress"
    assert "say this" not in str(told).lower() and "nor this" not in str(told).lower()
    for person in (stranger, asker):
        assert "progress_phase_updated" not in await types_told(client, person)


@pytest.mark.parametrize(
    ("said", "status", "percentage"),
    [
        ({"status": "completed"}, "completed", 100),
        ({"status": "delayed"}, "delayed", 50),
        ({"status": "on_hold", "progress_percentage": 55}, "on_hold", 55),
        ({"status": "not_started", "reason": "Another phase was meant"}, "not_started", 0),
        ({"progress_percentage": 0, "reason": "Another phase was meant"}, "in_progress", 0),
        ({"progress_percentage": "100"}, "completed", 100),
    ],
)
async def test_state_and_percentage_agree(client, site, said, status, percentage):
    builder, _, booking = site
    phase = await made_phase(client, builder, booking["project_id"])
    now = (await report(client, builder, phase, **said)).json()
    assert (now["status"], now["progress_percentage"]) == (status, percentage)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"status": "completed", "progress_percentage": 90}, "status"),
        ({"status": "not_started"}, "reason"),
        ({"progress_percentage": 101}, "progress_percentage"),
        ({"progress_percentage": 33.333}, "progress_percentage"),
        ({"start_date": "2026-05-01", "expected_end_date": "2026-04-01"}, "expected_end_date"),
        ({"milestone_images": ["http://example.com/a.jpg"]}, "milestone_images.0"),
        ({"phase_key": "other"}, "phase_key"),
        ({"certified_percentage": 100}, "certified_percentage"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(client, site, said, field):
    builder, _, booking = site
    phase = await made_phase(client, builder, booking["project_id"])
    answer = await report(client, builder, phase, **said)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
    assert (await client.get(f"/api/progress/{phase['id']}", headers=builder.headers)).json() == phase


async def test_a_scope_is_of_the_project(client, site):
    builder, _, booking = site
    [elsewhere] = await make_units(builder, await make_project(builder))
    path = f"/api/projects/{booking['project_id']}/progress"
    for said, status in (({"tower": "Z"}, 422), ({"unit_id": elsewhere}, 404), ({"unit_id": booking["unit_id"], "tower": "A"}, 422)):
        answer = await client.post(path, json={"phase_name": "Structure"} | said, headers=builder.headers)
        assert answer.status_code == status, said
    await made_phase(client, builder, booking["project_id"], name="Structure", weight=0)
    again = await client.post(path, json={"phase_name": "Structure"}, headers=builder.headers)
    assert again.status_code == 409 and again.json()["code"] == "PHASE_EXISTS"


async def test_a_stale_report_is_refused(client, site):
    builder, _, booking = site
    phase = await made_phase(client, builder, booking["project_id"])
    seen = (await client.get(f"/api/progress/{phase['id']}", headers=builder.headers)).headers["ETag"]
    await report(client, builder, phase, progress_percentage=60)
    assert (await report(client, builder, phase, {"If-Match": seen}, progress_percentage=70)).status_code == 412


async def test_what_was_certified_or_written_about_is_not_deleted(client, site):
    builder, _, booking = site
    certified = await made_phase(client, builder, booking["project_id"])
    await certify(client, builder, certified)
    answer = await client.delete(f"/api/progress/{certified['id']}", headers=builder.headers)
    assert answer.status_code == 409 and answer.json()["code"] == "PHASE_CERTIFIED"

    described = await made_phase(client, builder, booking["project_id"], name="Structure")
    await posted_update(client, builder, booking["project_id"], progress_id=described["id"])
    answer = await client.delete(f"/api/progress/{described['id']}", headers=builder.headers)
    assert answer.status_code == 409 and answer.json()["code"] == "PHASE_HAS_UPDATES"


async def test_a_project_goes_with_its_phases_and_updates(client):
    builder = await make_builder()
    project = await make_project(builder)
    await make_units(builder, project)
    phase = await made_phase(client, builder, project)
    await certify(client, builder, phase)
    await posted_update(client, builder, project, progress_id=phase["id"])
    answer = await client.delete(f"/api/projects/{project}", headers=builder.headers)
    assert answer.status_code == 200, answer.text
    assert (await client.get(f"/api/projects/{project}/progress", headers=builder.headers)).status_code == 404


async def test_buyers_find_the_certificate(client, site):
    builder, customer, booking = site
    phase, hidden = [
        await made_phase(client, builder, booking["project_id"], name=name, customer_visible=visible)
        for name, visible in (("Foundation", True), ("Secret", False))
    ]
    for one in (phase, hidden):
        document = (await upload(client, builder, name="certificate.jpg")).json()["id"]
        answer = await certify(client, builder, one, document_ids=[document])
        assert [kept["file_name"] for kept in answer.json()["documents"]] == ["certificate.jpg"]
        is_open = (await client.get(f"/api/documents/{document}", headers=customer.headers)).status_code == 200
        assert is_open is (one is phase)
    [shown] = await phases(client, booking["project_id"], customer)
    assert (await client.get(shown["documents"][0]["url"])).status_code == 200
    assert [one["documents"] for one in await phases(client, booking["project_id"])] == [[]]
