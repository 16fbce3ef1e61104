"""/api/admin/jobs"""

import pytest
from sqlalchemy import text

from realestate.database import WORKER, transaction
from realestate.jobs.clock import PERIODIC
from realestate.services import jobs
from tests.factories import make_admin, make_builder, make_customer
from tests.queries import counted

pytestmark = pytest.mark.anyio

PATH = "/api/admin/jobs"


async def run(client, admin, task="remind"):
    answer = await client.post(PATH, json={"task": task}, headers=admin.headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{PATH}/{answer.json()['id']}"
    return answer.json()


async def fail(job):
    """As after the last try."""
    async with transaction(WORKER) as session:
        await session.execute(text("UPDATE jobs.procrastinate_jobs SET status = 'doing', attempts = 5 WHERE id = :id"), {"id": job["id"]})
        await session.execute(text("INSERT INTO jobs.failures VALUES (:id, 'Unavailable: No mail today.')"), {"id": job["id"]})
    await jobs.take_up()
    async with transaction(WORKER) as session:
        status = text("SELECT status::text FROM jobs.procrastinate_jobs WHERE id = :id")
        assert await session.scalar(status, {"id": job["id"]}) == "failed"


async def test_only_administrators_may_ask(client):
    job = await run(client, await make_admin())
    steps = [
        ("GET", PATH),
        ("GET", f"{PATH}/{job['id']}"),
        ("POST", PATH),
        ("POST", f"{PATH}/{job['id']}/retry"),
        ("DELETE", f"{PATH}/{job['id']}"),
    ]
    for method, url in steps:
        said = {"json": {"task": "remind"}} if (method, url) == ("POST", PATH) else {}
        assert (await client.request(method, url, **said)).status_code == 401
        for person in (await make_builder(), await make_customer()):
            assert (await client.request(method, url, headers=person.headers, **said)).status_code == 403


@pytest.mark.parametrize("task", [one.task for one in PERIODIC])
async def test_what_the_clock_has_done_can_be_done_now(client, task):
    job = await run(client, await make_admin(), task.value)
    assert (job["task"], job["status"], job["args"], job["attempts"], job["reason"]) == (task.value, "todo", {}, 0, None)
    assert job["deferred_at"] and not job["started_at"] and not job["ended_at"] and not job["scheduled_at"]


async def test_the_list_filters_pages_and_counts(client):
    admin = await make_admin()
    first, second, third = await run(client, admin), await run(client, admin), await run(client, admin, "expire_quotes")
    page = (await client.get(f"{PATH}?task=remind&status=todo&limit=2", headers=admin.headers)).json()
    assert [job["id"] for job in page["jobs"]] == [second["id"], first["id"]] and page["total"] >= 2
    before = page["stats"]["cancelled"]
    await client.delete(f"{PATH}/{third['id']}", headers=admin.headers)
    with counted() as statements:
        page = (await client.get(f"{PATH}?task=expire_quotes&status=cancelled", headers=admin.headers)).json()
    assert len(statements) == 1 and page["jobs"][0]["id"] == third["id"] and page["stats"]["cancelled"] == before + 1


async def test_it_is_seen_that_nobody_works(client):
    """When what waits longest became due, and when the newest that is done was done; what is for later does not wait."""
    admin = await make_admin()
    done, due, later = [(await run(client, admin))["id"] for _ in range(3)]
    async with transaction(WORKER) as session:
        set_job = "UPDATE jobs.procrastinate_jobs SET {} WHERE id = :id"
        await session.execute(text(set_job.format("status = 'doing'")), {"id": done})
        await session.execute(text(set_job.format("status = 'succeeded'")), {"id": done})
        await session.execute(text(set_job.format("scheduled_at = '2001-01-01T00:00:00Z'")), {"id": due})
        await session.execute(text(set_job.format("scheduled_at = now() + interval '1 hour'")), {"id": later})
    stats = (await client.get(PATH, headers=admin.headers)).json()["stats"]
    assert stats["waiting_since"] == "2001-01-01T00:00:00.000000Z"
    assert stats["last_done_at"] == (await client.get(f"{PATH}/{done}", headers=admin.headers)).json()["ended_at"]
    await client.delete(f"{PATH}/{due}", headers=admin.headers)
    assert (await client.get(PATH, headers=admin.headers)).json()["stats"]["waiting_since"] != stats["waiting_since"]


async def test_what_was_given_up_says_why_and_is_tried_once_more(client):
    admin = await make_admin()
    job = await run(client, admin)
    await fail(job)
    seen = (await client.get(f"{PATH}/{job['id']}", headers=admin.headers)).json()
    assert (seen["status"], seen["attempts"], seen["reason"]) == ("failed", 6, "Unavailable: No mail today.") and seen["ended_at"]
    again = await client.post(f"{PATH}/{job['id']}/retry", headers=admin.headers)
    assert again.status_code == 200 and again.json()["status"] == "todo"
    refused = await client.post(f"{PATH}/{job['id']}/retry", headers=admin.headers)
    assert refused.status_code == 409 and refused.json()["code"] == "INVALID_TRANSITION" and refused.json()["allowed"] == ["cancel"]


async def test_what_waits_can_be_called_off_once(client):
    admin = await make_admin()
    job = await run(client, admin)
    assert (await client.delete(f"{PATH}/{job['id']}", headers=admin.headers)).json()["status"] == "cancelled"
    refused = await client.delete(f"{PATH}/{job['id']}", headers=admin.headers)
    assert refused.status_code == 409 and refused.json()["allowed"] == []


async def test_every_step_is_in_the_book_with_whose_word_it_was(client):
    admin = await make_admin()
    given_up, waiting = await run(client, admin), await run(client, admin, "expire_quotes")
    await fail(given_up)
    await client.post(f"{PATH}/{given_up['id']}/retry", headers=admin.headers)
    for _ in range(2):  # what is refused is no act
        await client.delete(f"{PATH}/{waiting['id']}", headers=admin.headers)
    acts = (await client.get("/api/admin/audit?entity_type=job&limit=4", headers=admin.headers)).json()["events"]
    said = [(one["action"], one["entity_id"], one["actor"]["id"], one["details"]) for one in acts]
    me = admin.user_id
    assert said == [
        ("job.cancel", waiting["id"], me, {}),
        ("job.retry", given_up["id"], me, {}),
        ("job.run", waiting["id"], me, {"task": "expire_quotes"}),
        ("job.run", given_up["id"], me, {"task": "remind"}),
    ]


async def test_what_is_refused(client):
    admin = await make_admin()
    assert (await client.get(f"{PATH}/{2**62}", headers=admin.headers)).status_code == 404
    assert (await client.delete(f"{PATH}/{2**62}", headers=admin.headers)).status_code == 404
    for said in ({"task": "anything"}, {}, {"task": "remind", "args": {"id": 1}}):
        assert (await client.post(PATH, json=said, headers=admin.headers)).status_code == 422
    assert (await client.get(f"{PATH}?status=anything", headers=admin.headers)).status_code == 422
