"""A server on a data folder for as long as a block lasts."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path

from realestate.adapters.postgres import cluster, place, process
from realestate.adapters.postgres.cluster import Cluster
from realestate.adapters.postgres.place import InUse, LaunchError, Place

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
    "unix_socket_permissions": "0700",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300", "max_wal_size": "4GB"}
THROW_AWAY |= {"autovacuum": "off"}  # nothing lives long enough to need it, and while it is at work a database cannot be dropped
STILL_THERE = ("pre-existing shared memory block", "lock file")  # how PostgreSQL says that an old server is not quite gone
PASSING = 10  # seconds after which that is no passing thing


@contextmanager
def running(data_dir: Path, *, throw_away: bool = False) -> Iterator[Cluster]:
    """A server on this data folder, started again whenever it dies. `throw_away` trades durability for speed, for tests.

    Raises LaunchError."""
    with ExitStack() as stack:
        with _plainly(data_dir):
            ground = place.find(data_dir)
            place.make(ground)
            stack.enter_context(place.held(ground))
            programs = place.programs(ground)
            if not ground.cluster.exists():
                cluster.make(ground, programs, synced=not throw_away)
            stack.enter_context(Server(ground, programs, SETTINGS | (THROW_AWAY if throw_away else {})))
            answer = cluster.describe(ground)
        yield answer


@contextmanager
def reached(data_dir: Path) -> Iterator[Cluster]:
    """A server on this data folder: one that another process runs, or our own for as long as the block lasts."""
    with ExitStack() as stack:
        try:
            answer = stack.enter_context(running(data_dir))
        except InUse:
            answer = cluster.describe(place.find(data_dir))
        yield answer


@contextmanager
def _plainly(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{error.filename or data_dir}: {error.strerror}"
        raise LaunchError(f"The data folder cannot be used ({what}): start as the user who owns it, or choose another DATA_DIR.") from error


class Server(threading.Thread):
    """Keeps a `postgres` running. What fails before its first answer is final; later on it is tried again and again."""

    def __init__(self, ground: Place, programs: Path, settings: dict[str, str]) -> None:
        super().__init__(name="postgres", daemon=True)
        self.ground = ground
        self.command = [str(programs / "postgres"), "-D", str(ground.cluster / "data")]
        self.command += [f"--{name}={value}" for name, value in settings.items()]
        self.command += [f"--hba_file={ground.cluster / 'access.conf'}", f'--unix_socket_directories="{ground.sockets}"']
        self.answered: Future[None] = Future()
        self.stopping = threading.Event()

    def __enter__(self) -> None:
        self.start()
        try:
            self.answered.result()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.join()

    def run(self) -> None:
        patience_ends = time.monotonic() + PASSING
        while not self.stopping.is_set():
            try:
                if not self._serve():
                    _give_up_unless_passing(self.ground, is_late=time.monotonic() > patience_ends)
            except (LaunchError, OSError) as error:
                if not self.answered.done():
                    self.answered.set_exception(error)
                    return
            self.stopping.wait(0.1)

    def _serve(self) -> bool:
        """From start to end. Whether it ever answered."""
        process.clear(self.ground)
        with process.launched(self.ground, self.command) as server:
            if not process.is_ready(server, cluster.describe(self.ground).superuser_url, self.stopping):
                return False
            if not self.answered.done():
                self.answered.set_result(None)
            while server.poll() is None and not self.stopping.wait(0.1):
                pass
        return True


def _give_up_unless_passing(ground: Place, *, is_late: bool) -> None:
    """Right after a kill, the old server's last processes may need a moment to notice."""
    said = (ground.home / "log").read_text(errors="replace").strip().splitlines()
    if is_late or not any(word in line for line in said for word in STILL_THERE):
        fatal = [line for line in said if "FATAL" in line] or said or ["it said nothing"]
        raise LaunchError(f"PostgreSQL does not start: {fatal[-1]} (more in {ground.home / 'log'}).")
