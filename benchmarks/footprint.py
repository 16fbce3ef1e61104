"""What a process of the application and its pooled connections cost: in the process itself, and in PostgreSQL."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from benchmarks.dataset import FOLDER, ROOT, Database
from benchmarks.servers import PAGE, Server

CONNECTIONS = 50


@dataclass(frozen=True)
class Moment:
    """What one process of the application takes: resident bytes, connections in its pools, bytes that PostgreSQL shares with nobody for them."""

    process: int = 0
    connections: int = 0
    in_postgresql: int = 0


def of(server: Server, connection: psycopg.Connection[Any], database: Database) -> Moment:
    """Now. In PostgreSQL 0 when it is out of sight."""
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'realestate' AND datname = current_database()"
    pids = [pid for (pid,) in connection.execute(query)]
    return Moment(server.memory(), len(pids), sum(map(_private, pids)) if database.is_ours else 0)


def start_up() -> float:
    """Seconds from `./scripts/run` to its `ready:`, the second time, with environment and database there, on an otherwise idle machine."""
    for _ in range(2):
        began = time.monotonic()
        said = {"DATA_DIR": str(FOLDER / "start"), "SEED": "demo", "PORT": "0", "DATABASE_URL": ""}
        command = [str(ROOT / "scripts" / "run")]
        with subprocess.Popen(command, env=os.environ | said, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            lines = process.stdout or ()
            ready = next((time.monotonic() - began for line in lines if line.startswith("ready: ")), None)
            process.terminate()
        if ready is None:
            raise SystemExit("./scripts/run does not become ready.")
    return ready


def of_idle_connection(database: Database) -> int:
    """Bytes in a server process; found in one of its own, whose memory nobody has used before."""
    command = [sys.executable, "-m", "benchmarks.footprint"]
    here = subprocess.run(command, cwd=ROOT, env=os.environ | database.variables(app=False), capture_output=True, text=True, check=True)
    return int(here.stdout)


async def _growth() -> int:
    """Of this process, for each connection of a pool as the application has it; the first few are not counted."""
    async with AsyncConnectionPool(min_size=5, max_size=5, open=False) as few:
        await few.wait()
        before = _resident()
        async with AsyncConnectionPool(min_size=CONNECTIONS, max_size=CONNECTIONS, open=False) as pool:
            await pool.wait()
            return (_resident() - before) // CONNECTIONS


def _resident() -> int:
    return int(Path(f"/proc/{os.getpid()}/statm").read_text().split()[1]) * PAGE


def _private(pid: int) -> int:
    """Kilobytes that belong to one process alone, as bytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


if __name__ == "__main__":
    print(asyncio.run(_growth()))
