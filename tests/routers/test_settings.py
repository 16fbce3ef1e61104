"""/api/me/settings, /api/builder/settings, /api/admin/settings."""

import asyncio

import pytest
from sqlalchemy import delete

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.settings import SettingScope, SystemSetting
from realestate.schemas import settings as registry
from tests.factories import make_admin, make_builder, make_customer, make_member, make_project

pytestmark = pytest.mark.anyio
NOTICE = "/api/builder/settings/portal.notice"
MINE = "/api/me/settings/portal.preferences"


@pytest.fixture(autouse=True)
async def nothing_for_all(house):
    """Other tests may have sent whatever a setting takes."""
    async with transaction(WORKER) as session:
        await session.execute(delete(SystemSetting).where(SystemSetting.scope == SettingScope.everybody))


async def put(client, person, path, value, **headers):
    return await client.put(path, json={"setting_value": value}, headers=person.headers | headers)


async def test_who_may_ask(client):
    builder, customer, viewer = await make_builder(), await make_customer(), None
    viewer = await make_member(builder, TeamRole.viewer)
    for path in ("/api/builder/settings", "/api/admin/settings", "/api/me/settings"):
        assert (await client.get(path)).status_code == 401
    assert (await client.get("/api/builder/settings", headers=customer.headers)).status_code == 403
    assert (await client.get("/api/admin/settings", headers=builder.headers)).status_code == 403
    assert (await client.get("/api/builder/settings", headers=viewer.headers)).status_code == 200
    refused = await put(client, viewer, NOTICE, "x")
    assert refused.status_code == 403 and refused.json()["code"] == "NOT_PERMITTED"


async def test_a_company_sets_a_value_and_takes_it_back(client):
    builder = await make_builder()
    before = (await client.get(NOTICE, headers=builder.headers)).json()
    assert before["setting_value"] == before["default_value"] == "" and before["version"] == 0
    assert before["setting_type"] == "string" and before["value_schema"] == {"maxLength": 500, "type": "string"}
    said = await put(client, builder, NOTICE, "Closed on Sunday.")
    assert said.status_code == 200 and said.json() | {"updated_at": None} == before | {
        "setting_value": "Closed on Sunday.",
        "source": "builder",
        "version": 1,
        "updated_at": None,
        "updated_by": builder.user_id,
    }
    assert said.json() in (await client.get("/api/builder/settings", headers=builder.headers)).json()
    assert (await put(client, builder, NOTICE, "Open again.")).json()["version"] == 2
    assert (await put(client, builder, NOTICE, "Open again.")).json()["version"] == 2  # nothing has changed
    other = await make_builder("Bharat Builders")
    assert (await client.get(NOTICE, headers=other.headers)).json()["source"] != "builder"
    gone = [(await client.delete(NOTICE, headers=builder.headers)).json() for _ in range(2)]
    assert gone[0] == gone[1] and gone[0]["version"] == 0 and gone[0]["source"] != "builder"


async def test_what_administrators_set_holds_where_nobody_has_set_anything_else(client):
    admin, builder, other = await make_admin(), await make_builder(), await make_builder("Bharat Builders")
    await put(client, builder, NOTICE, "Ours")
    try:
        assert (await put(client, admin, "/api/admin/settings/portal.notice", "For all")).json()["source"] == "global"
        assert (await client.get(NOTICE, headers=builder.headers)).json()["setting_value"] == "Ours"
        for builder_id, notice in ((builder.builder_id, "Ours"), (other.builder_id, "For all"), ("", "For all"), (2**62, "For all")):
            shown = (await client.get(f"/api/meta/settings?builder_id={builder_id}")).json()
            assert {"setting_key": "portal.notice", "setting_value": notice} in shown
            assert "portal.preferences" not in [one["setting_key"] for one in shown]
        theirs = (await client.get(NOTICE, headers=other.headers)).json()
        assert theirs["setting_value"] == "For all" and theirs["source"] == "global" and theirs["version"] == 0
        assert (await client.delete(NOTICE, headers=builder.headers)).json()["setting_value"] == "For all"
    finally:
        gone = await client.delete("/api/admin/settings/portal.notice", headers=admin.headers)
    assert gone.json()["source"] == "default"
    acts = (await client.get("/api/admin/audit?entity_type=setting&limit=100", headers=admin.headers)).json()["events"]
    assert [(act["action"], act["builder_id"]) for act in acts if act["actor_id"] == admin.user_id] == [
        ("setting.reset", None),
        ("setting.changed", None),
    ]


async def test_everybody_has_settings_of_their_own(client):
    for person in (await make_builder(), await make_customer(), await make_admin()):
        assert (await put(client, person, MINE, {"theme": "dark", "rows": 50})).status_code == 200
        assert (await client.get(MINE, headers=person.headers)).json()["setting_value"] == {"theme": "dark", "rows": 50}
        assert [one["setting_key"] for one in (await client.get("/api/me/settings", headers=person.headers)).json()]
    stranger = await make_customer("Ravi Nair")
    assert (await client.get(MINE, headers=stranger.headers)).json()["source"] == "default"


async def test_a_project_has_values_of_its_own(client):
    """No key of this room can be set there; the first that can comes with another room."""
    builder, other = await make_builder(), await make_builder("Bharat Builders")
    project_id = await make_project(builder)
    keys = {key for key, one in registry.SETTINGS.items() if SettingScope.project in one.scopes}
    listed = (await client.get(f"/api/builder/settings?project_id={project_id}", headers=builder.headers)).json()
    assert {one["setting_key"] for one in listed} == keys
    for path in (f"/api/builder/settings?project_id={project_id}", f"{NOTICE}?project_id={project_id}"):
        assert (await client.get(path, headers=other.headers)).status_code == 404
    for key in keys:
        path = f"/api/builder/settings/{key}?project_id={project_id}"
        one = (await client.get(path, headers=builder.headers)).json()
        said = await put(client, builder, path, one["default_value"])
        assert said.status_code == 200 and said.json()["source"] == "project"
        assert (await put(client, other, path, one["default_value"])).status_code == 404
        assert (await client.get(f"/api/builder/settings/{key}", headers=builder.headers)).json()["source"] != "project"


@pytest.mark.parametrize("value", [7, None, ["x"], "x" * 501])
async def test_a_value_that_the_key_does_not_take_is_refused_by_name(client, value):
    refused = await put(client, await make_builder(), NOTICE, value)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "setting_value"


async def test_a_key_that_is_not_there_is_not_found(client):
    builder = await make_builder()
    for key in ("portal.nothing", "portal.preferences"):  # the second is for users only
        assert (await put(client, builder, f"/api/builder/settings/{key}", {})).status_code == 404
        assert (await client.get(f"/api/builder/settings/{key}", headers=builder.headers)).status_code == 404
        assert (await client.delete(f"/api/builder/settings/{key}", headers=builder.headers)).status_code == 404


async def test_a_change_meanwhile_is_noticed(client):
    builder = await make_builder()
    unset = (await client.get(NOTICE, headers=builder.headers)).headers["ETag"]
    first = await put(client, builder, NOTICE, "One", **{"If-Match": unset})
    assert first.status_code == 200
    assert (await put(client, builder, NOTICE, "Two", **{"If-Match": unset})).status_code == 412
    assert (await client.get(NOTICE, headers=builder.headers | {"If-None-Match": first.headers["ETag"]})).status_code == 304
    assert (await client.delete(NOTICE, headers=builder.headers | {"If-Match": unset})).status_code == 412
    assert (await client.delete(NOTICE, headers=builder.headers | {"If-Match": first.headers["ETag"]})).status_code == 200
    assert (await client.delete(NOTICE, headers=builder.headers | {"If-Match": first.headers["ETag"]})).status_code == 412


async def test_of_those_who_set_it_first_at_once_one_value_remains(client):
    builder = await make_builder()
    answers = await asyncio.gather(*(put(client, builder, NOTICE, f"{n}") for n in range(10)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    kept = (await client.get(NOTICE, headers=builder.headers)).json()
    assert kept["setting_value"] in {answer.json()["setting_value"] for answer in answers if answer.status_code == 200}
