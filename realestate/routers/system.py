"""Is it there, is it well."""

import asyncio

from fastapi import Response

from realestate import __version__
from realestate.database import standing_mark
from realestate.errors import Unavailable
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.system import Alive, Welcome
from realestate.tenancy import mark

router = Router(tags=["system"])
READY_WITHIN = 2.5
"""Seconds: a frozen database must not make the probe itself hang."""
ALIVE = Response(b'{"status":"ok"}', media_type="application/json")


@router.get("/", response_model=Welcome)
async def welcome() -> Welcome:
    """Name, version, and where to read on."""
    return Welcome(
        name="Real estate platform",
        version=__version__,
        links={"swagger": "/api/docs", "redoc": "/api/redoc", "openapi": "/api/openapi.json", "health": "/health"},
    )


@router.get("/health", response_model=Alive)
async def health() -> Response:
    """The process answers; whether it can work is asked of /readyz."""
    return ALIVE


@router.get("/livez", response_model=Alive)
async def livez() -> Response:
    """The process is up, even when the database is away."""
    return ALIVE


@router.get("/readyz", response_model=Alive, responses=problems(503))
async def readyz() -> Response:
    """The database answers and has the schema that this version needs; 503 otherwise, within three seconds."""
    try:
        async with asyncio.timeout(READY_WITHIN):
            ready = await standing_mark() == mark()
    except TimeoutError:
        ready = False
    if not ready:
        raise Unavailable("The database is away, or its migrations are not those of this version.", "NOT_READY")
    return ALIVE
