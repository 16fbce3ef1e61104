"""The rounds. Everybody is loaded in turn, one at a time, so that a slow minute of the machine hits all alike."""

import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import psycopg

from benchmarks import agreement, dataset, footprint, limits, load, reserves, servers, workloads
from benchmarks.footprint import Moment
from benchmarks.load import Result
from benchmarks.noise import Meter
from benchmarks.peers import all_peers
from benchmarks.servers import Server
from benchmarks.workloads import Workloads
from realestate.config import settings

T = TypeVar("T")
WARM_UP = 1
AGAIN = ("ours-kept", "fastify", "fastify-open")
TRIES = 3
"""Of a load during which the machine was disturbed."""


@dataclass(frozen=True)
class Pace:
    rounds: int
    seconds: float


FULL, QUICK = Pace(5, 3), Pace(2, 1)


@dataclass
class Findings:
    """Everything a report says: results by workload and peer, one for each round."""

    seed: str
    pace: Pace
    sizes: dict[str, int]
    results: dict[tuple[str, str], list[Result]] = field(default_factory=dict)
    limits: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    at_start: Moment = field(default_factory=Moment)
    after_load: Moment = field(default_factory=Moment)
    idle_connection: int = 0
    meter: Meter = field(default_factory=Meter)
    seconds: float = 0.0
    ready_after: float = 0.0

    def add(self, workload: str, server: Server, result: Result) -> None:
        self.results.setdefault((workload, server.peer.name), []).append(result)


def measure(*, quick: bool) -> Findings:
    ready_after = footprint.start_up()
    key = settings.secret_key = secrets.token_urlsafe(48)  # tokens are signed here and read by every peer
    with dataset.opened() as database:
        seed = dataset.prepare(database)
        began = time.monotonic()
        if database.is_ours:
            pin_database(database)
        with database.connect() as connection, servers.running(all_peers(database, key), dataset.FOLDER / "logs") as running:
            with database.connect(dataset.OPEN_DATABASE) as copy:
                before = reserves.Before.of(copy)
            own = next(server for server in running if server.peer.name == "ours")
            at_start = footprint.of(own, connection, database)
            reserves.undo(connection, before)  # what a run that was killed has left
            asked = workloads.discover(connection)
            _say("checking that all answer the same")
            agreement.check_reads(running, asked)
            agreement.check_writes(running, asked, connection, before)
            findings = Findings(seed, QUICK if quick else FULL, _sizes(connection), ready_after=ready_after)
            findings.titles = {server.peer.name: (server.peer.title, server.peer.lacks) for server in running}
            Run(findings, running, asked, connection, before, limits.scripts(asked, database)).go()
            findings.memory = {server.peer.name: server.memory() for server in running}
            findings.at_start, findings.after_load = at_start, footprint.of(own, connection, database)
            findings.idle_connection = footprint.of_idle_connection(database)
        findings.seconds = time.monotonic() - began
        return findings


@dataclass
class Run:
    findings: Findings
    servers: list[Server]
    asked: Workloads
    connection: psycopg.Connection[Any]
    before: reserves.Before
    scripts: dict[str, limits.Script]

    def go(self) -> None:
        pace = self.findings.pace
        _say("warming up")
        for _, _, load_it in self._loads(WARM_UP):
            load_it()
            self.findings.meter.look()
        for turn in range(1, pace.rounds + 1):
            _say(f"round {turn} of {pace.rounds}")
            self._round(pace.seconds)

    def _round(self, seconds: float) -> None:
        for workload, server, load_it in self._loads(seconds):
            result = self._undisturbed(load_it)
            self.findings.add(workload, server, result)
            if (workload, server.peer.name) == ("hello", "ours"):
                self.findings.meter.hear(result.rate)
        for name, script in self.scripts.items():
            self.findings.limits.setdefault(name, []).append(self._undisturbed(partial(script.run, seconds)))

    def _undisturbed(self, load_it: Callable[[], T]) -> T:
        """The load, again if the machine was disturbed just before or after it; its last result when it always was."""
        meter = self.findings.meter
        for _ in range(TRIES):
            was_steady, result = meter.is_steady, load_it()
            meter.look()
            if was_steady and meter.is_steady:
                break
        else:
            meter.disturbed += 1
        meter.loads += 1
        return result

    def _loads(self, seconds: float) -> Iterator[tuple[str, Server, Callable[[], Result]]]:
        """In one order: each workload, and for it each peer."""
        asked, named = self.asked, {server.peer.name: server for server in self.servers}
        peers = [server for name, server in named.items() if name not in ("ours-kept", "ours-open")]
        some, ours, ours_open = [named[name] for name in AGAIN], named["ours"], named["ours-open"]
        plan = [(workload, peers) for workload in (asked.hello, *asked.reads)]
        plan += [(asked.projects.again(), some), (asked.units.again(), some), (asked.bookings, [ours_open])]
        plan += [(asked.first_page, [ours]), (asked.deep_page, [ours])]
        for workload, who in plan:
            for server in who:
                yield workload.name, server, partial(load.read, server, workload, seconds)
        for server in peers:
            yield "R4", server, partial(self._write, server, seconds)

    def _write(self, server: Server, seconds: float) -> Result:
        try:
            return load.write(server, self.asked.free_units, self.asked.buyers, seconds)
        finally:
            reserves.undo(self.connection, self.before)


def _sizes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    names = ("builders", "projects", "units", "customers", "bookings", "installments", "payments", "notifications")
    return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # type: ignore[index]  # noqa: S608


def pin_database(database: dataset.Database) -> None:
    """To the load's core, with its helpers; what it starts from now on inherits that."""
    with database.connect() as connection:
        postmaster = servers._field(connection.info.backend_pid, 1)
    for pid in servers.tree(postmaster or 0):
        servers.pin(pid, servers.LOAD_CORE)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what} ...", file=sys.stderr, flush=True)
