"""What portals need to know before they ask for anything."""

from functools import cache
from hashlib import sha256
from typing import Annotated

from fastapi import Header, Response

from realestate.problems import CONDITIONAL
from realestate.routing import Router
from realestate.schemas.meta import Enums, enums

router = Router(prefix="/api/meta", tags=["system"])


@cache
def _enums() -> tuple[bytes, dict[str, str]]:
    body = enums().model_dump_json().encode()
    return body, {"ETag": f'"{sha256(body).hexdigest()[:16]}"', "Cache-Control": "public, max-age=3600"}


@router.get("/enums", response_model=Enums, responses=CONDITIONAL)
async def list_enums(if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """Every list of words there is, for menus and filters. The same for everybody, until the next version."""
    body, headers = _enums()
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(None, 304, headers)
    return Response(body, 200, headers, "application/json")
