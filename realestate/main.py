"""Builds the app: life, errors, routers. The only file that knows everything."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from realestate import __version__, dispatch, logs, middleware, problems
from realestate.config import settings
from realestate.database import connected
from realestate.routers import auth, documentation, system
from realestate.routers.builder import bookings as builder_bookings
from realestate.routers.shared import bookings, builders, notifications, payments, projects, units
from realestate.services import accounts

ROUTERS = (system, documentation, auth, builders, projects, units, bookings, builder_bookings, payments, notifications)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Doors open, ended sessions watched. What start-up has made is not looked at by the collector again (p99 60 → 17 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    async with connected():
        watch = asyncio.create_task(accounts.watch_ended_sessions())
        yield
        watch.cancel()


logs.configure(settings.log_level)
app = FastAPI(
    title="Real estate platform",
    version=__version__,
    summary="Homes under construction: catalogue, bookings, payments, notifications.",
    lifespan=lifespan,
    openapi_url=None,
    docs_url=None,
    redoc_url=None,
    redirect_slashes=False,
    separate_input_output_schemas=False,
)
problems.install(app)
middleware.install(app)
for module in ROUTERS:
    app.include_router(module.router)
dispatch.install(app)
