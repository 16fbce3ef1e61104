"""A database cluster on disk: made once, with its logins and their passwords."""

import json
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from realestate.adapters.postgres.place import Place

DATABASE = "realestate"
SUPERUSER, OWNER, APP = "postgres", "realestate_owner", "realestate_app"
PORT = 5432  # only part of the socket's name
ACCESS = "local all all scram-sha-256\n"


@dataclass(frozen=True)
class Cluster:
    """What the rest of the house needs to know of a running server. The URLs hold passwords."""

    folder: Path
    superuser_url: str
    owner_url: str
    app_url: str


def describe(place: Place) -> Cluster:
    passwords = json.loads((place.cluster / "passwords").read_text())
    return Cluster(place.home, *(url(place, login, passwords[login]) for login in (SUPERUSER, OWNER, APP)))


def url(place: Place, login: str, password: str) -> str:
    return f"postgresql://{login}:{password}@/{DATABASE}?host={quote(str(place.sockets), safe='')}&port={PORT}"


def make(place: Place, programs: Path, *, synced: bool) -> None:
    """initdb, logins and database under another name, then renamed: a kill on the way leaves nothing half made."""
    for leftover in place.home.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=place.home))
    if place.account:
        new.chmod(0o711)
    place.give(new / "data")
    passwords = {login: secrets.token_urlsafe(24) for login in (SUPERUSER, OWNER, APP)}
    _write(new / "passwords", json.dumps(passwords), 0o600)
    _write(new / "access.conf", ACCESS, 0o644)
    _initdb(place, programs, new / "data", synced)
    alone = [str(programs / "postgres"), "--single", "-F", "-c", "exit_on_error=on", "-D", str(new / "data"), SUPERUSER]
    place.run(alone if not synced else [word for word in alone if word != "-F"], _logins(passwords))
    new.rename(place.cluster)


def _initdb(place: Place, programs: Path, data: Path, synced: bool) -> None:
    """Text sorts by code point and knows upper and lower case of every script, the same on all machines."""
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # trust is what initdb writes into a file that we never let the server read: see hba_file
    command = [str(programs / "initdb"), f"--pgdata={data}", f"--username={SUPERUSER}", "--auth=trust", *locale]
    place.run(command if synced else [*command, "--no-sync"])


def _logins(passwords: dict[str, str]) -> str:
    """One statement a line. The owner makes the application's login, so that it may admit it to roles."""
    return f"""ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'
CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB PASSWORD '{passwords[OWNER]}'
SET ROLE {OWNER}
CREATE ROLE {APP} LOGIN NOINHERIT PASSWORD '{passwords[APP]}'
RESET ROLE
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""


def _write(path: Path, text: str, mode: int) -> None:
    with open(path, "w", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)  # whatever the umask
