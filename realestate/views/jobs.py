"""The queue, as administrators see it."""

from typing import Any

from sqlalchemy import bindparam, func, select

from realestate.models.jobs import Job, JobStatus
from realestate.reading import Detail, Listing, as_object
from realestate.schemas.jobs import JobOut, JobPage

JOB = Detail(Job, JobOut, path="/api/admin/jobs")

_STATS: Any = select(*(func.count().filter(Job.status == word.value).label(word.value) for word in JobStatus)).select_from(Job)

JOBS = Listing(
    Job,
    JobPage,
    sorts={"id": Job.id, "scheduled_at": Job.scheduled_at},
    filters={name: getattr(Job, name) == bindparam(name) for name in ("status", "task")},
    extras={"stats": as_object(_STATS)},
)
