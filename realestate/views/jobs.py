"""The queue, as administrators see it."""

from typing import Any

from sqlalchemy import bindparam, func, select

from realestate.models.jobs import Job, JobStatus
from realestate.reading import Detail, Listing, as_object, said
from realestate.schemas.jobs import JobOut, JobPage

JOB = Detail(Job, JobOut, path="/api/admin/jobs")

_DUE = func.coalesce(Job.scheduled_at, Job.deferred_at, type_=Job.scheduled_at.type)
_WAITING = select(func.min(_DUE, type_=Job.scheduled_at.type)).where(Job.status == JobStatus.todo.value, _DUE <= func.now())
_DONE = select(Job.ended_at).where(Job.status == JobStatus.succeeded.value).order_by(Job.id.desc()).limit(1)
_STATS: Any = select(
    *(func.count().filter(Job.status == word.value).label(word.value) for word in JobStatus),
    said(_WAITING.scalar_subquery()).label("waiting_since"),
    said(_DONE.scalar_subquery()).label("last_done_at"),
).select_from(Job)

JOBS = Listing(
    Job,
    JobPage,
    sorts={"id": Job.id, "scheduled_at": Job.scheduled_at},
    filters={name: getattr(Job, name) == bindparam(name) for name in ("status", "task")},
    extras={"stats": as_object(_STATS)},
)
