"""Runs migrations as the owner of the tables, then rebuilds the wall. Tables have a history; permissions have only a present."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import realestate.models  # noqa: F401  # so that the metadata knows every table
from realestate import tenancy
from realestate.config import settings
from realestate.models.base import Base, Money, Word


def render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    """A migration says BIGINT and TEXT, not Money and Word: it must outlive our classes."""
    match item:
        case Money():
            return "sa.BigInteger()"
        case Word():
            return "sa.Text()"
    return False


url = make_url(context.config.attributes.get("url") or settings.database_owner_url).set(drivername="postgresql+psycopg")

with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_item=render_item)
    with context.begin_transaction():
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        is_newest = context.get_context().get_current_heads() == (context.get_head_revision(),)
        target = context.get_context().opts.get("destination_rev")  # none for `check` and `revision`
        if target and not (target == "head" and is_newest):
            tenancy.remove(connection)  # no table may change under a policy that names its columns
        context.run_migrations()
        if target and context.get_head_revision() in context.get_context().get_current_heads():
            tenancy.install(connection)
