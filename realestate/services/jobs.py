"""What is done later: asked for here, done by a worker (`realestate.jobs`) once the transaction that asks for it has been committed."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.logs import log
from realestate.models.base import no_such_step
from realestate.models.jobs import JobStatus, Task

T = TypeVar("T")
STEPS = {JobStatus.failed: ["retry"], JobStatus.todo: ["cancel"]}


def later(session: AsyncSession, task: Task, *, at: datetime | None = None, lock: str | None = None, **ids: int) -> None:
    """Have a task done after the commit, not before `at`; a rollback takes it along. Of those with the same `lock` one goes on at a time,
    in their order. Who may defer what about whom, `tenancy.queue` says: Forbidden at the commit for anything else."""
    session.info["jobs"].append({"task": task.value, "args": ids, "at": at and at.isoformat(), "lock": lock})


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


async def run(session: AsyncSession, task: Task) -> int:
    """Have it done now, by an administrator's word; the id of the job. Forbidden for what is about something."""
    return await crud.jobs.add(session, task)


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


# ── What the worker does to the queue itself ────────────────────────────────────────────────────────────────────────────────


async def clear() -> int:
    """Forget what has been done long enough ago; how many."""
    total = 0
    while True:
        async with transaction(WORKER) as session:
            cleared = await crud.jobs.clear(session)
        total += cleared
        if cleared == 0:
            return total


async def take_up() -> int:
    """Have done by others what killed workers have left; how many jobs."""
    async with transaction(WORKER) as session:
        return await crud.jobs.take_up(session)
