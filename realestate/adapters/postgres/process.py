"""One `postgres` process: its start, its first answer, its end, and what is left of one whose parent was killed."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from realestate.adapters.postgres import cluster
from realestate.adapters.postgres.place import ENVIRONMENT, LaunchError, Place

PATIENCE = 120  # seconds for recovery after a crash
DIES_WITH_US = 'read nothing; kill -INT "$0"'  # its input is a pipe that only we hold, which ends however we end


@contextmanager
def launched(ground: Place, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """In a session of its own, so that a Ctrl-C reaches us first and the database is stopped last.

    A shell watches over us instead of the kernel (PR_SET_PDEATHSIG), which knows that word on Linux only, forgets it when the account
    changes, and would need Python code between fork and exec, which is not safe beside threads."""
    with open(_fresh_log(ground), "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=ENVIRONMENT, start_new_session=True, **ground.account
        )
    try:
        watch = ["/bin/sh", "-c", DIES_WITH_US, str(server.pid)]
        with subprocess.Popen(watch, stdin=subprocess.PIPE, cwd="/", env=ENVIRONMENT, start_new_session=True) as watcher:
            try:
                yield server
            finally:
                watcher.kill()
    finally:
        end(server.pid, lambda: server.poll() is not None)


def _fresh_log(ground: Place) -> Path:
    log = ground.home / "log"
    if log.exists():
        log.rename(ground.home / "log.previous")
    return log


def is_ready(server: subprocess.Popen[bytes], url: str, stopping: threading.Event) -> bool:
    """Waits for an answer to a query; false when the server ends instead, or shall."""
    until = time.monotonic() + PATIENCE
    while server.poll() is None and not stopping.is_set():
        try:
            with psycopg.connect(url) as connection:
                connection.execute("SELECT 1")
                return True
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise LaunchError(f"PostgreSQL runs but does not answer: {error}") from error
            time.sleep(0.02)
    return False


def clear(ground: Place) -> None:
    """Stop a server whose parent was killed; then its pid files go, because a number in them may by now be some other process.

    Only when nothing answers; and even so PostgreSQL itself refuses while a process of the old server still holds its memory."""
    files = (ground.cluster / "data" / "postmaster.pid", ground.sockets / f".s.PGSQL.{cluster.PORT}.lock")
    if _answers(ground):
        try:
            pid = int(files[0].read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            raise LaunchError(f"A PostgreSQL without a pid file runs in {ground.home}: stop it by hand.") from None
        end(pid, lambda: not _answers(ground))
    for file in files:
        file.unlink(missing_ok=True)


def _answers(ground: Place) -> bool:
    """Whether a process listens, which the kernel knows even when the process hangs."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(ground.sockets / f".s.PGSQL.{cluster.PORT}"))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except TimeoutError:
            return True
    return True


def end(pid: int, is_gone: Callable[[], bool]) -> None:
    """A fast shutdown; harsher words only for one that does not hear. None of them loses a commit."""
    for word, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.kill(pid, word)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if is_gone():
                return
            time.sleep(0.01)
    raise LaunchError(f"PostgreSQL (process {pid}) does not end: stop it by hand.")
