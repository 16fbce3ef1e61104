"""Changes that the builder's customers want."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, asked
from realestate.routing import Router
from realestate.schemas.change_requests import ChangeRequestPage, ChangeRequestSearch
from realestate.views.change_requests import CHANGE_REQUESTS

router = Router(prefix="/api/builder/change-requests", tags=["change requests"])


@router.get("", response_model=ChangeRequestPage)
async def list_builder_change_requests(search: Annotated[ChangeRequestSearch, asked(ChangeRequestSearch)], read: BuilderReader) -> Response:
    """All of the company's, newest first."""
    return await read.page(CHANGE_REQUESTS, search)
