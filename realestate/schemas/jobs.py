"""What is done later, as administrators see it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.jobs import JobStatus, Task
from realestate.schemas.base import Input, Page, Search, Wire, sort_by


class JobOut(Wire):
    """One thing to do, with the ids of what it is about (and the tick of the clock that asked for it). `attempts` have ended; `reason` is why
    it failed the last time. One that is `todo` with attempts is tried again at `scheduled_at`."""

    id: int
    task: Task
    status: JobStatus
    args: dict[str, int]
    attempts: int
    scheduled_at: datetime | None
    deferred_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    reason: str | None


class JobCounts(Wire):
    """Of all jobs, whatever was asked for. What was done is forgotten after a day. The clock has something done every minute: where
    `last_done_at` or `waiting_since` (when the job became due that has been waiting longest) is minutes old, no worker does its work."""

    todo: int
    doing: int
    succeeded: int
    failed: int
    cancelled: int
    aborted: int
    waiting_since: datetime | None
    last_done_at: datetime | None


class JobPage(Page):
    jobs: list[JobOut]
    stats: JobCounts


class JobSearch(Search):
    status: JobStatus | None = None
    task: Task | None = None
    sort: Annotated[str, sort_by("id", "scheduled_at")] = "-id"


class JobCreate(Input, json_schema_extra={"examples": [{"task": "remind"}]}):
    """What the clock has done anyway, now."""

    task: Annotated[Task, Field(description="one of those that the clock has done")]
