"""PostgreSQL alone: pgbench with the statements that the application sends. It has the server's core, PostgreSQL keeps the load's.

Values stand in the statements, a few of them in turn, prepared once per connection. Reserves are not here: they are not one statement.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from psycopg import sql

from benchmarks.dataset import FOLDER, Database
from benchmarks.installing import find
from benchmarks.load import CONNECTIONS
from benchmarks.servers import SERVER_CORE, pin
from benchmarks.workloads import Call, Workloads
from realestate.compiling import Query
from realestate.database import VISITOR, Identity
from realestate.models.accounts import Role
from realestate.views.bookings import BOOKINGS_OF_CUSTOMER
from realestate.views.projects import PROJECTS
from realestate.views.units import UNITS_OF_PROJECT

VARIETY = 5
WARM_UP = 2
"""Seconds in which every connection plans every statement, and which do not count."""
QUOTED = re.compile(r"'(?:[^']|'')*'")
RATE = re.compile(r"progress: [0-9.]+ s, ([0-9.]+) tps")


@dataclass(frozen=True)
class Script:
    """pgbench with some files, under one of our roles."""

    files: list[Path]
    variables: dict[str, str]

    def run(self, seconds: float) -> float:
        """Requests a second."""
        names = [word for file in self.files for word in ("-f", str(file))]
        pace = [f"-c{CONNECTIONS}", "-j1", f"-T{WARM_UP + round(seconds)}", "-P1"]
        command = [find("pgbench") or "pgbench", "--no-vacuum", "--protocol=prepared", *pace, *names]
        process = subprocess.Popen(command, env=os.environ | self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        pin(process.pid, SERVER_CORE)
        said, _ = process.communicate()
        rates = [float(rate) for rate in RATE.findall(said)[WARM_UP:]]
        if process.returncode or not rates:
            raise SystemExit(f"pgbench failed: {said.strip()[-500:]}")
        return mean(rates)


def scripts(asked: Workloads, database: Database) -> dict[str, Script]:
    projects = [_projects(call) for call in asked.projects.calls[:VARIETY]]
    units = [
        inlined(UNITS_OF_PROJECT.query(Role.visitor), VISITOR.context | {"project_id": _number(call)})
        for call in asked.units.calls[:VARIETY]
    ]
    bookings = [inlined(BOOKINGS_OF_CUSTOMER.query(Role.customer), _customer(call)) for call in asked.bookings.calls[:VARIETY]]
    return {
        "R1": _script("R1", projects, database, Role.visitor),
        "R2": _script("R2", units, database, Role.visitor),
        "R3": _script("R3", bookings, database, Role.customer),
    }


def _script(name: str, statements: list[str], database: Database, role: Role) -> Script:
    folder = FOLDER / "pgbench"
    folder.mkdir(exist_ok=True)
    files = [folder / f"{name}-{n}.sql" for n in range(len(statements))]
    for file, statement in zip(files, statements, strict=True):
        file.write_text(" ".join(statement.split("\n")) + ";\n")
    options = f"-c role=realestate_{role.value} -c default_transaction_read_only=on"
    return Script(files, database.variables(app=True) | {"PGOPTIONS": options})


def inlined(query: Query, values: Mapping[str, Any]) -> str:
    """The statement with its values in place of $1, $2, …"""
    literals = ["NULL" if value is None else sql.Literal(value).as_string(None).strip() for value in query.arguments(values)]
    return QUOTED.sub(_without_colons, re.sub(r"\$(\d+)", lambda place: literals[int(place[1]) - 1], query.sql))


def _without_colons(quoted: re.Match[str]) -> str:
    """pgbench takes :MI for a variable, even between quotes."""
    return quoted[0] if ":" not in quoted[0] else "E" + quoted[0].replace("\\", "\\\\").replace(":", "\\x3a")


def _projects(call: Call) -> str:
    said = dict(parse_qsl(urlsplit(call.path).query))
    query = PROJECTS.query(Role.visitor, frozenset({"city", "status"}), "-created_at", True)
    return inlined(query, VISITOR.context | said | {"limit": 20})


def _customer(call: Call) -> dict[str, Any]:
    user = int(call.path.split("/")[-1])
    return Identity(Role.customer, user).context | {"customer_id": user}


def _number(call: Call) -> int:
    return int(call.path.split("/")[3])
