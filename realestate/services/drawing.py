"""Drawing papers: work for the processor, one at a time in each process, and only so many in line."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from realestate.errors import Unavailable

T = TypeVar("T")
MOST_IN_LINE, MOST_OF_VISITORS = 20, 5
"""Some four seconds of work, well within the deadline of a request; and how long the line may be for whom nobody knows to join it."""
_artist, _in_line = ThreadPoolExecutor(1, "papers"), 0


async def drawn(draw: Callable[[T], bytes], basis: T, most: int = MOST_IN_LINE) -> bytes:
    """The PDF of a basis. Unavailable where `most` are in line already: they would come to nothing but a deadline."""
    global _in_line
    if _in_line >= most:
        raise Unavailable("Many papers are being drawn just now. Please try again.")
    _in_line += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_artist, draw, basis)
    finally:
        _in_line -= 1
