"""A login that was there before: admitted so that it inherits nothing, or not at all."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from realestate.cli import migrate, production
from realestate.cli.refusal import Refusal
from realestate.config import settings
from realestate.models.base import Base
from tests import databases

LOGIN = f"realestate_guest_{os.getpid()}"


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(login=sql.Identifier(LOGIN)))


@pytest.fixture
def owner_url() -> Iterator[str]:
    with databases.cloned("admission") as url:
        execute(url, "CREATE ROLE {login} LOGIN PASSWORD 'secret'")
        yield url
    execute(os.environ["TEST_DATABASE_URL"], "DROP ROLE {login}")


def guest(url: str) -> str:
    return make_url(url).set(username=LOGIN, password="secret").render_as_string(hide_password=False)


def test_a_login_that_inherited_does_so_no_more(owner_url: str) -> None:
    execute(owner_url, "GRANT realestate_worker TO {login}")  # as one was let in before
    migrate(owner_url, guest(owner_url))
    with psycopg.connect(guest(owner_url), autocommit=True) as connection:
        for table in Base.metadata.tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT FROM {table}")  # type: ignore[arg-type]
        connection.execute("SET ROLE realestate_visitor")
        connection.execute("SELECT id FROM units")


def test_a_login_above_the_wall_is_not_admitted(owner_url: str) -> None:
    with psycopg.connect(owner_url) as connection:
        (is_super,) = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() or (False,)
    execute(owner_url, "ALTER ROLE {login} SUPERUSER" if is_super else "GRANT realestate_clerk TO {login}")
    with pytest.raises(Refusal, match="^DATABASE_URL: the login realestate_guest_"):
        migrate(owner_url, guest(owner_url))


@pytest.mark.parametrize("grant", ["GRANT realestate_clerk TO {login}", "GRANT realestate_builder TO {login}"])
def test_production_refuses_a_login_that_inherits(owner_url: str, monkeypatch: pytest.MonkeyPatch, grant: str) -> None:
    execute(owner_url, grant)
    monkeypatch.setattr(settings, "environment", "production")
    monkeypatch.setattr(settings, "database_url", guest(owner_url))
    with pytest.raises(Refusal, match="^DATABASE_URL: its login has rights of the application's roles"):
        production.check_database()
