"""Connections that only read, lent for a moment: in autocommit mode, each with its role for as long as it lives."""

import asyncio
from time import monotonic
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool

Driver = AsyncConnection[Any]


class ReadingPool(AsyncConnectionPool[Driver]):
    """Keeps what comes back well at hand for the next borrower: the way through psycopg's own books took 35 µs of a request's 450.

    The long way is shielded, because a caller cancelled just while giving a connection back would lose it to the pool.
    """

    def __init__(self, kwargs: dict[str, Any], size: int, wait: float) -> None:
        super().__init__(
            kwargs=kwargs,
            min_size=1,
            max_size=size,
            timeout=wait,
            max_waiting=1000,
            reconnect_timeout=2,  # give up and start afresh with the next request: the default backs off for minutes
            configure=_autocommit,
            open=False,
        )
        self._at_hand: list[Driver] = []
        self._in_line = 0

    async def getconn(self, timeout: float | None = None) -> Driver:
        if self._at_hand:
            return self._at_hand.pop()
        self._in_line += 1
        try:
            return await super().getconn(timeout)
        finally:
            self._in_line -= 1

    async def putconn(self, conn: Driver) -> None:
        is_old = conn._expire_at <= monotonic()  # as the pool itself has marked it (max_lifetime)
        if self._in_line or self.closed or is_old or conn.pgconn.transaction_status != TransactionStatus.IDLE:
            await asyncio.shield(super().putconn(conn))
        else:
            self._at_hand.append(conn)

    async def check(self) -> None:
        await self._put_all()
        await super().check()

    async def close(self, timeout: float = 5.0) -> None:
        await self._put_all()
        await super().close(timeout)

    async def _put_all(self) -> None:
        while self._at_hand:
            await asyncio.shield(super().putconn(self._at_hand.pop()))


async def _autocommit(connection: Driver) -> None:
    await connection.set_autocommit(True)
