"""What is done later: asked for here, done by a worker (`realestate.jobs`) once the transaction that asks for it has been committed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.jobs import Task


def later(session: AsyncSession, task: Task, *, at: datetime | None = None, lock: str | None = None, **ids: int) -> None:
    """Have a task done after the commit, not before `at`; a rollback takes it along. Of those with the same `lock` one goes on at a time,
    in their order. Who may defer what about whom, `tenancy.queue` says: Forbidden at the commit for anything else."""
    session.info["jobs"].append({"task": task.value, "args": ids, "at": at and at.isoformat(), "lock": lock})


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
