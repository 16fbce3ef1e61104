"""The migrations make what the models and the wall declare, and can be undone."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url

from realestate.adapters.postgres import place
from realestate.cli import migrate
from realestate.models.base import Base
from tests import databases

ROOT = Path(__file__).resolve().parents[1]
TABLES = "FROM pg_class c JOIN {} ON {} = c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relname <> 'alembic_version'"
CATALOG = {
    "columns": """SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity::text, attgenerated::text, attcollation,
        pg_get_expr(adbin, adrelid), reloptions """
    + TABLES.format("(pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum)", "attrelid")
    + " AND relkind = 'r' AND attnum > 0 AND NOT attisdropped",
    "constraints": "SELECT relname, conname, pg_get_constraintdef(pg_constraint.oid) "
    + TABLES.format("pg_constraint", "conrelid")
    + " AND contype <> 't'",  # triggers are the wall's
    "indexes": "SELECT relname, replace(pg_get_indexdef(indexrelid), current_schema() || '.', '') " + TABLES.format("pg_index", "indrelid"),
}


def config(url: str) -> Config:
    made = Config(str(ROOT / "alembic.ini"))
    made.attributes["url"] = url
    return made


def schema_of(url: str, tmp_path: Path) -> str:
    """Tables, policies, grants and functions, without what differs each time: the random words that pg_dump guards its output with, and
    the number that some servers (15.20 of Debian) put on every column."""
    pg_dump = place.programs(place.Place(tmp_path, {})) / "pg_dump"
    text = subprocess.run([pg_dump, "--schema-only", url], capture_output=True, text=True, check=True).stdout
    return "\n".join(re.sub(r"pg_attver=\d+", "", line) for line in text.splitlines() if "restrict " not in line)


def test_the_names_of_the_files_sort_as_the_chain_runs() -> None:
    chain = reversed([Path(one.path).name for one in ScriptDirectory.from_config(config("")).walk_revisions()])
    assert list(chain) == sorted(path.name for path in (ROOT / "alembic/versions").glob("*.py"))


def test_models_and_database_do_not_drift() -> None:
    with databases.cloned("drift") as url:
        command.check(config(url))


def test_down_to_nothing_and_up_again_gives_the_identical_schema(tmp_path: Path) -> None:
    with databases.cloned("down_up") as url:
        before = schema_of(url, tmp_path)
        command.downgrade(config(url), "base")
        with psycopg.connect(url) as connection:
            left = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'"
            assert connection.execute(left).fetchall() == []
            assert connection.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace").fetchall() == []
        migrate(url, os.environ["DATABASE_URL"])
        assert schema_of(url, tmp_path) == before


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    with databases.cloned("again") as url:
        before = schema_of(url, tmp_path)
        migrate(url, os.environ["DATABASE_URL"])
        assert schema_of(url, tmp_path) == before


def tables_in(url: str, schema: str) -> dict[str, set[tuple[object, ...]]]:
    """What the tables of a schema are made of."""
    with psycopg.connect(url, options=f"-c search_path={schema}") as connection:
        return {name: {tuple(map(str, row)) for row in connection.execute(query)} for name, query in CATALOG.items()}


def test_migrated_tables_are_those_that_the_models_would_make() -> None:
    """To the letter of every default, check and index, which `alembic check` does not compare."""
    with databases.cloned("declared") as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA declared")
        address = make_url(url).set(drivername="postgresql+psycopg")
        engine = create_engine(address, connect_args={"options": "-c search_path=declared"})
        Base.metadata.create_all(engine)
        engine.dispose()
        declared, migrated = tables_in(url, "declared"), tables_in(url, "public")
    for kind in CATALOG:
        assert declared[kind] and declared[kind] ^ migrated[kind] == set()
