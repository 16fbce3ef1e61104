"""Where payment gateways tell us what has happened. The signature is the key."""

from fastapi import Request

from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Said
from realestate.schemas.online import GatewayName
from realestate.services import online

router = Router(prefix="/api/webhooks", tags=["webhooks"])

LONGEST = 256 * 1024
BODY = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, "required": True}


@router.post(
    "/payments/{gateway}",
    response_model=Said,
    max_body_size=LONGEST,
    responses=problems(400, 409),
    openapi_extra={"requestBody": BODY},
)
async def hear_payment_gateway(gateway: GatewayName, request: Request) -> Said:
    """For payment gateways: the body as it was signed, up to 256 KB. A message that was heard before is answered in the same way.

    400 `SIGNATURE_INVALID` for what the gateway has not signed, or more than five minutes ago. Anything but 2xx may be sent again.
    """
    await online.hear(gateway, await request.body(), request.headers)
    return Said(message="Heard.")
