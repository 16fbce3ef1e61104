"""What a command says, in a sentence with the remedy, instead of a traceback."""

import os

import psycopg
import pytest
from psycopg import sql

from realestate.cli import database
from realestate.cli.migration import migrate
from realestate.cli.refusal import Refusal
from realestate.config import settings
from tests.factories import unique


def test_an_owner_who_may_not_create_roles_is_told_what_to_grant():
    name = unique("realestate_test_powerless").replace("-", "_")
    owner = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'a password'").format(sql.Identifier(name)))
        try:
            url = psycopg.conninfo.make_conninfo(owner, user=name, password="a password")
            with pytest.raises(Refusal, match=f"ALTER ROLE {name} CREATEROLE"):
                migrate(url, os.environ["DATABASE_URL"])
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.mark.parametrize("url", ["postgresql+psycopg://me@127.0.0.1/x", "garbage", "mysql://me@127.0.0.1/x"])
def test_an_address_that_is_none_of_postgresql_is_named(monkeypatch, url):
    monkeypatch.setattr(settings, "database_owner_url", url)
    with pytest.raises(Refusal, match="DATABASE_OWNER_URL must begin with postgresql://"):
        database._require_answer()
