"""Starts the server as our child, waits until it answers, and stops it; takes over what a killed parent has left."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from realestate.adapters.postgres import cluster, place
from realestate.adapters.postgres.cluster import Cluster
from realestate.adapters.postgres.place import LaunchError, Place

SETTINGS = {
    "listen_addresses": "",
    "port": str(cluster.PORT),
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # its statements are short
    "max_parallel_workers_per_gather": "0",  # and its machine is small
    "log_min_messages": "log",  # a refused statement is the client's to report, and holds personal data
    "log_checkpoints": "off",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300", "max_wal_size": "4GB"}
KERNEL_TELLS = sys.platform == "linux"  # that a parent has died
PATIENCE = 120  # seconds for recovery after a crash
STILL_THERE = ("pre-existing shared memory block", "lock file")  # how PostgreSQL says that an old server is not quite gone


@contextmanager
def running(data_dir: Path, *, throw_away: bool = False) -> Iterator[Cluster]:
    """A server on this data folder for as long as the block lasts. `throw_away` trades durability for speed, for tests.

    Enter it in the main thread: on Linux the server also ends with the thread that started it. Raises LaunchError."""
    with ExitStack() as stack:
        with _plainly(data_dir):
            ground = place.find(data_dir)
            place.make(ground)
            stack.enter_context(place.held(ground))
            programs = place.programs(ground)
            if not ground.cluster.exists():
                cluster.make(ground, programs, synced=not throw_away)
            stack.enter_context(_serving(ground, programs, SETTINGS | (THROW_AWAY if throw_away else {})))
            answer = cluster.describe(ground)
        yield answer


@contextmanager
def _plainly(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{error.filename or data_dir}: {error.strerror}"
        raise LaunchError(f"The data folder cannot be used ({what}): make it readable and writable, or choose another DATA_DIR.") from error


@contextmanager
def _serving(ground: Place, programs: Path, settings: dict[str, str]) -> Iterator[None]:
    _clear(ground)
    server = _start(ground, programs, settings)
    try:
        until = time.monotonic() + 10
        while not _is_ready(server, cluster.describe(ground).superuser_url):
            _give_up_unless_passing(ground, time.monotonic() > until)
            time.sleep(0.1)
            server = _start(ground, programs, settings)
        with _watched(server):
            yield
    finally:
        _end(server.pid, lambda: server.poll() is not None)


def _start(ground: Place, programs: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that a Ctrl-C reaches us first and we stop it last."""
    words = [f"--{name}={value}" for name, value in settings.items()]
    words += [
        f"--hba_file={ground.cluster / 'access.conf'}",
        f'--unix_socket_directories="{ground.sockets}"',
        "--unix_socket_permissions=0700",
    ]
    command = [str(programs / "postgres"), "-D", str(ground.cluster / "data"), *words]
    with open(_fresh_log(ground), "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=place.ENVIRONMENT,
            start_new_session=True,
            preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - safe, because no thread of ours runs yet
            **ground.account,
        )


def _fresh_log(ground: Place) -> Path:
    log = ground.home / "log"
    if log.exists():
        log.rename(ground.home / "log.previous")
    return log


def _end_with(parent: int) -> Callable[[], None] | None:
    """Run in the child after it has changed its account (which would undo it): the kernel sends SIGINT when the parent dies."""
    if not KERNEL_TELLS:
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(1, signal.SIGINT)  # 1: PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


@contextmanager
def _watched(server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Where the kernel does not tell: a shell that reads a pipe of ours, which ends when we do."""
    if KERNEL_TELLS:
        yield
        return
    watch = ["/bin/sh", "-c", 'read nothing; kill -INT "$0"', str(server.pid)]
    with subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True) as watcher:
        try:
            yield
        finally:
            watcher.kill()


def _is_ready(server: subprocess.Popen[bytes], url: str) -> bool:
    """Waits for an answer to a query; false when the server has ended instead."""
    until = time.monotonic() + PATIENCE
    while server.poll() is None:
        try:
            with psycopg.connect(url) as connection:
                connection.execute("SELECT 1")
                return True
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise LaunchError(f"PostgreSQL runs but does not answer: {error}") from error
            time.sleep(0.02)
    return False


def _give_up_unless_passing(ground: Place, is_late: bool) -> None:
    """Right after a kill, the old server's last processes may need a moment to notice."""
    said = (ground.home / "log").read_text(errors="replace").strip().splitlines()
    if is_late or not any(word in line for line in said for word in STILL_THERE):
        fatal = [line for line in said if "FATAL" in line] or said or ["it said nothing"]
        raise LaunchError(f"PostgreSQL does not start: {fatal[-1]} (more in {ground.home / 'log'}).")


def _clear(ground: Place) -> None:
    """Stop a server whose parent was killed; then its pid files go, because a number in them may by now be some other process.

    Only when nothing answers; and even so PostgreSQL itself refuses while a process of the old server still holds its memory."""
    files = (ground.cluster / "data" / "postmaster.pid", ground.sockets / f".s.PGSQL.{cluster.PORT}.lock")
    if _answers(ground):
        try:
            pid = int(files[0].read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            raise LaunchError(f"A PostgreSQL without a pid file runs in {ground.home}: stop it by hand.") from None
        _end(pid, lambda: not _answers(ground))
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


def _end(pid: int, is_gone: Callable[[], bool]) -> None:
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
