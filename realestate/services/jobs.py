"""What is done later: asked for here, done by a worker (`realestate.jobs`) once the transaction that asks for it has been committed."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.logs import log
from realestate.models.base import no_such_step
from realestate.models.jobs import Job, JobStatus, Task
from realestate.services import audit

T = TypeVar("T")
STEPS = {JobStatus.failed: ["retry"], JobStatus.todo: ["cancel"]}


def later(session: AsyncSession, task: Task, *, at: datetime | None = None, **ids: int) -> None:
    """Have a task done after the commit, not before `at`; a rollback takes it along. Who may defer what, `tenancy.queue` says:
    Forbidden at the commit for anything else."""
    session.info["jobs"].append({"task": task.value, "args": ids, "at": at and at.isoformat()})


async def one_by_one(things: Iterable[T], do: Callable[[T], Awaitable[object]]) -> int:
    """Do it for each, in a transaction of its own; how many were worth it. One that fails stops none of the others, and fails the job at the end."""
    done, failure = 0, None
    for thing in things:
        try:
            done += bool(await do(thing))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is raised below
            log.warning("one of many failed", of=do.__name__, thing=thing, reason=type(error).__name__)
            failure = failure or error
    if failure:
        raise failure
    return done


async def every(page: Callable[[AsyncSession, int, T | None], Awaitable[Sequence[T]]], most: int) -> list[T]:
    """All that there is to do: so many at once, after the last of those before, so that what cannot be done keeps nothing else from being seen."""
    found: list[T] = []
    while True:
        async with transaction(WORKER) as session:
            more = await page(session, most, found[-1] if found else None)
        found += more
        if len(more) < most:
            return found


async def until_nothing_is_left(do_some: Callable[[AsyncSession], Awaitable[int]]) -> int:
    """Again and again, in transactions of their own, so that none is long; how many in all."""
    total = 0
    while True:
        async with transaction(WORKER) as session:
            done = await do_some(session)
        total += done
        if done == 0:
            return total


async def run(session: AsyncSession, task: Task) -> int:
    """Have it done now, by an administrator's word; the id of the job. Forbidden for what is about something."""
    job_id = await crud.jobs.add(session, task)
    audit.record(session, "job.run", Job(id=job_id), task=task.value)
    return job_id


async def retry(session: AsyncSession, job_id: int) -> None:
    """Conflict INVALID_TRANSITION unless it was given up."""
    await _steer(session, job_id, "retry")


async def cancel(session: AsyncSession, job_id: int) -> None:
    """Conflict INVALID_TRANSITION unless it waits."""
    await _steer(session, job_id, "cancel")


async def _steer(session: AsyncSession, job_id: int, step: str) -> None:
    status = await crud.jobs.get_status(session, job_id)
    if not await crud.jobs.steer(session, job_id, step):
        raise no_such_step("job", status, step, STEPS.get(status, []))
    audit.record(session, f"job.{step}", Job(id=job_id))


# ── What the worker does to the queue itself ────────────────────────────────────────────────────────────────────────────────


async def clear() -> int:
    """Forget what has been done long enough ago; how many."""
    return await until_nothing_is_left(crud.jobs.clear)


async def take_up() -> int:
    """Have done by others what killed workers have left; how many jobs."""
    async with transaction(WORKER) as session:
        return await crud.jobs.take_up(session)
