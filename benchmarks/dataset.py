"""The database that all peers share: prepared once, kept, and read for what the requests ask for."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from realestate.adapters import postgres
from realestate.adapters.postgres import launcher
from realestate.config import Settings
from realestate.tenancy import mark

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".bench"
DATABASE, OPEN_DATABASE, LOGIN = "realestate_bench", "realestate_bench_open", "realestate_bench_app"
REAL_SIZE = {"shared_buffers": "1GB", "effective_cache_size": "4GB", "max_connections": "300", "max_wal_size": "4GB", "autovacuum": "off"}
"""Autovacuum would run under whoever is measured at that moment: the script vacuums between loads instead."""


@dataclass(frozen=True)
class Database:
    """Two logins for one database: the application's, which the wall holds, and a superuser's, which it does not."""

    superuser: dict[str, str]
    password: str
    is_ours: bool

    def url(self, name: str, *, app: bool) -> str:
        """In the form that settings and `make_url` understand."""
        login = {"user": LOGIN, "password": self.password} if app else {}
        said = {key: str(value) for key, value in (self.superuser | login | {"dbname": name}).items()}
        place = "&".join(f"{key}={value.replace('/', '%2F')}" for key, value in said.items() if key in ("host", "port"))
        return f"postgresql://{said['user']}:{said.get('password', '')}@/{name}?{place}"

    def variables(self, *, app: bool) -> dict[str, str]:
        """What libpq, and everything that imitates it, reads from the environment."""
        login = {"user": LOGIN, "password": self.password} if app else {}
        said = self.superuser | login | {"dbname": DATABASE}
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        return {names[key]: str(value) for key, value in said.items() if key in names}

    def connect(self, name: str = DATABASE) -> psycopg.Connection[Any]:
        return psycopg.connect(make_conninfo(**self.superuser | {"dbname": name}), autocommit=True)


@contextmanager
def opened() -> Iterator[Database]:
    """The server of BENCH_DATABASE_URL (a superuser's login, because most peers have no wall), or our own for the length of a run."""
    password = secrets.token_urlsafe(24)
    if url := os.environ.get("BENCH_DATABASE_URL"):
        yield Database({"port": "5432", "dbname": "postgres"} | _plain(url), password, is_ours=False)
        return
    launcher.SETTINGS.update(REAL_SIZE)  # the launcher's own are for development
    try:
        with postgres.running(FOLDER) as cluster:
            yield Database(_plain(cluster.superuser_url), password, is_ours=True)
    except postgres.LaunchError as error:
        sys.exit(str(error))


def _plain(url: str) -> dict[str, str]:
    return {key: str(value) for key, value in conninfo_to_dict(url).items()}


def prepare(database: Database) -> str:
    """Migrate and seed unless that has been done for this schema and data set; a copy without policies; the name of the data set."""
    seed = "large" if "large" in get_args(Settings.model_fields["seed"].annotation) else "demo"
    wanted = f"realestate bench: {seed} {mark()}"
    with database.connect(database.superuser["dbname"]) as connection:
        if _remark_of(connection, DATABASE) != wanted:
            print(f"Preparing SEED={seed} (only the first time, and after changes of the schema) ...", file=sys.stderr, flush=True)
            for name in (DATABASE, OPEN_DATABASE):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(DATABASE)))
            _fill(database, seed)
            _copy_without_policies(database, connection)
            _remark(connection, DATABASE, wanted)
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(LOGIN), sql.Literal(database.password)))
    return seed


def _remark_of(connection: psycopg.Connection[Any], name: str) -> str | None:
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    row = connection.execute(query, [name]).fetchone()
    return row[0] if row else None


def _remark(connection: psycopg.Connection[Any], name: str, remark: str) -> None:
    connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(remark)))


def _fill(database: Database, seed: str) -> None:
    environment = {
        **os.environ,
        "DATABASE_OWNER_URL": database.url(DATABASE, app=False),
        "DATABASE_URL": database.url(DATABASE, app=True),
        "SEED": seed,
        "SECRET_KEY": secrets.token_urlsafe(48),
    }
    with database.connect() as connection:  # a login of an earlier run has another password
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(LOGIN), sql.Literal(database.password)))
    if subprocess.run([sys.executable, "-m", "realestate", "init"], cwd=ROOT, env=environment, stdout=sys.stderr, check=False).returncode:
        sys.exit("The database could not be prepared; what was said above is the reason.")
    with database.connect() as connection:
        connection.execute("VACUUM (ANALYZE)")


def _copy_without_policies(database: Database, connection: psycopg.Connection[Any]) -> None:
    """For the price of the wall: the same rows, roles and grants, and row level security switched off."""
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(OPEN_DATABASE), sql.Identifier(DATABASE)))
    with database.connect(OPEN_DATABASE) as copy:
        for (table,) in copy.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND rowsecurity").fetchall():
            copy.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table)))
        copy.execute("VACUUM (ANALYZE)")
