"""Nobody but the worker touches the queue. Whoever else wants something done later asks the clerk, who knows what is whose."""

import pytest

from realestate.database import DOORMAN, VISITOR, WORKER
from realestate.jobs.clock import PERIODIC
from tests.factories import make_admin
from tests.speaking import attempt

pytestmark = pytest.mark.anyio

TABLES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers", "failures")
DEFERRING = [f"""SELECT defer('[{{"task": "{one.task.value}"}}]')""" for one in PERIODIC]


async def everybody(world):
    return [world.asha, world.ravi, world.ashoka, world.bharat, VISITOR, DOORMAN]


@pytest.mark.parametrize("table", TABLES)
async def test_nobody_sees_or_writes_the_queue(world, table):
    for person in [*await everybody(world), await make_admin()]:
        for statement in (f"SELECT FROM jobs.{table}", f"INSERT INTO jobs.{table} DEFAULT VALUES", f"DELETE FROM jobs.{table}"):
            assert await attempt(person, statement) == "42501"


async def test_administrators_look_at_it_through_a_view(world):
    assert isinstance(await attempt(await make_admin(), "SELECT FROM jobs.overview"), int)
    assert {await attempt(person, "SELECT FROM jobs.overview") for person in await everybody(world)} == {"42501"}


@pytest.mark.parametrize(
    "statement",
    [
        *DEFERRING,
        """SELECT defer('[{"task": "anything"}]')""",
        "SELECT enqueue('remind', '{}')",
        "SELECT steer(1, 'cancel')",
        "SELECT jobs.procrastinate_cancel_job_v1(1, false, true)",
        "SELECT jobs.procrastinate_defer_jobs_v1('{}')",
    ],
)
async def test_nobody_has_anything_done_that_is_not_theirs(world, statement):
    for person in await everybody(world):
        is_mail_of_doorman = '"deliver"' in statement and person is DOORMAN  # which registering and forgotten passwords ask for
        assert await attempt(person, statement) == (1 if is_mail_of_doorman else "42501")


async def test_an_administrator_has_what_the_clock_has_done_without_choosing_what_about(house):
    admin = await make_admin()
    assert [await attempt(admin, statement) for statement in DEFERRING] == [1] * len(DEFERRING)
    assert await attempt(admin, """SELECT defer('[{"task": "remind", "args": {"id": 1}}]')""") == "42501"
    assert await attempt(admin, "SELECT enqueue('remind', '{}')") == "42501"


async def test_arguments_are_ids_only(house):
    for value in ('"text"', "true", "[1]", "null", "{}"):
        assert await attempt(WORKER, f"""SELECT defer('[{{"task": "remind", "args": {{"id": {value}}}}}]')""") == "23514"
    assert await attempt(WORKER, """SELECT defer('[{"task": "remind", "args": {"id": 1}}]')""") == 1
    assert await attempt(WORKER, """SELECT defer('[{"task": "unknown"}]')""") == "42501"
