"""Hears what commits announce (NOTIFY), on a connection of its own, and knows when it is deaf."""

import asyncio
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from realestate.adapters.bus.ears import Ear, tell_all
from realestate.logs import log

PAUSE = 1.0
"""Seconds before a lost connection is tried again."""


async def listen(conninfo: Mapping[str, Any], ears: Mapping[str, Ear]) -> None:
    """Until cancelled. What is said while the connection is lost is lost too: that is what `hears` is for."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**conninfo, autocommit=True) as connection:
                await _listen(connection, ears)
        except (psycopg.Error, OSError):  # a database that is away: requests say so, and the next try is soon
            pass
        except Exception as error:  # noqa: BLE001  # whoever may connect may say what nobody understands: the next words are heard again
            log.warning("does not understand what it hears", reason=type(error).__name__)
        await asyncio.sleep(PAUSE)


async def _listen(connection: psycopg.AsyncConnection[Any], ears: Mapping[str, Ear]) -> None:
    for channel in ears:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    try:
        tell_all(ears, True)
        async for said in connection.notifies():
            ears[said.channel].heard(said.payload)
    except psycopg.Error as error:
        log.warning("no longer hears other processes", reason=type(error).__name__)
        raise
    finally:
        tell_all(ears, False)
