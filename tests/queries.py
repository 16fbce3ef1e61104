"""Counts what is sent to PostgreSQL, by listening at the two doors: the reading path and the driver's cursor."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from psycopg import AsyncCursor

from realestate.reading import asking


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that were sent meanwhile."""
    sent: list[str] = []
    execute, ask = AsyncCursor.execute, asking.ask

    async def listen(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
        sent.append(str(query))
        return await execute(cursor, query, *rest, **more)

    async def overhear(driver: Any, sql: str, arguments: Any) -> Any:
        sent.append(sql)
        return await ask(driver, sql, arguments)

    with patch.object(AsyncCursor, "execute", listen), patch.object(asking, "ask", overhear):
        yield sent
