"""What an idle connection of a pool costs: in the server process, and in PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from benchmarks.dataset import ROOT, Database
from benchmarks.servers import PAGE

CONNECTIONS = 50


def of_idle_connection(connection: psycopg.Connection[Any], database: Database) -> tuple[int, int]:
    """Bytes here and there. There: what the application's own connections use after the run and share with nobody; 0 when out of sight."""
    pids = [pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'realestate'")]
    there = [private for pid in pids if database.is_ours and (private := _private(pid))]
    command = [sys.executable, "-m", "benchmarks.footprint"]  # a process of its own, whose memory nobody has used before
    here = subprocess.run(command, cwd=ROOT, env=os.environ | database.variables(app=False), capture_output=True, text=True, check=True)
    return int(here.stdout), sum(there) // len(there) if there else 0


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
