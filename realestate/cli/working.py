"""`worker`: does what waits to be done later, until a signal ends it."""

import asyncio
import signal
from contextlib import suppress

from realestate.cli import database, production
from realestate.config import settings


def work() -> None:
    production.check_settings()
    with database.opened(may_join=True):
        production.check_database()
        asyncio.run(_work())


async def _work() -> None:
    from realestate import jobs, logs
    from realestate.database import connected

    logs.configure(settings.log_level)
    async with connected():
        work = asyncio.create_task(jobs.work())
        with suppress(NotImplementedError):  # Windows: there, it is ended without being asked
            for name in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(name, work.cancel)
        print("working", flush=True)
        with suppress(asyncio.CancelledError):
            await work
