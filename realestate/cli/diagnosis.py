"""What the settings are and whether they work."""

import sys
from urllib.parse import urlsplit

import psycopg
import typer

from realestate.cli import database, production
from realestate.config import Settings, settings

HEAD = (
    "# Every setting of the application with its default; none is required in development. Written by: python -m realestate env-example\n"
)
FOR_TESTS = "\n# tests only: the owner's login of a PostgreSQL 15 or later; empty: a throw-away embedded one\n# TEST_DATABASE_URL=\n"


def env_example() -> str:
    lines = [HEAD]
    for name, field in Settings.model_fields.items():
        default = ",".join(field.default) if isinstance(field.default, list) else field.default
        lines.append(f"\n# {field.description}\n# {name.upper()}={default}\n")
    return "".join(lines) + FOR_TESTS


def doctor() -> None:
    """Ends with 1 when something is wrong."""
    typer.echo(f"Python      {sys.version.split()[0]}")
    typer.echo(f"settings    {settings.environment}, data folder {settings.data_dir.resolve()}")
    production.check_settings()
    typer.echo(f"mail        {urlsplit(settings.smtp_url).hostname or ('nowhere' if settings.is_production else 'into the outbox')}")
    with database.opened(may_join=True):
        with psycopg.connect(settings.database_url) as connection:
            typer.echo(f"database    PostgreSQL {connection.info.server_version // 10000} answers to {connection.info.user}")
        production.check_database()
    typer.echo("all is well")
