"""Brings a database to the newest schema and lets the application's login in."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from realestate.cli.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]


def migrate(owner_url: str, app_url: str) -> None:
    """Repeatable. The owner needs CREATEROLE; the login of `app_url` is created when it is missing, and may then become our roles.

    Refusal for a login that the wall does not hold."""
    from realestate import tenancy  # here, because tests set the environment before anything of ours reads it

    _require_powers(owner_url)
    config = Config(str(ROOT / "alembic.ini"))
    config.attributes["url"] = owner_url
    command.upgrade(config, "head")
    login = str(conninfo_to_dict(app_url)["user"])
    _create_login(owner_url, login, str(conninfo_to_dict(app_url).get("password") or ""))
    url = make_url(owner_url).set(drivername="postgresql+psycopg")
    try:
        with create_engine(url, poolclass=NullPool).begin() as connection:
            tenancy.admit(connection, login)
    except ValueError as error:
        raise Refusal(f"DATABASE_URL: {error}") from error


def _require_powers(owner_url: str) -> None:
    """To make our roles, and tables in the schema."""
    query = """SELECT rolname, rolcreaterole OR rolsuper, has_schema_privilege('public', 'CREATE')
               FROM pg_roles WHERE rolname = current_user"""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    if not row[1]:
        raise Refusal(f"DATABASE_OWNER_URL: {row[0]} may not create roles; as a superuser: ALTER ROLE {row[0]} CREATEROLE.")
    if not row[2]:
        raise Refusal(f"DATABASE_OWNER_URL: {row[0]} may not create tables here; make it the owner: ALTER DATABASE … OWNER TO {row[0]}.")


def _create_login(owner_url: str, login: str, password: str) -> None:
    with psycopg.connect(owner_url) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone():
            return
        words = [sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(login))]
        if password:  # hashed here, so that it appears in no log
            secret = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
            words.append(sql.SQL("PASSWORD {}").format(sql.Literal(secret)))
        connection.execute(sql.SQL(" ").join(words))
