"""Counts what is sent to PostgreSQL, by listening at the driver."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from psycopg import AsyncCursor


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that were sent meanwhile."""
    sent: list[str] = []
    execute = AsyncCursor.execute

    async def listen(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
        sent.append(str(query))
        return await execute(cursor, query, *rest, **more)

    with patch.object(AsyncCursor, "execute", listen):
        yield sent
