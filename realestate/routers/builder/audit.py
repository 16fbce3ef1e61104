"""What was done in the company's name, and to what is its own."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, asked
from realestate.dependencies.guards import TeamLead
from realestate.routing import Router
from realestate.schemas.audit import AuditFeed, AuditSearch
from realestate.views.audit import AUDIT

router = Router(prefix="/api/builder/audit", tags=["settings (builder)"])


@router.get("", response_model=AuditFeed)
async def list_builder_audit(search: Annotated[AuditSearch, asked(AuditSearch)], _: TeamLead, read: BuilderReader) -> Response:
    """Who did what to what, newest first; with `after`, oldest first from there on. For those who manage the team."""
    return await read.feed(AUDIT, search)
