"""From nothing to half a million units, in one transaction: small tables by COPY, then one INSERT … SELECT for each table, in steps."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, func, or_, select, text

from realestate.config import settings
from realestate.database import WORKER
from realestate.demo.large import ground, inboxes, money, sales, stories
from realestate.demo.large.triggers import PROOFS, prove, resting
from realestate.demo.people import CUSTOMERS
from realestate.errors import Forbidden
from realestate.models.accounts import Builder, User
from realestate.models.base import Base
from realestate.models.bookings import Booking
from realestate.models.payments import Installment, Payment
from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.security import passwords

PASSWORD = "password123"
BUILDERS = 200
Say = Callable[[str], None]

SETTINGS = """
SELECT set_config('lock_timeout', '10min', true), set_config('timezone', 'UTC', true), set_config('work_mem', '128MB', true),
    set_config('jit', 'off', true)"""
# Nobody else draws a number meanwhile, so that ours follow each other: row n of a table has the id `first + n`.
LOCK = """
LOCK TABLE builders, users, projects, units, bookings, installments, payments, allocations IN SHARE ROW EXCLUSIVE MODE"""
SPEAK_AS = "SELECT set_config('role', :role, true)"
# The same dice on every run: a hash of the row's number and of what is rolled for.
ROLL = """
CREATE OR REPLACE FUNCTION pg_temp.roll(n bigint, what bigint, sides bigint) RETURNS int LANGUAGE sql IMMUTABLE
    RETURN CAST(abs(hashint8extended(n, what) % sides) AS int)"""
PICK = """
CREATE OR REPLACE FUNCTION pg_temp.pick(words text[], n bigint, what bigint) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN words[1 + pg_temp.roll(n, what, cardinality(words))]"""
# As money.financial_year, for rupees.
YEAR = """
CREATE OR REPLACE FUNCTION pg_temp.financial_year(day date) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN to_char(day - interval '3 months', 'YYYY-') || to_char(day + interval '9 months', 'YY')"""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement. `first` is the parameter by which later ones know the first id of what it has added to `model`."""

    name: str
    sql: str
    first: str = ""
    model: Any = None


GROUND = (
    Step("builders", ground.BUILDERS, "first_builder", Builder),
    Step("accounts of builders", ground.BUILDER_ACCOUNTS),
    Step("team members", ground.TEAMS, "first_member", User),
    Step("owners of builders", ground.OWNERS),
    Step("users of customers", ground.CUSTOMER_USERS, "first_customer", User),
    Step("customers", ground.CUSTOMERS),
    Step("projects", ground.PROJECTS, "first_project", Project),
    Step("phases", ground.PHASES),
    Step("sales, to be", sales.SALES),
    Step("holds, to be", sales.HELD),
    Step("claims, to be", sales.CLAIMS),
    Step("units", sales.UNITS, "first_unit", Unit),
    Step("price ranges", sales.PRICE_RANGES),
    Step("holds", sales.HOLDS),
    Step("prices of sales", sales.PRICED),
)
STORIES = (
    Step("bookings", sales.BOOKINGS, "first_booking", Booking),
    Step("parties", sales.PARTIES),
    Step("leads", sales.LEADS),
    Step("installments, to be", money.LINES),
    Step("installments", money.INSTALLMENTS, "first_line", Installment),
    Step("payments, to be", money.RECEIPTS),
    Step("payments", money.PAYMENTS, "first_payment", Payment),
    Step("allocations", money.ALLOCATIONS),
    Step("last receipts and demands", money.NUMBERS),
    Step("events, to be", inboxes.EVENTS),
    Step("notifications", inboxes.NOTIFICATIONS),
    Step("ends of inboxes", inboxes.COUNTERS),
)


def seed(connection: Connection, say: Say, builders: int = BUILDERS) -> str | None:
    """Fill a database, speaking as the tables' owner, and say how it goes. The reason if not: a second time changes nothing.

    Others may read meanwhile, not write. Forbidden in production: everybody knows the password of these accounts.
    """
    if settings.is_production:
        raise Forbidden("DEVELOPMENT_ONLY", "Large data have accounts with a known password: they are for ENVIRONMENT=development only.")
    for statement in (SETTINGS, LOCK):
        connection.execute(text(statement))
    with _as_worker(connection):
        reason = _reason_not_to(connection)
        now = connection.scalars(select(func.now())).one()
    if reason is None:
        fill(connection, say, builders, now)
    return reason


def vacuum(connection: Connection, say: Say) -> None:
    """Tell the planner what there is, and leave nothing to autovacuum, which would start while somebody measures."""
    began = perf_counter()
    connection.execute(text(f"VACUUM (ANALYZE) {', '.join(Base.metadata.tables)}"))
    say(_line("vacuum and statistics", len(Base.metadata.tables), began))


def _line(name: str, number: int, began: float) -> str:
    return f"{name:28} {number:>9,} {perf_counter() - began:6.1f} s"


def _reason_not_to(connection: Connection) -> str | None:
    if connection.scalar(select(Builder.id).where(Builder.slug == "large-0")):
        return "The large data are there already."
    address = func.lower(User.email)
    ours = or_(address.in_(ground.LOGINS), address.endswith(f"@{ground.DOMAIN}"))
    taken = connection.scalar(select(User.email).where(ours).order_by(User.id).limit(1))
    return f"No large data were added: {taken} is somebody's account already." if taken else None


@contextmanager
def _as_worker(connection: Connection) -> Iterator[None]:
    """The owner may change tables, but the wall shows it no row and takes none."""
    connection.execute(text(SPEAK_AS), {"role": WORKER.context["role"]})
    yield
    connection.execute(text(SPEAK_AS), {"role": "none"})


def fill(connection: Connection, say: Say, builders: int, now: datetime) -> None:
    """As it would be on some day: all is decided by its midnight, so that hours make no difference."""
    with resting(connection), _as_worker(connection):
        _fill(connection, say, _numbers(builders, now))


def _fill(connection: Connection, say: Say, numbers: dict[str, Any]) -> None:
    for function in (ROLL, PICK, YEAR):
        connection.execute(text(function))
    _hand_over(connection, "large_cities", ground.CITY_COLUMNS, ((spot, *city) for spot, city in enumerate(ground.CITIES)))
    _hand_over(connection, "large_stacks", ground.STACK_COLUMNS, ground.stacks())
    _hand_over(connection, "large_stories", stories.STORY_COLUMNS, stories.stories())
    _hand_over(connection, "large_plans", stories.LINE_COLUMNS, stories.plan_lines())
    _hand_over(connection, "large_tellings", stories.TELLING_COLUMNS, stories.tellings())
    _take(connection, GROUND, numbers, say)
    sold = connection.execute(text("SELECT DISTINCT plan, price FROM large_sales")).all()
    _hand_over(connection, "large_prices", stories.PRICE_COLUMNS, stories.prices(sold))
    _take(connection, STORIES, numbers, say)
    began = perf_counter()
    prove(connection, numbers)
    say(_line("proofs", len(PROOFS), began))


def _numbers(builders: int, now: datetime) -> dict[str, Any]:
    """What the statements speak of."""
    names = [name.split() for name in CUSTOMERS]
    return {
        "builders": builders,
        "customers": builders * ground.CUSTOMERS_EACH,
        "today": now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0),
        "team": list(ground.TEAM),
        "states": ground.STATES,
        "names": [words[0] for words in names],
        "surnames": [words[-1] for words in names],
        "builder_login": ground.LOGINS[0],
        "customer_login": ground.LOGINS[1],
        "domain": ground.DOMAIN,
        "password_hash": asyncio.run(passwords.hash(PASSWORD)),
    }


def _hand_over(connection: Connection, table: str, columns: LiteralString, rows: Iterable[Sequence[object]]) -> None:
    """Python's own knowledge, as a table that lasts until the commit."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    name = sql.Identifier(table)
    driver.execute(sql.SQL("CREATE TEMP TABLE {} ({}) ON COMMIT DROP").format(name, sql.SQL(columns)))
    with driver.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
        for row in rows:
            copy.write_row(row)


def _take(connection: Connection, steps: Iterable[Step], numbers: dict[str, Any], say: Say) -> None:
    for step in steps:
        began = perf_counter()
        added = connection.execute(text(step.sql), numbers).rowcount
        if step.first:
            numbers[step.first] = connection.scalars(select(func.max(step.model.id))).one() - added + 1
        say(_line(step.name, added, began))
