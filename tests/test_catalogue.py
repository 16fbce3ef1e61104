"""Answers to visitors are kept for a moment, and dropped by the commit that changes what they say, in every process."""

import json
from dataclasses import replace

import pytest

from realestate.database import WORKER, Identity
from realestate.models.accounts import Role
from realestate.reading import kept, read, shapes
from realestate.reading.keeping import Kept
from realestate.views.projects import PROJECTS
from tests.factories import make_builder, make_customer, make_project, make_unit, make_units
from tests.queries import counted
from tests.speaking import speaking
from tests.stories import reserve

pytestmark = pytest.mark.anyio


@pytest.fixture
def keeping():
    """As in a process that hears what others commit, with a moment that outlives the test."""
    seconds, kept.seconds = kept.seconds, 60
    kept.listen(True)
    yield
    kept.listen(False)
    kept.seconds = seconds


async def asked(client, path, **headers):
    """The answer, and how many statements it took."""
    with counted() as sent:
        answer = await client.get(path, headers=headers)
    return answer, len(sent)


async def test_what_a_visitor_was_told_is_told_again_without_asking_the_database(client, keeping):
    project_id = await make_project(await make_builder())
    first, _ = await asked(client, f"/api/projects/{project_id}")
    again, statements = await asked(client, f"/api/projects/{project_id}")
    assert statements == 0 and again.json() == first.json() and again.json()["id"] == project_id
    assert again.headers["etag"] == first.headers["etag"] and again.headers["x-request-id"] != first.headers["x-request-id"]
    _, statements = await asked(client, f"/api/projects?builder_id={first.json()['builder_id']}")
    assert statements == 1


async def test_the_commit_of_a_change_drops_it_before_its_answer_is_sent(client, keeping):
    builder = await make_builder()
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    path = f"/api/projects/{project_id}/units"
    assert (await client.get(path)).json()[0]["price"] == 7500000.01
    changed = await client.patch(f"/api/units/{unit_id}", json={"price": 8100000}, headers=builder.headers)
    assert changed.status_code == 200
    assert (await client.get(path)).json()[0]["price"] == 8100000


async def test_a_reserve_drops_it_too(client, keeping):
    unit_id = await make_unit(await make_builder())
    assert (await client.get(f"/api/units/{unit_id}")).json()["status"] == "available"
    assert (await reserve(client, await make_customer(), unit_id)).status_code == 201
    assert (await client.get(f"/api/units/{unit_id}")).json()["status"] == "not_available"


async def test_a_write_that_changes_nothing_of_the_catalogue_drops_nothing(client, keeping):
    project_id, customer = await make_project(await make_builder()), await make_customer()
    await client.get(f"/api/projects/{project_id}")
    before = kept.changes
    asked_about = {"project_id": project_id, "content": "Is there a lift?"}
    assert (await client.post("/api/messages", json=asked_about, headers=customer.headers)).status_code == 201
    assert kept.changes == before and kept.find(f"/api/projects/{project_id}", b"")


async def test_a_write_that_nobody_is_told_of_drops_it_as_well(client, keeping):
    """As registering a company, by the doorman: no session of a route, no act of the catalogue's own."""
    before = kept.changes
    await make_builder()
    assert kept.changes > before


def test_an_answer_is_as_old_as_was_said_at_most(monkeypatch):
    some, now = Kept(2), 1000.0
    monkeypatch.setattr("realestate.reading.keeping.monotonic", lambda: now)
    some.listen(True)
    some.keep("/", b"", "/", [], b"said", some.changes)
    assert some.find("/", b"")
    now += 2
    assert some.find("/", b"") is None


async def test_whoever_is_signed_in_is_asked_for(client, keeping):
    builder = await make_builder()
    project_id = await make_project(builder)
    for headers in ({}, builder.headers):
        await client.get(f"/api/projects/{project_id}", headers=headers)
    _, statements = await asked(client, f"/api/projects/{project_id}", **builder.headers)
    assert statements == 1
    answer = await client.get(f"/api/projects/{project_id}", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


async def test_what_a_client_has_already_is_not_sent_again(client, keeping):
    project_id = await make_project(await make_builder())
    tag = (await client.get(f"/api/projects/{project_id}")).headers["etag"]
    assert (await client.get(f"/api/projects/{project_id}", headers={"If-None-Match": tag})).status_code == 304


async def test_refusals_are_not_kept(client, keeping):
    path = f"/api/projects/{2**40}"
    assert (await client.get(path)).status_code == 404
    assert kept.find(path, b"") is None


def test_an_answer_that_was_under_way_when_a_change_came_is_not_kept():
    some = Kept(60)
    some.listen(True)
    before = some.changes
    some.forget()
    some.keep("/", b"", "/", [], b"old", before)
    assert some.find("/", b"") is None
    some.keep("/", b"", "/", [], b"new", some.changes)
    assert some.find("/", b"").body == b"new"


@pytest.mark.parametrize(("seconds", "hears"), [(60, False), (0, True)])
def test_a_process_that_is_deaf_or_told_not_to_keeps_nothing(seconds, hears):
    some = Kept(seconds)
    some.listen(hears)
    some.keep("/", b"", "/", [], b"said", some.changes)
    assert some.find("/", b"") is None


def test_many_addresses_do_not_fill_the_memory():
    some = Kept(60)
    some.listen(True)
    for number in range(100):
        some.keep(f"/{number}", b"", "/", [], bytes(1024 * 1024), some.changes)
    assert some.size < 33 * 1024 * 1024 and some.find("/99", b"") and not some.find("/0", b"")


async def test_every_table_that_visitors_may_see_announces_its_changes(house):
    async with speaking(WORKER) as connection:
        silent = await connection.execute(
            """SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND has_any_column_privilege(%s, c.oid, 'SELECT')
                AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'catalogue_changes')""",
            [f"realestate_{Role.visitor}"],
        )
        assert await silent.fetchall() == []


async def test_a_total_counts_so_far_and_no_further(house, monkeypatch):
    builder = await make_builder()
    for _ in range(4):
        await make_project(builder)
    monkeypatch.setattr(shapes, "COUNTED_TO", 2)
    query = replace(PROJECTS, _queries={}).query(Role.builder, frozenset({"builder_id"}), "-created_at", True)
    who = Identity(Role.builder, builder.user_id, builder.builder_id, "owner")
    said = json.loads(await read(who, query, builder_id=builder.builder_id, page=1, limit=20))
    assert (said["total"], len(said["projects"])) == (3, 4)
