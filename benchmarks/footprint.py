"""What an idle connection of a pool costs: in the server process, and in PostgreSQL."""

import asyncio
import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from benchmarks.dataset import Database
from benchmarks.servers import PAGE

CONNECTIONS = 50


def of_idle_connection(connection: psycopg.Connection[Any], database: Database) -> tuple[int, int]:
    """Bytes here and there. There: what the application's own connections use after the run and share with nobody; 0 when out of sight."""
    pids = [pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'realestate'")]
    there = [private for pid in pids if database.is_ours and (private := _private(pid))]
    return asyncio.run(_here(database)), sum(there) // len(there) if there else 0


async def _here(database: Database) -> int:
    """Growth of this very process by a pool as the application has it."""
    before = _resident()
    url = database.url(database.superuser["dbname"], app=False)
    async with AsyncConnectionPool(url, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False) as pool:
        await pool.wait()
        return max(0, _resident() - before) // CONNECTIONS


def _resident() -> int:
    return int(Path(f"/proc/{os.getpid()}/statm").read_text().split()[1]) * PAGE


def _private(pid: int) -> int:
    """Kilobytes that belong to one process alone, as bytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))
