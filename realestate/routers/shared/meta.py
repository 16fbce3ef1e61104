"""What portals need to know before they ask for anything."""

from functools import cache
from hashlib import sha256
from typing import Annotated

from fastapi import Header, Response

from realestate.dependencies import AnyReader, asked
from realestate.problems import CONDITIONAL
from realestate.routing import Router
from realestate.schemas.meta import Enums, enums
from realestate.schemas.settings.wire import PublicQuestion, PublicSetting
from realestate.views.settings import PUBLIC_SETTINGS

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


@router.get("/settings", response_model=list[PublicSetting])
async def list_public_settings(where: Annotated[PublicQuestion, asked(PublicQuestion)], read: AnyReader) -> Response:
    """What everybody may know of the settings: as they hold for all, or for one company's visitors."""
    return await read.all(PUBLIC_SETTINGS, builder_id=where.builder_id)
