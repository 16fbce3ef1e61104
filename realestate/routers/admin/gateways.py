"""What payment gateways have told."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AdminReader, asked
from realestate.routing import Router
from realestate.schemas.online import GatewayEventPage, GatewayEventSearch
from realestate.views.online import EVENTS

router = Router(prefix="/api/admin/gateway-events", tags=["admin"])


@router.get("", response_model=GatewayEventPage)
async def list_gateway_events(search: Annotated[GatewayEventSearch, asked(GatewayEventSearch)], read: AdminReader) -> Response:
    """Every message, the latest first, with what came of it: `outcome=unknown` speaks of no order of ours, `queued` is somebody's to settle.

    `body_hash` is the SHA-256 of the message as it was signed; the message itself is in the database only.
    """
    return await read.page(EVENTS, search)
