"""`worker` as a user starts it, beside a server's database."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
WORKERS = "SELECT id FROM jobs.procrastinate_workers"


def test_it_works_until_it_is_asked_to_end_and_signs_off(house: None) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, options="-c role=realestate_worker") as connection:
        before = set(connection.execute(WORKERS))
        command = [sys.executable, "-m", "realestate", "worker"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "working\n"
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=15)
        assert process.returncode == 0, said
        assert set(connection.execute(WORKERS)) <= before
