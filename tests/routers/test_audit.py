"""/api/builder/audit, /api/admin/audit."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from realestate.models.accounts import TeamRole
from realestate.services import sealing
from tests.factories import make_admin, make_builder, make_customer, make_member, make_project

pytestmark = pytest.mark.anyio


async def acts(client, person, path="/api/builder/audit", **question):
    query = "&".join(f"{name}={quote(str(value))}" for name, value in question.items())
    answer = await client.get(f"{path}?{query}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["events"]


async def busy_builder(client):
    """A company with three acts: two projects published, one of them withdrawn."""
    builder = await make_builder()
    first, second = await make_project(builder, published=False), await make_project(builder, published=False)
    for id in (first, second):
        await client.post(f"/api/projects/{id}/publication", headers=builder.headers)
    await client.delete(f"/api/projects/{first}/publication", headers=builder.headers)
    return builder, first, second


async def test_who_may_ask(client):
    builder = await make_builder()
    assert (await client.get("/api/builder/audit")).status_code == 401
    assert (await client.get("/api/admin/audit")).status_code == 401
    assert (await client.get("/api/builder/audit", headers=(await make_customer()).headers)).status_code == 403
    assert (await client.get("/api/admin/audit", headers=builder.headers)).status_code == 403
    sales = await make_member(builder, TeamRole.sales_manager)
    assert (await client.get("/api/builder/audit", headers=sales.headers)).json()["code"] == "NOT_PERMITTED"


async def test_a_company_sees_who_did_what_and_nothing_of_others(client):
    builder, first, second = await busy_builder(client)
    seen = await acts(client, builder)
    assert [(act["action"], act["entity_id"]) for act in seen] == [
        ("project.unpublished", first),
        ("project.published", second),
        ("project.published", first),
    ]
    assert {act["actor"]["email"] for act in seen} == {builder.email} and {act["actor_role"] for act in seen} == {"builder"}
    assert await acts(client, await make_builder("Bharat Builders")) == []


async def test_filters(client):
    builder, first, second = await busy_builder(client)
    member = await make_member(builder, TeamRole.admin)
    await client.delete(f"/api/projects/{second}/publication", headers=member.headers)
    now = datetime.now(UTC)
    for question, count in (
        ({"actor_id": member.user_id}, 1),
        ({"action": "project.published"}, 2),
        ({"entity_type": "project", "entity_id": first}, 2),
        ({"entity_type": "unit"}, 0),
        ({"since": (now - timedelta(hours=1)).isoformat()}, 4),
        ({"since": (now + timedelta(hours=1)).isoformat()}, 0),
        ({"until": (now - timedelta(hours=1)).isoformat()}, 0),
        ({"until": (now + timedelta(hours=1)).isoformat(), "action": "project.unpublished", "actor_id": builder.user_id}, 1),
    ):
        assert len(await acts(client, builder, **question)) == count, question


async def test_cursors_lead_both_ways(client):
    builder, _, _ = await busy_builder(client)
    newest, middle, oldest = (act["id"] for act in await acts(client, builder))
    assert [act["id"] for act in await acts(client, builder, before=newest, limit=1)] == [middle]
    assert [act["id"] for act in await acts(client, builder, after=0, limit=2)] == [oldest, middle]
    assert [act["id"] for act in await acts(client, builder, after=middle)] == [newest]


async def test_what_is_sealed_says_so(client):
    builder, first, _ = await busy_builder(client)
    assert [act["seal"] for act in await acts(client, builder)] == [None] * 3
    await sealing.seal()
    await client.post(f"/api/projects/{first}/publication", headers=builder.headers)
    seen = await acts(client, builder)
    assert [act["seal"] and act["seal"]["position"] for act in seen] == [None, 3, 2, 1]
    assert len(seen[1]["seal"]["hash"]) == 64 and len(await acts(client, builder, sealed_only="true")) == 3


async def test_an_administrator_sees_everybodys(client):
    admin, builder, other = await make_admin(), (await busy_builder(client))[0], (await busy_builder(client))[0]
    seen = await acts(client, admin, "/api/admin/audit", limit=6)
    assert {act["builder_id"] for act in seen} == {builder.builder_id, other.builder_id}
    assert len(await acts(client, admin, "/api/admin/audit", builder_id=builder.builder_id)) == 3


@pytest.mark.parametrize("question", ["builder_id=1", "entity_type=dog", "limit=0", "since=yesterday", "after=-1", "action='"])
async def test_what_is_refused(client, question):
    assert (await client.get(f"/api/builder/audit?{question}", headers=(await make_builder()).headers)).status_code == 422
