"""What is done later: what waits, what failed and why, once more or not at all."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AdminReader, AdminSession, answer, asked
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.jobs import JobCreate, JobOut, JobPage, JobSearch
from realestate.services import jobs
from realestate.views.jobs import JOB, JOBS

router = Router(prefix="/api/admin/jobs", tags=["admin"])


@router.get("", response_model=JobPage)
async def list_jobs(search: Annotated[JobSearch, asked(JobSearch)], read: AdminReader) -> Response:
    """All jobs, the newest first; `status=failed` are those that were given up. `stats` counts them all."""
    return await read.page(JOBS, search)


@router.get("/{job_id}", response_model=JobOut, responses=CONDITIONAL)
async def get_job(job_id: Id, read: AdminReader) -> Response:
    """One job, with why it failed the last time, if it did."""
    return await read.one(JOB, job_id)


@router.post("", response_model=JobOut, status_code=201)
async def run_job(said: JobCreate, session: AdminSession) -> Response:
    """Have done now what the clock has done anyway. Harmless at any time: each does nothing twice. 403 for what is about something."""
    return await answer(session, JOB, await jobs.run(session, said.task), 201)


@router.post("/{job_id}/retry", response_model=JobOut, responses=problems(409))
async def retry_job(job_id: Id, session: AdminSession) -> Response:
    """Try once more what was given up. 409 `INVALID_TRANSITION` unless it is `failed`."""
    await jobs.retry(session, job_id)
    return await answer(session, JOB, job_id)


@router.delete("/{job_id}", response_model=JobOut, responses=problems(409))
async def cancel_job(job_id: Id, session: AdminSession) -> Response:
    """Call off what still waits; it stays in the list. 409 `INVALID_TRANSITION` once it has begun."""
    await jobs.cancel(session, job_id)
    return await answer(session, JOB, job_id)
