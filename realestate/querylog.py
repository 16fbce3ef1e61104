"""What is said to PostgreSQL, on standard error, for whoever develops: QUERY_LOG=on, or plans.

While it is on it stands in both doors: the reading path, and psycopg's cursor, which serves `database.execute` and the ORM. Switched
off, nothing stands there and nothing is paid. Statements are shown with their placeholders, never with values.

Plans are made on the connection that asked, in its role, so the wall's policies are part of them. A read is run once more, as the very
statement that is prepared there, so that a plan which PostgreSQL keeps for all values shows as such. What stands in a transaction may
write: it is planned for its values and not run again. Plans do show values, in their conditions.
"""

import re
import sys
import textwrap
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any, Literal, Self

import psycopg
from psycopg import AsyncConnection, AsyncCursor, sql
from psycopg.pq import TransactionStatus

from realestate.logs import request_id
from realestate.reading import asking

Door = Callable[..., Awaitable[Any]]

WIDTH = 140
HAS_PLAN = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)\b", re.IGNORECASE)
SAYS_NAME_TWICE = re.compile(r"\b(\w+\.(\w+)) AS \2\b")
_execute: Door = AsyncCursor.execute
"""As it is when nobody listens."""


@contextmanager
def listening(mode: Literal["off", "on", "plans"]) -> Iterator[None]:
    """Show every statement that requests send meanwhile; what the server does by itself, every two seconds, would drown them."""
    with ExitStack() as doors:
        if mode != "off":
            plans = mode == "plans"
            doors.enter_context(_instead(asking, "ask", lambda ask: _reading(ask, plans)))
            doors.enter_context(_instead(AsyncCursor, "execute", lambda execute: _executing(execute, plans)))
            doors.enter_context(_instead(AsyncCursor, "executemany", lambda execute: _executing(execute, plans=False)))
            doors.enter_context(_instead(AsyncConnection, "commit", lambda commit: _ending(commit, "COMMIT")))
            doors.enter_context(_instead(AsyncConnection, "rollback", lambda rollback: _ending(rollback, "ROLLBACK")))
        yield


@contextmanager
def _instead(owner: Any, name: str, wrap: Callable[[Door], Door]) -> Iterator[None]:
    original = getattr(owner, name)
    overheard = wrap(original)

    async def door(*arguments: Any, **more: Any) -> Any:
        return await (overheard if request_id.get() else original)(*arguments, **more)

    setattr(owner, name, door)
    try:
        yield
    finally:
        setattr(owner, name, original)


# ── The doors ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reading(ask: Door, plans: bool) -> Door:
    async def overheard(driver: Any, statement: str, arguments: Any) -> Any:
        with _Heard(statement) as heard:
            answer = await ask(driver, statement, arguments)
            heard.size = f"{len(answer or b''):,} bytes"
        if plans:
            name, values = sql.Identifier(asking.prepared[driver][statement].decode()), sql.SQL(", ").join(map(sql.Literal, arguments))
            question = sql.SQL("EXPLAIN (ANALYZE, BUFFERS) EXECUTE {} ({})").format(name, values)
            _show(await _plan(AsyncCursor(driver), question))
        return answer

    return overheard


def _executing(execute: Door, plans: bool) -> Door:
    async def overheard(cursor: Any, statement: Any, values: Any = None, **more: Any) -> Any:
        with _Heard(str(statement)) as heard:
            result = await execute(cursor, statement, values, **more)
            heard.size = f"{cursor.rowcount:,} rows" if cursor.rowcount >= 0 else ""
        if plans and HAS_PLAN.match(str(statement)):
            _show(await _plan(type(cursor)(cursor.connection), f"EXPLAIN {statement}", values))
        return result

    return overheard


def _ending(end: Door, name: str) -> Door:
    async def overheard(driver: Any) -> None:
        if driver.pgconn.transaction_status == TransactionStatus.IDLE:
            await end(driver)
            return
        with _Heard(name):
            await end(driver)

    return overheard


async def _plan(cursor: Any, question: Any, values: Any = None) -> str:
    try:
        async with cursor.connection.transaction():  # of its own, so that a plan which fails harms nobody
            await _execute(cursor, question, values)
            return "\n".join(line for (line,) in await cursor.fetchall())
    except psycopg.Error as error:
        return f"no plan: {error}"


# ── The paper ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Heard:
    """One statement: shown when it has been answered, or refused."""

    def __init__(self, statement: str) -> None:
        self.statement, self.size, self.began = statement, "", perf_counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        milliseconds = (perf_counter() - self.began) * 1000
        facts = (f"{milliseconds:.2f} ms", kind.__name__ if kind else self.size, f"request {request_id.get()}")
        print(f"\n-- {' · '.join(filter(None, facts))}\n{pretty(self.statement)};", file=sys.stderr, flush=True)


def _show(plan: str) -> None:
    print(textwrap.indent(plan, "--   "), file=sys.stderr, flush=True)


def pretty(statement: str) -> str:
    """One clause a line, each as deep as the brackets that are open; `a.id AS id` is said once."""
    lines, depth = [], 0
    for line in SAYS_NAME_TWICE.sub(r"\1", statement).splitlines():
        margin = "  " * depth
        lines += textwrap.wrap(
            line.strip(), WIDTH, initial_indent=margin, subsequent_indent=f"{margin}    ", break_long_words=False, break_on_hyphens=False
        )
        depth += line.count("(") - line.count(")")
    return "\n".join(lines)
