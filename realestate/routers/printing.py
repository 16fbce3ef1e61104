"""Papers that are drawn when they are asked for."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Response

from realestate.services.drawing import drawn

T = TypeVar("T")


class Pdf(Response):
    media_type = "application/pdf"


PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The paper.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


async def printed(draw: Callable[[T], bytes], basis: T, name: str) -> Response:
    """Its PDF, to be looked at rather than kept."""
    pdf = await drawn(draw, basis)
    disposition = f"inline; filename*=UTF-8''{quote(name)}"
    return Pdf(pdf, headers={"Content-Disposition": disposition, "Cache-Control": "private, no-cache"})
