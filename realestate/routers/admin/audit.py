"""What everybody did."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AdminReader, asked
from realestate.routing import Router
from realestate.schemas.audit import AdminAuditSearch, AuditFeed
from realestate.views.audit import AUDIT

router = Router(prefix="/api/admin/audit", tags=["admin"])


@router.get("", response_model=AuditFeed)
async def list_audit(search: Annotated[AdminAuditSearch, asked(AdminAuditSearch)], read: AdminReader) -> Response:
    """Who did what to what, newest first; with `after`, oldest first from there on."""
    return await read.feed(AUDIT, search)
