"""Papers that are drawn when they are asked for."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Response

from realestate.database import VISITOR, Identity
from realestate.services.drawing import MOST_IN_LINE, MOST_OF_VISITORS, drawn

T = TypeVar("T")


class Pdf(Response):
    media_type = "application/pdf"


PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The paper.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}


async def printed(draw: Callable[[T], bytes], basis: T, name: str, identity: Identity | None = None) -> Response:
    """Its PDF, to be looked at rather than kept. Visitors, whom nobody knows, never fill the line."""
    pdf = await drawn(draw, basis, MOST_OF_VISITORS if identity is VISITOR else MOST_IN_LINE)
    disposition = f"inline; filename*=UTF-8''{quote(name)}"
    return Pdf(pdf, headers={"Content-Disposition": disposition, "Cache-Control": "private, no-cache"})
