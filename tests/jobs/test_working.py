"""Jobs on the real queue, with workers in this process: each is done once, and none is lost."""

import asyncio
import time

import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import text

from realestate.database import WORKER, transaction
from realestate.errors import Unavailable
from realestate.jobs import clock, working
from realestate.models.jobs import MOST_TRIES, Task
from realestate.services import jobs

pytestmark = pytest.mark.anyio

YEAR = 366 * 86400
AGE = "UPDATE jobs.procrastinate_workers SET last_heartbeat = now() - interval '1 minute' WHERE id = :id"
SEEN = "SELECT status::text, attempts, scheduled_at > now() FROM jobs.procrastinate_jobs WHERE id = ANY (:ids) ORDER BY id"
NEWEST = "SELECT coalesce(max(id), 0) FROM jobs.procrastinate_jobs"


class Notebook:
    """A service that notes with which ids it was called."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    async def __call__(self, number: int) -> None:
        self.calls.append(number)
        await asyncio.sleep(0)


@pytest.fixture
async def notebook(house, monkeypatch):
    """The only thing that workers can do in these tests: `remind` stands for what services defer."""
    async with transaction(WORKER) as session:
        await session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
    made = Notebook()
    monkeypatch.setattr(working, "PERIODIC", ())
    monkeypatch.setattr(working, "DEFERRED", {Task.remind: made})
    return made


async def ask(query, **values):
    async with transaction(WORKER) as session:
        return (await session.execute(text(query), values)).all()


async def defer(*numbers, **options):
    async with transaction(WORKER) as session:
        [[newest]] = (await session.execute(text(NEWEST))).all()
        for number in numbers:
            jobs.later(session, Task.remind, number=number, **options)
    return [id for (id,) in await ask("SELECT id FROM jobs.procrastinate_jobs WHERE id > :newest ORDER BY id", newest=newest)]


async def work(app, workers=1):
    """Until nothing is left to do now."""
    alone = {"wait": False, "listen_notify": False, "install_signal_handlers": False}
    await asyncio.gather(*(app.run_worker_async(**alone) for _ in range(workers)))


def test_everything_that_can_be_deferred_can_be_done():
    periodic = [one.task for one in clock.PERIODIC]
    assert sorted([*periodic, *clock.DEFERRED]) == sorted(Task)


async def test_what_is_deferred_in_a_transaction_that_fails_is_not_done(notebook):
    async def change_ones_mind():
        async with transaction(WORKER) as session:
            jobs.later(session, Task.remind, number=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_ones_mind()
    await defer(2)
    async with working.opened() as app:
        await work(app)
    assert notebook.calls == [2]


async def test_eight_workers_do_each_of_five_hundred_jobs_once(notebook):
    await defer(*range(500))
    async with working.opened(connections=4) as app:
        await work(app, workers=8)
    assert sorted(notebook.calls) == [*range(500)]
    assert {*await ask("SELECT status::text, attempts FROM jobs.procrastinate_jobs")} == {("succeeded", 1)}


async def test_what_is_for_later_waits(notebook):
    [early, late] = await ask("SELECT now() - interval '1 second' AS at UNION ALL SELECT now() + interval '1 hour'")
    await defer(1, at=late.at)
    await defer(2, at=early.at)
    async with working.opened() as app:
        await work(app)
    assert notebook.calls == [2]


async def test_the_job_of_a_killed_worker_is_taken_up_by_another(notebook):
    [job] = await defer(7)
    async with working.opened() as app:
        killed = await app.job_manager.register_worker()
        await app.job_manager.fetch_job(queues=None, worker_id=killed)
        assert await jobs.take_up() == 0  # it has just given a sign of life
        await ask(AGE + " RETURNING id", id=killed)
        assert await jobs.take_up() == 1
        await work(app)
    assert notebook.calls == [7] and await ask(SEEN, ids=[job]) == [("succeeded", 2, None)]


async def test_a_job_that_kills_its_workers_is_given_up(notebook):
    [job] = await defer(7)
    async with working.opened() as app:
        for _ in range(MOST_TRIES):
            killed = await app.job_manager.register_worker()
            await app.job_manager.fetch_job(queues=None, worker_id=killed)
            await app.job_manager.unregister_worker(killed)
            await jobs.take_up()
    assert await ask(SEEN, ids=[job]) == [("failed", MOST_TRIES, None)]


async def test_what_fails_is_tried_again_later_and_says_why(notebook, monkeypatch):
    async def fail(number):
        raise Unavailable("The gateway does not answer.") if number else ZeroDivisionError("a secret")

    monkeypatch.setitem(working.DEFERRED, Task.remind, fail)
    ids = await defer(0, 1)
    async with working.opened() as app:
        await work(app)
    assert await ask(SEEN, ids=ids) == [("todo", 1, True)] * 2
    reasons = [reason for (reason,) in await ask("SELECT reason FROM jobs.failures WHERE job_id = ANY (:ids) ORDER BY job_id", ids=ids)]
    assert reasons == ["ZeroDivisionError", "Unavailable: The gateway does not answer."]


async def test_the_clock_has_each_thing_done_once_however_many_workers_there_are(house):
    since, at = (await ask(NEWEST))[0][0], time.time() + 10 * working.CATCH_UP  # when no other test's worker has seen the clock
    async with working.opened() as one, working.opened() as two:
        for app in (one, two, one):
            deferrer = PeriodicDeferrer(app.periodic_registry, max_delay=working.CATCH_UP)
            await deferrer.defer_jobs(deferrer.get_previous_tasks(at=at))
    found = await ask("SELECT task_name FROM jobs.procrastinate_jobs WHERE id > :since", since=since)
    assert sorted(name for (name,) in found) == sorted(one.task.value for one in clock.PERIODIC)


@pytest.fixture
async def alone(notebook, monkeypatch):
    """A yearly thing that goes on until the gate is opened: who ticks, when it has begun, the gate, how often it was done."""
    begun, gate, done = asyncio.Semaphore(0), asyncio.Event(), []
    await ask("DELETE FROM jobs.procrastinate_periodic_defers RETURNING id")

    async def slow():
        begun.release()
        await gate.wait()
        done.append(1)

    monkeypatch.setattr(working, "PERIODIC", (clock.Periodic(Task.check_checkouts, "0 0 1 1 *", slow, is_alone=True),))

    async def tick(app, number):
        deferrer = PeriodicDeferrer(app.periodic_registry, max_delay=2 * YEAR)
        await deferrer.defer_jobs(deferrer.get_previous_tasks(at=time.time() + number * YEAR))

    return tick, begun, gate, done


async def test_what_asks_the_slow_is_not_begun_again_while_it_goes_on(alone):
    tick, begun, gate, done = alone
    async with working.opened(connections=4) as app:
        await tick(app, 0)
        first = asyncio.create_task(work(app))
        await begun.acquire()
        for number in (1, 2, 3):
            await tick(app, number)
        await work(app)
        assert begun.locked() and done == []
        gate.set()
        await first
        await work(app)
    assert done == [1, 1]
    assert await ask("SELECT status::text FROM jobs.procrastinate_jobs") == [("succeeded",)] * 2


async def test_what_a_killed_worker_has_left_does_not_stand_in_its_own_way(alone):
    tick, _, gate, done = alone
    gate.set()
    async with working.opened(connections=4) as app:
        await tick(app, 0)
        killed = await app.job_manager.register_worker()
        await app.job_manager.fetch_job(queues=None, worker_id=killed)
        await tick(app, 1)
        await app.job_manager.unregister_worker(killed)
        assert await jobs.take_up() == 1
        for _ in range(2):  # a worker may look for more before it has written down that the first is done
            await work(app)
    assert done == [1, 1]


async def test_what_was_done_long_ago_is_forgotten(notebook):
    old, new = await defer(1), await defer(2)
    async with working.opened() as app:
        await work(app)
    await ask("UPDATE jobs.procrastinate_events SET at = at - interval '25 hours' WHERE job_id = ANY (:ids) RETURNING id", ids=old)
    assert await jobs.clear() == 1
    assert [status for status, *_ in await ask(SEEN, ids=old + new)] == ["succeeded"]
