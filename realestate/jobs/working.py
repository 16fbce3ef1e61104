"""The worker: takes from the queue what is to be done, and does it, in as many processes as there are.

Every job is done at least once: one whose worker was killed is taken up by another (`services.jobs.take_up`). So services ask the database
whether there is still something to do.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from psycopg_pool import AsyncConnectionPool

from realestate.database import POOL_WAIT, conninfo
from realestate.errors import RealEstateError
from realestate.jobs.clock import DEFERRED, PERIODIC
from realestate.logs import log, request_id
from realestate.models.jobs import MOST_TRIES, SCHEMA, STALLED, Task

CONNECTIONS = 1
"""And one more that listens for new jobs."""
AT_ONCE = 2
"""Jobs of one process; they share its writing connections with the requests."""
RETRY = RetryStrategy(max_attempts=MOST_TRIES - 1, wait=5, exponential_wait=4)
"""After 9, 21, 69, 261 and 1029 seconds."""
CATCH_UP = 86400
"""Seconds: what the clock has missed for no longer than this is done at the start, once."""
DRAIN = 5.0
"""Seconds that jobs have to end in; what has not ended then is begun again later."""
PAUSE = 1.0
FAILED = "INSERT INTO failures (job_id, reason) VALUES (%(job_id)s, %(reason)s) ON CONFLICT (job_id) DO UPDATE SET reason = excluded.reason"


@asynccontextmanager
async def opened(connections: int = CONNECTIONS) -> AsyncIterator[App]:
    """The queue, with its tasks. A database that is away keeps nobody from opening it."""
    pool = AsyncConnectionPool[Any](
        kwargs=conninfo(f"-c role=realestate_worker -c search_path={SCHEMA}"),
        min_size=1,
        max_size=connections,
        timeout=POOL_WAIT,
        reconnect_timeout=2,
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    app = App(connector=PsycopgConnector(), periodic_defaults={"max_delay": CATCH_UP})
    for task, cron, service, is_alone in PERIODIC:
        app.periodic(cron=cron)(_add(app, task, service, is_alone=is_alone))
    for task, deferred in DEFERRED.items():
        _add(app, task, deferred)
    async with pool:
        await app.open_async(pool)
        yield app


async def work() -> None:
    """Until cancelled: then what has begun comes to its end. A database that goes away is waited for.

    Each beginning has connections of its own: those that a worker had when it failed may be lost with it.
    """
    while True:
        try:
            async with opened() as app:
                await app.run_worker_async(
                    concurrency=AT_ONCE, shutdown_graceful_timeout=DRAIN, stalled_worker_timeout=STALLED, install_signal_handlers=False
                )
        except Exception as error:  # noqa: BLE001  # whichever it is: without a worker nothing is done any more
            log.warning("the worker has stopped and begins again", reason=type(error).__name__)
        await asyncio.sleep(PAUSE)


def _add(app: App, task: Task, service: Callable[..., Awaitable[object]], *, is_alone: bool = False) -> Any:
    async def do(context: JobContext, /, timestamp: int | None = None, **ids: int) -> None:
        request_id.set(f"job-{context.job.id}")
        try:
            await service(**ids)
        except Exception as error:
            reason = f"{type(error).__name__}: {error.detail}" if isinstance(error, RealEstateError) else type(error).__name__
            log.warning("job failed", task=task.value, job=context.job.id, tries=context.job.attempts + 1, reason=reason)
            await app.connector.execute_query_async(FAILED, job_id=context.job.id, reason=reason)
            raise

    if is_alone:  # not tried again: that would have to wait in line behind the next one, which does the same
        return app.task(name=task.value, lock=task.value, queueing_lock=task.value, pass_context=True)(do)
    return app.task(name=task.value, retry=RETRY, pass_context=True)(do)
