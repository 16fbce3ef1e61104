"""A real database for every process of a test run: cloned from one migrated template, gone when the run ends.

`prepare` and `release` belong to the process that starts the run, `claim` to each process that runs tests. `claim` writes the environment,
so it has to come before anything imports `realestate.config`.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from realestate.adapters import postgres

PREFIX = "realestate_test_"
ENVIRONMENT = {
    "ENVIRONMENT": "development",
    "SECRET_KEY": "a key for tests only, of more than 32 bytes",
    "RATE_LIMITS": "off",
    "QUERY_LOG": "off",
    "RUN_JOBS": "off",
    "SEED": "none",
    "OBJECTS_URL": "memory:///",
    "POOL_SIZE": "0.5",
    "WORKERS": "1",
    "ACCESS_TOKEN_MINUTES": "15",
}
"""Said outright, because a developer's own .env must not change what the tests see."""

_run = ExitStack()


def prepare() -> None:
    """Start a throw-away cluster, or use the owner's login in TEST_DATABASE_URL; make and migrate this run's template."""
    try:
        owner_url = os.environ.get("TEST_DATABASE_URL") or _run.enter_context(_cluster())
        name = PREFIX + secrets.token_hex(4)
        os.environ |= ENVIRONMENT | {
            "TEST_DATABASE_URL": owner_url,
            "TEST_DATABASE_TEMPLATE": name,
            "TEST_APP_PASSWORD": secrets.token_hex(8),
        }
        _run.enter_context(_marked(owner_url, name))
        _run.callback(_drop, owner_url, name)
        _make_template(name)
    except BaseException:
        release()
        raise


def claim(worker: str = "main") -> None:
    """Clone this process's own database and tell the environment."""
    name = os.environ["TEST_DATABASE_TEMPLATE"]
    _say(f"{name}_{worker}")
    _execute(os.environ["TEST_DATABASE_URL"], "CREATE DATABASE {} TEMPLATE {}", f"{name}_{worker}", name)


@contextmanager
def cloned(purpose: str, template: str | None = None) -> Iterator[str]:
    """One more database, for a test that changes the schema: the owner's address of it. `template0` is an empty one."""
    name = conninfo_to_dict(os.environ["DATABASE_OWNER_URL"])["dbname"]
    url, database = os.environ["TEST_DATABASE_URL"], f"{name}_{purpose}"
    _execute(url, "CREATE DATABASE {} TEMPLATE {}", database, template or os.environ["TEST_DATABASE_TEMPLATE"])
    yield _with_database(url, database)
    _remove(
        url, database
    )  # after a failure it stays until `release`: whoever failed may still be connected, and what it said is what counts


def release() -> None:
    """Drop and stop everything, also after failures."""
    _run.close()


@contextmanager
def _cluster() -> Iterator[str]:
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix="realestate-test-"))
    folder.chmod(0o711)  # so that, under root, the server's account can pass
    try:
        with postgres.running(folder, throw_away=True) as cluster:
            yield _with_database(cluster.owner_url, "postgres")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders of runs that were killed: nobody holds their locks any more."""
    for lock in Path(tempfile.gettempdir()).glob("realestate-test-*/postgres/lock"):
        with suppress(OSError), open(lock) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parents[1], ignore_errors=True)


@contextmanager
def _marked(owner_url: str, name: str) -> Iterator[None]:
    """This run lives while a connection holds its advisory lock; what runs without one have left behind is dropped."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"]).fetchall()
        for left in {row[0][: len(name)] for row in names}:
            free = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s)) AND %s <> %s", [left, left, name]).fetchone()
            if free and free[0]:
                _drop(owner_url, left)
        yield


def _drop(owner_url: str, name: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name + "_app"]).rowcount:
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name + "_app")))  # to end its last connections
        for (database,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [name + "%"]).fetchall():
            _remove(owner_url, database)
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name + "_app")))


def _remove(owner_url: str, database: str) -> None:
    """With whoever is still connected. A vacuum at work in it is nobody's to end, but ends soon."""
    for wait in (0.1, 0.3, 1, 3, 9, None):
        try:
            return _execute(owner_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        except psycopg.errors.InsufficientPrivilege:
            if wait is None:
                raise
            time.sleep(wait)


def _make_template(name: str) -> None:
    _execute(os.environ["TEST_DATABASE_URL"], "CREATE DATABASE {}", name)
    _say(f"{name}_main")  # what is imported now stays: a process that does not use xdist claims this name
    from realestate.cli import migrate

    migrate(_with_database(os.environ["TEST_DATABASE_URL"], name), _with_database(os.environ["DATABASE_URL"], name))


def _say(database: str) -> None:
    owner = make_url(os.environ["TEST_DATABASE_URL"]).set(database=database)
    app = owner.set(username=os.environ["TEST_DATABASE_TEMPLATE"] + "_app", password=os.environ["TEST_APP_PASSWORD"])
    os.environ["DATABASE_OWNER_URL"] = owner.render_as_string(hide_password=False)
    os.environ["DATABASE_URL"] = app.render_as_string(hide_password=False)


def _with_database(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(url: str, statement: str, *names: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
