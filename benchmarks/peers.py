"""Who is measured: how each is started, and what it does not do that this application does."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.dataset import DATABASE, FOLDER, OPEN_DATABASE, ROOT, Database
from realestate.models.accounts import PERMISSIONS, TeamRole
from realestate.models.bookings import PaymentPlan
from realestate.models.notifications import Event
from realestate.models.plans import plan_of
from realestate.models.rules import Rules
from realestate.services.notifications import TELLINGS

HERE = Path(__file__).resolve().parent
TOOLS = FOLDER / "venv" / "bin"
NODE = FOLDER / "fastify"
THREADS = 4
"""Of gunicorn's one process: more only wait for Python's lock."""


@dataclass(frozen=True)
class Peer:
    name: str
    title: str
    lacks: str
    command: Callable[[int], list[str]]
    variables: dict[str, str]
    folder: Path = HERE
    on_copy: bool = False
    """Reads the copy without policies, for the price of the wall alone."""


def all_peers(database: Database, key: str) -> list[Peer]:
    """One process each; 16 connections to the database where a peer has one pool for all."""
    common = {"SECRET_KEY": key, "RULES": json.dumps(_rules()), "PYTHONPATH": str(HERE), "NODE_ENV": "production"}
    open_door, wall = common | database.variables(app=False), common | database.variables(app=True)
    return [
        ours("ours", "**this application**", "—", database.url(DATABASE, app=True), key),
        ours("ours-kept", "**this application**, answers to visitors kept", "—", database.url(DATABASE, app=True), key, kept_for=1),
        ours("ours-open", "this application, policies off", "wall", database.url(OPEN_DATABASE, app=True), key, on_copy=True),
        Peer("usual", "usual FastAPI (sync ORM)", "wall, audit, push, strict input, request ids, logs", _uvicorn, open_door),
        Peer("drf", "Django REST Framework", "wall, audit, push, strict input, request ids, logs", _gunicorn, open_door),
        Peer(
            "fastify", "Fastify + pg, same wall", "strict input beyond its schemas, request ids, logs", _node, wall | {"WALL": "on"}, NODE
        ),
        Peer(
            "fastify-open",
            "Fastify + pg, no wall",
            "wall, audit, push, strict input beyond its schemas, request ids, logs",
            _node,
            open_door,
            NODE,
        ),
    ]


def _rules() -> dict[str, Any]:
    """What of a reserve peers are told and need not know: the lines of the plan, who hears of it, how many may wait."""
    permissions = TELLINGS[Event.booking_reserved].permissions
    # Sales people are told of the customers assigned to them, and in this data nobody is assigned to anybody.
    told = sorted({role.value for permission in permissions for role in PERMISSIONS[permission]} - {TeamRole.sales})
    return {
        "plan": [line.as_json for line in plan_of({}, PaymentPlan.hybrid).lines],
        "permissions": [one.value for one in permissions],
        "told": told,
        "unpaid_reserves": Rules().unpaid_reserves,
    }


def ours(name: str, title: str, lacks: str, url: str, key: str, *, kept_for: float = 0, on_copy: bool = False) -> Peer:
    """Without kept answers, or a list that is walked in circles would measure them."""
    said = {"DATABASE_URL": url, "DATABASE_OWNER_URL": "", "SEED": "none", "SECRET_KEY": key, "WORKERS": "1", "ENVIRONMENT": "development"}
    said |= {"CATALOGUE_SECONDS": str(kept_for), "RUN_JOBS": "off"}  # the peers have none
    return Peer(name, title, lacks, lambda _: [sys.executable, "-m", "realestate", "serve"], said, ROOT, on_copy=on_copy)


def _uvicorn(port: int) -> list[str]:
    return [str(TOOLS / "uvicorn"), "usual.app:app", "--port", str(port), "--no-access-log", "--log-level", "warning"]


def _gunicorn(port: int) -> list[str]:
    threads = ["--worker-class", "gthread", "--threads", str(THREADS), "--workers", "1", "--keep-alive", "60", "--no-control-socket"]
    return [str(TOOLS / "gunicorn"), "drf.wsgi:application", "--bind", f"127.0.0.1:{port}", "--log-level", "warning", *threads]


def _node(port: int) -> list[str]:
    return ["node", "server.js"]
