"""PostgreSQL alone: pgbench with the statements that the application sends. It has the server's core, PostgreSQL keeps the load's.

Values stand in the statements, a few of them in turn, prepared once per connection. Reserves are not here: they are not one statement.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jose import jwt
from psycopg import sql

from benchmarks.dataset import FOLDER, Database
from benchmarks.installing import find
from benchmarks.load import CONNECTIONS
from benchmarks.servers import SERVER_CORE, pin
from benchmarks.workloads import Call, Workloads
from realestate.compiling import Query
from realestate.database import VISITOR
from realestate.models.accounts import Role
from realestate.views.bookings import BOOKINGS_OF_CUSTOMER
from realestate.views.projects import PROJECTS
from realestate.views.units import UNITS_OF_PROJECT

VARIETY = 20
QUOTED = re.compile(r"'(?:[^']|'')*'")
RATE = re.compile(r"tps = ([0-9.]+)")


@dataclass(frozen=True)
class Script:
    """pgbench with some files, under one of our roles."""

    files: list[Path]
    variables: dict[str, str]

    def run(self, seconds: float) -> float:
        """Requests a second."""
        names = [word for file in self.files for word in ("-f", str(file))]
        command = [find("pgbench") or "pgbench", "-n", "-M", "prepared", f"-c{CONNECTIONS}", "-j1", f"-T{max(1, round(seconds))}", *names]
        process = subprocess.Popen(command, env=os.environ | self.variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        pin(process.pid, SERVER_CORE)
        said, _ = process.communicate()
        if process.returncode or not (rate := RATE.search(said)):
            raise SystemExit(f"pgbench failed: {said.strip()[-500:]}")
        return float(rate[1])


def scripts(asked: Workloads, database: Database) -> dict[str, Script]:
    bookings = {
        "R3": [inlined(BOOKINGS_OF_CUSTOMER.query(Role.customer), _customer(call)) for call in asked.bookings.calls[:VARIETY]],
    }
    catalogue = {
        "R1": [_projects(call) for call in asked.projects.calls[:VARIETY]],
        "R2": [inlined(UNITS_OF_PROJECT.query(Role.visitor), _visitor(project_id=_number(call))) for call in asked.units.calls[:VARIETY]],
    }
    made = {name: _script(name, statements, database, Role.visitor) for name, statements in catalogue.items()}
    return made | {name: _script(name, statements, database, Role.customer) for name, statements in bookings.items()}


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
    return inlined(query, _visitor(city=said["city"], status=said["status"], page=int(said["page"]), limit=20))


def _visitor(**values: Any) -> dict[str, Any]:
    return VISITOR.context | values


def _customer(call: Call) -> dict[str, Any]:
    user = jwt.get_unverified_claims(call.token)["sub"]
    return {"user": user, "builder": "", "customer_id": int(user)}


def _number(call: Call) -> int:
    return int(call.path.split("/")[3])
