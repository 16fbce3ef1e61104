"""The open sockets: what an idle one costs, how soon a commit is pushed, and that nothing is lost whatever is killed.

`./scripts/bench --live` runs real server processes on a database of its own and prints what it finds; about three minutes.
"""

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import httpx2

from benchmarks.dataset import FOLDER, ROOT
from benchmarks.people import events_of, people, tell
from benchmarks.readers import Reader, opened
from benchmarks.servers import PAGE
from realestate import database
from realestate.cli import database as embedded
from realestate.config import settings

IDLE, PUSHES, AT_ONCE = 5000, 500, 50
FANNED, ROUNDS = 200, 20
EVENTS, WRITERS, READERS, LEAVINGS, KILLS = 2000, 16, 8, 20, 5
CLIENTS, REQUESTS = 500, 8


@dataclass
class Server:
    """A `serve` on a port that stays its own."""

    port: int
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        said = {
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "DATABASE_OWNER_URL": "",
            "SEED": "none",
            "LOG_LEVEL": "error",
            "RUN_JOBS": "off",
        }
        command = [sys.executable, "-m", "realestate", "serve"]
        await asyncio.to_thread(self._start, command, os.environ | said)

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        if not any(line.startswith("ready: ") for line in self.process.stdout or ()):
            raise SystemExit("The server does not become ready.")

    def memory(self) -> int:
        assert self.process
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    def send(self, signal: int) -> None:
        assert self.process
        self.process.send_signal(signal)

    async def end(self) -> None:
        if self.process:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)


@asynccontextmanager
async def serving(*ports: int) -> AsyncIterator[list[Server]]:
    servers = [Server(port) for port in ports]
    try:
        await asyncio.gather(*(server.start() for server in servers))
        yield servers
    finally:
        await asyncio.gather(*(server.end() for server in servers))


def p(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] * 1000


async def idle() -> None:
    """(a) What an idle socket costs, and how soon one among them hears."""
    crowd = await people(IDLE)
    async with serving(8801) as [server]:
        with_one = [await opened(server.url, crowd[0])]
        before, sockets = server.memory(), with_one
        for start in range(1, IDLE, AT_ONCE):
            sockets += await asyncio.gather(*(opened(server.url, person) for person in crowd[start : start + AT_ONCE]))
        each = (server.memory() - before) / (len(sockets) - 1) / 1024
        waits = []
        for _ in range(PUSHES):
            place = random.randrange(IDLE)
            heard = asyncio.create_task(sockets[place].recv())
            await tell([crowd[place]])
            committed = time.perf_counter()
            await heard
            waits.append(max(0.0, time.perf_counter() - committed))
        print(f"(a) {len(sockets):,} idle sockets: {each:.1f} KB each; a push to one of them, after its commit: ", end="")
        print(f"p50 {p(waits, 50):.1f} ms, p95 {p(waits, 95):.1f} ms, p99 {p(waits, 99):.1f} ms")
        await asyncio.gather(*(socket.close() for socket in sockets))


async def fanned() -> None:
    """(b) From the commit to everybody's socket, over two processes."""
    crowd = await people(FANNED)
    async with serving(8802, 8803) as servers:
        sockets = [await opened(servers[n % 2].url, person) for n, person in enumerate(crowd)]
        waits: list[float] = []

        async def hear(socket, committed: asyncio.Future[float]) -> None:  # type: ignore[no-untyped-def]
            await socket.recv()
            heard = time.perf_counter()
            waits.append(max(0.0, heard - await committed))

        for _ in range(ROUNDS):
            committed: asyncio.Future[float] = asyncio.get_running_loop().create_future()
            hearing = [asyncio.create_task(hear(socket, committed)) for socket in sockets]
            await tell(crowd)
            committed.set_result(time.perf_counter())
            await asyncio.gather(*hearing)
        print(
            f"(b) {FANNED} sockets over 2 processes, all told by one commit, {ROUNDS} times: p50 {p(waits, 50):.0f} ms, p95 {p(waits, 95):.0f} ms"
        )
        await asyncio.gather(*(socket.close() for socket in sockets))


async def tortured() -> None:
    """(c) Writers write, readers leave, servers are killed: everything arrives, in order, once."""
    crowd = await people(READERS)
    async with serving(8804, 8805) as servers:
        readers = [Reader(person, [server.url for server in servers]) for person in crowd]
        reading = [asyncio.create_task(reader.read()) for reader in readers]
        await asyncio.gather(*(reader.started.wait() for reader in readers))
        todo = iter(range(EVENTS))

        async def write() -> None:
            for _ in todo:
                await tell(random.sample(crowd, random.randint(1, READERS)))
                await asyncio.sleep(random.uniform(0, 0.12))

        async def leave() -> None:
            for _ in range(LEAVINGS):
                await asyncio.sleep(0.5)
                await random.choice(readers).leave()

        async def kill() -> None:
            for _ in range(KILLS):
                await asyncio.sleep(1.5)
                server = random.choice(servers)
                server.send(signal.SIGKILL)
                await server.start()

        began = time.monotonic()
        await asyncio.gather(*(write() for _ in range(WRITERS)), leave(), kill())
        told = await events_of(crowd)
        with suppress(TimeoutError):
            async with asyncio.timeout(30):
                while any(reader.seq < told[reader.person.user_id] for reader in readers):
                    await asyncio.sleep(0.1)
        for task in reading:
            task.cancel()
        expected = sum(told.values())
        kept = sum(len(reader.kept) for reader in readers)
        in_order = all(reader.kept == list(range(1, len(reader.kept) + 1)) for reader in readers)
        again = sum(reader.again for reader in readers)
        came_back = sum(reader.connections - 1 for reader in readers)
        print(
            f"(c) {EVENTS:,} commits by {WRITERS} writers in {time.monotonic() - began:.0f} s, {LEAVINGS} disconnects, {KILLS} × kill -9, {came_back} reconnects: "
            f"{expected:,} notifications, {expected - kept} lost, {again} came twice and were dropped, "
            f"{'strictly increasing without gaps' if in_order else 'OUT OF ORDER'} for each of {READERS} readers"
        )
        if not in_order or kept != expected:
            raise SystemExit("Something was lost.")


async def ended() -> None:
    """(d) SIGTERM: everybody hears 1012 at once, and requests are answered."""
    crowd = await people(CLIENTS)
    async with serving(8806) as [server], httpx2.AsyncClient(base_url=f"http://{server.url}", timeout=30) as client:
        sockets = [await opened(server.url, person) for person in crowd]
        body = {"email": "nobody@example.com", "password": "a password that is hashed for long"}
        requests = [asyncio.create_task(client.post("/api/auth/login", json=body)) for _ in range(REQUESTS)]
        await asyncio.sleep(0.1)  # they are at work
        began = time.perf_counter()
        server.send(signal.SIGTERM)
        await asyncio.gather(*(socket.wait_closed() for socket in sockets))
        seconds = time.perf_counter() - began
        codes = {socket.close_code for socket in sockets}
        answers = [answer.status_code for answer in await asyncio.gather(*requests)]
        print(
            f"(d) SIGTERM: {CLIENTS} sockets closed with {codes} in {seconds:.2f} s; {len(answers)} requests under way answered {set(answers)}"
        )
        if codes != {1012} or seconds > 2 or set(answers) != {401}:
            raise SystemExit("The end was not graceful.")


async def _all() -> None:
    async with database.connected():
        for part in (idle, fanned, tortured, ended):
            await part()


def measure() -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    settings.data_dir = FOLDER / "live"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with embedded.opened():
        embedded.migrate_if_ours()
        asyncio.run(_all())
