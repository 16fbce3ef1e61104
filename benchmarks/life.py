"""The life of one request, step by step, in microseconds: `./scripts/bench --life` writes them into docs/life-of-a-request.md.

The real server runs in this process, on its own core, as `serve` would run it; a client in another process asks one thing at a time and
nothing twice. A stopwatch stands at the doors between the steps and notes two clocks: the thread's CPU time and the time on the wall.
Its own cost is measured and taken off; the same requests are measured without it as well. Each figure is a median over the requests.
"""

import secrets
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from statistics import median

import uvicorn
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from benchmarks import dataset, report, servers, workloads
from benchmarks.noise import spread
from benchmarks.run import pin_database
from benchmarks.stopwatch import Door, Spent, Stopwatch
from benchmarks.workloads import Call, Workload
from realestate import reading
from realestate.adapters.lending import ReadingPool
from realestate.cli.protocol import BoundedProtocol
from realestate.config import settings
from realestate.dependencies import Asked, Guard, Reader
from realestate.middleware import Answer, Envelope
from realestate.reading import asking
from realestate.routing import StrictRoute

PAGE = dataset.ROOT / "docs" / "life-of-a-request.md"
ROUNDS, CALLS, TOGETHER = 5, 100, 8
"""Rounds after one that does not count; requests of each kind, in each of three ways; clients at once in the last way."""

STEPS = {
    "idle": "the event loop turns; the socket is read, and written at the end (uvloop)",
    "parse": "bytes become a request, a task begins (uvicorn, `cli/protocol.py`)",
    "envelope": "a request id; in through the middleware; the route is found (`middleware.py`, `dispatch.py`)",
    "route": "strict query names, a deadline; FastAPI solves dependencies, calls the endpoint (`routing.py`)",
    "query": "the query string as a model, remembered from last time (`dependencies.Asked`)",
    "guard": "who is asking: the token is verified (`dependencies.Guard`, `security/tokens.py`)",
    "view": "the compiled query of this shape, its values as text; the response (`dependencies.Reader`, `views/`)",
    "borrow": "a connection that has the caller's role (`adapters/lending.py`)",
    "ask": "send the prepared statement, sleep, take the answer (`reading/asking.py`)",
    "return": "the connection goes back, whatever happens (`reading/asking.py`)",
    "send": "headers are completed; the bytes go to the transport, untouched (`middleware.py`, uvicorn)",
    "log": "one JSON line, written (`logs.py`)",
    "leave": "the way out through everything that was entered",
}
DOORS: list[Door] = [
    (BoundedProtocol, "data_received", "parse", "parse"),
    (RequestResponseCycle, "run_asgi", "parse", "idle"),
    (Envelope, "__call__", "envelope", "leave"),
    (StrictRoute, "handle", "route", "leave"),
    (Asked, "__call__", "query", "route"),
    (Guard, "__call__", "guard", "route"),
    (Reader, "page", "view", "route"),
    (Reader, "all", "view", "route"),
    (reading, "read", "view", "view"),
    (ReadingPool, "getconn", "borrow", "ask"),
    (asking, "ask", "ask", "return"),
    (Answer, "say", "send", "leave"),
    (Answer, "log", "log", "leave"),
]

ASK = """
import http.client, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for line in sys.stdin:
    path, _, token = line.rstrip("\\n").partition("\\t")
    connection.request("GET", path, headers={"Authorization": "Bearer " + token} if token else {})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}")
"""


@dataclass
class Life:
    """What was found out about one kind of request."""

    workload: Workload
    steps: list[dict[str, Spent]] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """CPU of a request without the stopwatch, one figure for each round: one at a time, several at once."""

    def cpu(self, step: str) -> float:
        return median(life.get(step, Spent()).cpu for life in self.steps)

    def asleep(self) -> float:
        """While PostgreSQL works."""
        return median(spent.wall - spent.cpu for life in self.steps if (spent := life.get("ask")))


def measure() -> list[Life]:
    settings.secret_key = secrets.token_urlsafe(48)
    with dataset.opened() as database:
        dataset.prepare(database)
        if database.is_ours:
            pin_database(database)
        settings.database_url = database.url(dataset.DATABASE, app=True)
        with database.connect() as connection:
            asked = workloads.discover(connection)
        return _serve([Life(asked.projects), Life(asked.bookings)])


def _serve(lives: list[Life]) -> list[Life]:
    """As `serve` would; the log goes into a file, as it does on a server."""
    log = dataset.FOLDER / "logs" / "life.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    servers.pin(0, servers.SERVER_CORE)
    with open(log, "w") as paper, redirect_stderr(paper), socket.create_server(("127.0.0.1", 0)) as listener:
        from realestate.main import app  # here: it takes standard error as it finds it

        server = uvicorn.Server(uvicorn.Config(app, http=BoundedProtocol, access_log=False, log_config=None, server_header=False))
        clock = time.pthread_getcpuclockid(threading.get_ident())
        asker = threading.Thread(target=_ask_all, args=(server, listener.getsockname()[1], clock, lives))
        asker.start()
        server.run([listener])
        asker.join()
    if not all(life.steps for life in lives):
        sys.exit(f"A request failed; what was said above, or {log}, has the reason.")
    return lives


def _ask_all(server: uvicorn.Server, port: int, clock: int, lives: list[Life]) -> None:
    """In rounds: under the stopwatch, without it, and without it by several at once; the first round is to warm up."""
    try:
        for turn in range(ROUNDS + 1):
            for life in lives:
                watched, alone, together = (_some(life.workload.calls, 3 * turn + part) for part in range(3))
                watch = Stopwatch()
                with watch.standing(DOORS):
                    _ask(port, watched)
                calm, busy = _cpu_of_each(port, clock, alone, 1), _cpu_of_each(port, clock, together, TOGETHER)
                if turn:
                    life.steps += watch.lives("parse", "idle")[1:-1]
                    life.calm.append(calm)
                    life.busy.append(busy)
    finally:
        server.should_exit = True


def _cpu_of_each(port: int, clock: int, calls: list[Call], clients: int) -> float:
    """Microseconds of the server's thread."""
    began = time.clock_gettime_ns(clock)
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda n: _ask(port, calls[n::clients]), range(clients)))
    return (time.clock_gettime_ns(clock) - began) / len(calls) / 1000


def _some(calls: list[Call], part: int) -> list[Call]:
    """The next ones; begins anew when there are no more."""
    return [calls[(part * CALLS + n) % len(calls)] for n in range(CALLS)]


def _ask(port: int, calls: list[Call]) -> None:
    lines = "".join(f"{call.path}\t{call.token}\n" for call in calls)
    client = ["taskset", "-c", str(servers.LOAD_CORE), sys.executable, "-c", ASK, str(port)]
    subprocess.run(client, input=lines, text=True, check=True)


def text(lives: list[Life]) -> str:
    rows = [[what, *(f"{life.cpu(step):.0f}" for life in lives)] for step, what in STEPS.items()]
    rows.append(["**our CPU for one request**", *(f"**{sum(life.cpu(step) for step in STEPS):.0f}**" for life in lives)])
    rows.append(["the same, as a whole and without the stopwatch", *(f"{median(life.calm):.0f}" for life in lives)])
    rows.append([f"the same, {TOGETHER} at once", *(f"{median(life.busy):.0f}" for life in lives)])
    rows.append(["PostgreSQL works, we sleep (on the clock)", *(f"{life.asleep():.0f}" for life in lives)])
    paths = [f"`GET {life.workload.calls[0].path}`" for life in lives]
    head = "\n".join(f"{life.workload.name}: {path}, {life.workload.title}.  " for life, path in zip(lives, paths, strict=True))
    table = report.table(["µs", *(life.workload.name for life in lives)], rows)
    spreads = ", ".join(f"{life.workload.name} {spread(life.calm):.0%}" for life in lives)
    facts = f"{report.machine()} Medians of {ROUNDS * CALLS} requests each. (Highest − lowest) / median of the rounds: {spreads}."
    return f"{head}\n\n{table}\n\n{facts}"


def write() -> None:
    said = text(measure())
    print(said)
    PAGE.write_text(report.replaced(PAGE.read_text(), said))
