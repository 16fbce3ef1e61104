"""Papers that are drawn when they are asked for."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Response

T = TypeVar("T")
_drawing = asyncio.Semaphore(1)
"""It is work for the processor: one at a time."""


class Pdf(Response):
    media_type = "application/pdf"


PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The paper.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


async def printed(draw: Callable[[T], bytes], basis: T, name: str) -> Response:
    """Its PDF, to be looked at rather than kept."""
    async with _drawing:
        pdf = await asyncio.to_thread(draw, basis)
    disposition = f"inline; filename*=UTF-8''{quote(name)}"
    return Pdf(pdf, headers={"Content-Disposition": disposition, "Cache-Control": "private, no-cache"})
