"""The queue in the database, beside what procrastinate does with it by itself."""

import json

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.jobs import MOST_TRIES, STALLED, Job, JobStatus, Task

MOST_CLEARED = 5000
_CLEAR = text("""
    DELETE FROM jobs.procrastinate_jobs WHERE id IN (
        SELECT j.id FROM jobs.procrastinate_jobs j WHERE j.status NOT IN ('todo', 'doing') AND NOT EXISTS (
            SELECT FROM jobs.procrastinate_events e WHERE e.job_id = j.id
                AND e.at > now() - CASE j.status WHEN 'succeeded' THEN interval '1 day' ELSE interval '30 days' END)
        ORDER BY j.id LIMIT :most FOR UPDATE OF j SKIP LOCKED) RETURNING id""")

_BURY = text("DELETE FROM jobs.procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => :stalled)")
_TAKE_UP = text("""
    UPDATE jobs.procrastinate_jobs SET status = CASE WHEN attempts + 1 < :tries THEN 'todo' ELSE 'failed' END::jobs.procrastinate_job_status,
        attempts = attempts + 1, worker_id = NULL, queueing_lock = NULL
    WHERE id IN (
        SELECT j.id FROM jobs.procrastinate_jobs j LEFT JOIN jobs.procrastinate_workers w ON w.id = j.worker_id
        WHERE j.status = 'doing' AND (w.id IS NULL OR NOT EXISTS (
            SELECT FROM jobs.procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started' AND e.at > now() - interval '1 hour'))
        ORDER BY j.id FOR UPDATE OF j SKIP LOCKED) RETURNING id""")


async def add(session: AsyncSession, task: Task) -> int:
    """One without arguments, at once; its id. Others are collected (`services.jobs.later`)."""
    [made] = (await session.scalars(text("SELECT unnest(defer(CAST(:said AS jsonb)))"), {"said": json.dumps([{"task": task.value}])})).all()
    return int(made)


async def get_status(session: AsyncSession, job_id: int) -> JobStatus:
    """As an administrator sees it."""
    status = await session.scalar(select(Job.status).where(Job.id == job_id))
    if status is None:
        raise NotFound
    return status


async def steer(session: AsyncSession, job_id: int, step: str) -> bool:
    """Whether the job was in the state for this step, and has taken it."""
    return bool(await session.scalar(text("SELECT steer(:job, :step)"), {"job": job_id, "step": step}))


async def take_up(session: AsyncSession) -> int:
    """Put back what dead workers have left, and what has been going on for an hour; give up what has ended so too often. Forget the dead.

    Where only one may wait in line, another may do so by now: what is put back waits beside it.
    """
    await session.execute(_BURY, {"stalled": STALLED})
    return len((await session.scalars(_TAKE_UP, {"tries": MOST_TRIES})).all())


async def clear(session: AsyncSession) -> int:
    """Remove some of what was done more than a day ago, and of what was given up or called off more than a month ago."""
    return len((await session.scalars(_CLEAR, {"most": MOST_CLEARED})).all())
