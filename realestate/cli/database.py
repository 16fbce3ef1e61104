"""The database that a command works on: the one in the settings, or our own for as long as the command lasts."""

import asyncio
import os
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import psycopg
import typer
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from realestate.cli.migration import migrate
from realestate.cli.refusal import Refusal
from realestate.config import settings
from realestate.errors import RealEstateError

T = TypeVar("T")


@contextmanager
def opened(*, may_join: bool = False) -> Iterator[Path | None]:
    """Yields the folder of the embedded database, None for a named one. `may_join`: a running server's database will do as well.

    Afterwards settings and environment (which server processes inherit) say where the database is and what signs tokens."""
    _fill_in(secret_key=settings.secret_key or _generated_key())
    if settings.database_url or settings.database_owner_url:
        # with the owner's login alone, migrations and seeds speak through it; `serve` asks for the application's
        _fill_in(database_url=settings.database_url or settings.database_owner_url)
        _require_answer()
        yield None
        return
    with _embedded(may_join) as folder:
        yield folder


@contextmanager
def _embedded(may_join: bool) -> Iterator[Path]:
    if os.name == "nt":
        raise Refusal("The embedded database needs Linux, macOS or WSL: name a PostgreSQL in DATABASE_URL and DATABASE_OWNER_URL.")
    from realestate.adapters import postgres  # it cannot be imported on Windows

    cluster: AbstractContextManager[postgres.Cluster] = (postgres.reached if may_join else postgres.running)(settings.data_dir)
    try:
        found = cluster.__enter__()
    except postgres.LaunchError as error:
        raise Refusal(str(error)) from error
    try:
        _fill_in(database_url=found.app_url, database_owner_url=found.owner_url)
        yield found.folder
    finally:
        cluster.__exit__(None, None, None)


def _fill_in(**values: str) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
        os.environ[name.upper()] = value


def _generated_key() -> str:
    """Made once, whole or not at all, and the same for two that start together."""
    path = settings.data_dir / "secret_key"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=settings.data_dir, prefix="secret_key-") as file:  # 0600
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text()
    except OSError as error:
        remedy = "start as the user who owns it, or choose another DATA_DIR"
        raise Refusal(f"The data folder {settings.data_dir} cannot be used ({error.strerror}): {remedy}.") from error


def _require_answer() -> None:
    """The owner's login where there is one: migrating makes the application's."""
    for name in ("database_url", "database_owner_url"):
        if (url := getattr(settings, name)) and not url.startswith(("postgresql://", "postgres://")):
            raise Refusal(f"{name.upper()} must begin with postgresql:// (no driver is named).")
    name = "database_owner_url" if settings.database_owner_url else "database_url"
    try:
        psycopg.connect(getattr(settings, name), connect_timeout=10).close()
    except psycopg.Error as error:
        raise Refusal(f"{name.upper()}: no connection to the database: {str(error).strip()}") from error


def migrate_if_ours() -> bool:
    """Whether there is an owner's login to migrate with."""
    if settings.database_owner_url:
        migrate(settings.database_owner_url, settings.database_url)
    return bool(settings.database_owner_url)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Work of the services, on the database that a command opens for it."""
    try:
        with opened(may_join=True):
            return asyncio.run(_connected(work))
    except RealEstateError as error:
        raise Refusal(error.detail) from error


async def _connected(work: Callable[[], Awaitable[T]]) -> T:
    from realestate.database import connected

    async with connected():
        return await work()


def seed(name: str) -> str:
    """What has been done, in a sentence; large data also say how they are getting on."""
    try:
        return _seed_demo() if name == "demo" else _seed_large() if name == "large" else ""
    except RealEstateError as error:
        raise Refusal(error.detail) from error


def _seed_demo() -> str:
    from realestate import demo

    return asyncio.run(_connected(demo.seed))


def _seed_large() -> str:
    """By the tables' owner, who may let triggers rest and tell the planner what there is now."""
    from realestate.demo import large

    if not settings.database_owner_url:
        raise Refusal("SEED=large is the work of the tables' owner: name its login in DATABASE_OWNER_URL.")
    engine = create_engine(make_url(settings.database_owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        reason = large.seed(connection, typer.echo)
    if reason is None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            large.vacuum(connection, typer.echo)
    return reason or "The large data are there."
