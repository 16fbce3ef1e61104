"""Sixteen connections on the load's core: wrk for what is read, a client of our own for what is written."""

import asyncio
import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.dataset import FOLDER
from benchmarks.servers import Server
from benchmarks.workloads import Workload

CONNECTIONS = 16
WALK = Path(__file__).with_name("walk.lua")
ORDER = {"payment_plan": "hybrid"}
"""Five lines, which is the number that the design measured with."""


@dataclass(frozen=True)
class Result:
    """Of one load: requests a second, the server's CPU for each in microseconds, latencies in milliseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float


def read(server: Server, workload: Workload, seconds: float) -> Result:
    """GETs, walking the calls in their order."""
    path = FOLDER / "calls"
    path.write_text("".join(f"{call.path}\t{call.token}\n" for call in workload.calls))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "--timeout", "10s", "-s", str(WALK), server.url, "--", str(path)]
    before = server.cpu_seconds()
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    cpu = server.cpu_seconds() - before
    lines = [line for line in said.stdout.splitlines() if line.startswith("{")]
    if not lines or (measured := json.loads(lines[-1]))["failed"] or not measured["requests"]:
        raise SystemExit(f"{server.peer.title} failed under {workload.name}: {(said.stderr or said.stdout).strip()[-500:]}")
    return Result(measured["requests"] / measured["seconds"], cpu * 1e6 / measured["requests"], measured["p50"], measured["p99"])


def write(server: Server, units: list[int], buyers: list[str], seconds: float) -> Result:
    """Reserves: a unit and a buyer each, until the time or the units are over."""
    before = server.cpu_seconds()
    latencies, elapsed = asyncio.run(_reserve_all(server, units, buyers, seconds))
    cpu = server.cpu_seconds() - before
    return Result(len(latencies) / elapsed, cpu * 1e6 / len(latencies), median(latencies), quantiles(latencies, n=100)[98])


async def _reserve_all(server: Server, units: list[int], buyers: list[str], seconds: float) -> tuple[list[float], float]:
    orders = [order(unit, buyers[turn % len(buyers)]) for turn, unit in enumerate(units)][::-1]
    latencies: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_reserve(server, orders, latencies, started + seconds) for _ in range(CONNECTIONS)))
    return latencies, time.perf_counter() - started


async def _reserve(server: Server, orders: list[bytes], latencies: list[float], until: float) -> None:
    """One connection, kept open; a peer that closes it is given a new one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    while orders and time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(orders.pop())
        status, body = await _answer(reader)
        if status != 201:
            raise SystemExit(f"{server.peer.title} failed under R4 with {status}: {body[:300].decode()}")
        latencies.append((time.perf_counter() - began) * 1000)
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, named, length = head.partition(b"content-length:")
    return int(head.split()[1]), await reader.readexactly(int(length.split()[0])) if named else b"(without a length)"


def order(unit: int, token: str) -> bytes:
    body = json.dumps(ORDER | {"unit_id": unit}).encode()
    head = f"POST /api/bookings HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
