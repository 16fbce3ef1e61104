"""What people ask whom nobody knows yet."""

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.speaking import attempt
from tests.stories import types_told

pytestmark = pytest.mark.anyio
SAID = {"full_name": "Nina Shah", "email": "nina@example.com", "message": "Is there a flat that faces east?"}


async def ask(client, project_id, headers=None, **more):
    return await client.post("/api/enquiries", json=SAID | {"project_id": project_id} | more, headers=headers or {})


async def shown(client, person, **search):
    return (await client.get("/api/builder/enquiries", params=search, headers=person.headers)).json()


@pytest.fixture
async def site():
    builder = await make_builder()
    return builder, await make_project(builder)


async def test_anybody_asks_without_an_account_and_the_sellers_are_told(client, site):
    builder, project_id = site
    seller, clerk = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.finance)
    answer = await ask(client, project_id)
    assert answer.status_code == 201 and answer.json()["message"] and "id" not in answer.json()
    [one] = (await shown(client, builder))["enquiries"]
    assert {name: one[name] for name in SAID} == SAID and (one["status"], one["assigned_to"], one["unit_id"]) == ("new", None, None)
    for person, told in ((builder, ["enquiry_received"]), (seller, ["enquiry_received"]), (clerk, [])):
        assert await types_told(client, person) == told
    assert (await shown(client, await make_builder("Bharat Builders")))["total"] == 0


async def test_a_unit_is_asked_about_that_belongs_to_the_project_and_is_on_show(client, site):
    builder, project_id = site
    [unit_id] = await make_units(builder, project_id)
    assert (await ask(client, project_id, unit_id=unit_id)).status_code == 201
    hidden = await make_project(builder, published=False)
    for wrong in ({"unit_id": await make_unit(builder)}, {"project_id": hidden}, {"project_id": 2**60}, {"unit_id": 2**60}):
        assert (await ask(client, **{"project_id": project_id} | wrong)).status_code == 404, wrong
    assert [one["unit_id"] for one in (await shown(client, builder))["enquiries"]] == [unit_id]


@pytest.mark.parametrize("bad", [{"email": None}, {"email": "nobody"}, {"message": ""}, {"full_name": "x" * 201}, {"status": "closed"}])
async def test_who_cannot_be_answered_or_says_nothing_is_not_kept(client, site, bad):
    builder, project_id = site
    assert (await ask(client, project_id, **bad)).status_code == 422
    assert (await shown(client, builder))["total"] == 0


async def test_a_client_asks_ten_times_in_a_quarter_of_an_hour(client, site, monkeypatch):
    monkeypatch.setattr("realestate.config.settings.rate_limits", "on")
    builder, project_id = site
    answers = [await ask(client, project_id) for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and refused[0].headers["Retry-After"] and refused[0].headers["RateLimit-Policy"].startswith('"enquiry";q=10')
    assert (await shown(client, builder))["total"] == 12 - len(refused) <= 10


async def test_sellers_answer_close_and_hand_them_on(client, site):
    builder, project_id = site
    seller, clerk = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.finance)
    await ask(client, project_id)
    [one] = (await shown(client, builder))["enquiries"]
    path = f"/api/builder/enquiries/{one['id']}"

    async def say(person, **said):
        return await client.patch(path, json=said, headers=person.headers)

    assert (await say(clerk, step="answer")).json()["code"] == "NOT_PERMITTED"
    assert (await say(await make_builder("Bharat Builders"), step="answer")).status_code == 404
    assert (await say(await make_customer(), step="answer")).json()["code"] == "WRONG_ROLE"
    said = (await say(seller, step="answer", assigned_to=seller.user_id)).json()
    assert (said["status"], said["assigned_to"]) == ("answered", seller.user_id)
    assert (await say(seller, step="answer")).json()["code"] == "INVALID_TRANSITION"
    assert (await say(seller, step="close", assigned_to=None)).json()["assigned_to"] is None
    assert (await shown(client, builder, status="closed"))["total"] == 1 and (await shown(client, builder, status="new"))["total"] == 0


async def test_nobody_writes_one_below_the_application_or_reads_anothers(client, site):
    builder, project_id = site
    await ask(client, project_id)
    row = "INSERT INTO enquiries (builder_id, project_id, full_name, email, message) VALUES ({}, {}, 'x', 'x', 'x')"
    asha, rival = await make_customer(), await make_builder("Bharat Builders")
    limited = await make_member(builder, TeamRole.finance, await make_project(builder))
    for person in (asha, builder, rival, limited):
        assert await attempt(person, row.format(builder.builder_id, project_id)) == "42501"
        assert await attempt(person, "DELETE FROM enquiries") == "42501"
    assert await attempt(builder, "UPDATE enquiries SET message = 'x'") == "42501"
    of_project = f"SELECT id FROM enquiries WHERE project_id = {project_id}"
    assert [await attempt(one, of_project) for one in (builder, limited, rival, asha)] == [1, 0, 0, "42501"]
