"""One process tree per peer: started, pinned, watched in /proc, stopped."""

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peer

ALLOWED = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE, LOAD_CORE = ALLOWED[0], ALLOWED[min(1, len(ALLOWED) - 1)]
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PATIENCE = 60


@dataclass
class Server:
    peer: Peer
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """Of the whole tree, since its start."""
        return sum(_cpu_ticks(pid) for pid in tree(self.process.pid)) / TICKS

    def memory(self) -> int:
        """Resident bytes of the whole tree."""
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE for pid in tree(self.process.pid))


@contextlib.contextmanager
def running(peers: list[Peer], logs: Path) -> Iterator[list[Server]]:
    """All of them at once, on the server's core; whoever is not under load sleeps."""
    logs.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(_started(peer, logs / f"{peer.name}.log")) for peer in peers]
        for server in servers:
            _wait_until_ready(server, logs)
        yield servers


@contextlib.contextmanager
def _started(peer: Peer, log: Path) -> Iterator[Server]:
    port = _free_port()
    with open(log, "wb") as file:
        process = subprocess.Popen(
            peer.command(port), cwd=peer.folder, env={**os.environ, **peer.variables, "PORT": str(port)}, stdout=file, stderr=file
        )
    pin(process.pid, SERVER_CORE)
    try:
        yield Server(peer, process, port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pin(pid: int, core: int) -> None:
    """To one core, with what it starts from now on."""
    with contextlib.suppress(ProcessLookupError):
        os.sched_setaffinity(pid, {core})


def _wait_until_ready(server: Server, logs: Path) -> None:
    until = time.monotonic() + PATIENCE
    while server.process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/health", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise SystemExit(f"{server.peer.title} does not answer: see {logs / server.peer.name}.log.")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {pid: parent for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if (parent := _field(pid, 1)) is not None}
    found, frontier = [root], [root]
    while frontier:
        frontier = [pid for pid, parent in parents.items() if parent in frontier]
        found += frontier
    return found


def _cpu_ticks(pid: int) -> int:
    """User and system time, with that of children who have ended."""
    return sum(_field(pid, place) or 0 for place in (11, 12, 13, 14))


def _field(pid: int, place: int) -> int | None:
    """Of /proc/PID/stat, counted from behind the name in brackets; None when the process is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[place])
    except (FileNotFoundError, ProcessLookupError):
        return None
