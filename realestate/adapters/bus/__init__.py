"""What commits announce to every process: a word on a channel, ids only. PostgreSQL carries it, or Redis for many machines."""

import asyncio
from collections.abc import Mapping
from typing import Any

from realestate.adapters.bus import postgres
from realestate.adapters.bus.ears import Ear
from realestate.adapters.bus.redis import Bus

__all__ = ["Bus", "Ear", "listen"]

BY_BUS = ("inbox", "topics")
"""The channels of the SQL function `announce`. What answers to visitors depend on is always said by PostgreSQL itself, in the commit."""


async def listen(conninfo: Mapping[str, Any], ears: Mapping[str, Ear], bus: Bus | None = None) -> None:
    """Until cancelled, on one connection to PostgreSQL; with a bus, what goes that way on another."""
    if bus is None:
        return await postgres.listen(conninfo, ears)
    by_bus = {channel: ears[channel] for channel in BY_BUS if channel in ears}
    rest = {channel: ear for channel, ear in ears.items() if channel not in BY_BUS}
    await asyncio.gather(postgres.listen(conninfo, rest), bus.listen(by_bus), bus.publish())
