"""Questions from the public pages."""

from typing import Annotated

from fastapi import Depends

from realestate.database import Identity
from realestate.dependencies.guards import ANYONE
from realestate.problems import problems
from realestate.routers.auth import Caller
from realestate.routing import Router
from realestate.schemas.base import Said
from realestate.schemas.enquiries import EnquiryCreate
from realestate.services import enquiries

router = Router(prefix="/api/enquiries", tags=["enquiries"])


@router.post("", response_model=Said, status_code=201, responses=problems(404, 429))
async def send_enquiry(said: EnquiryCreate, by: Annotated[Identity, Depends(ANYONE)], client: Caller) -> Said:
    """Ask a builder about a published project, or a unit of it, without an account. At most 10 per client in 15 minutes."""
    await enquiries.receive(by, said, client)
    return Said(message="Thank you. The builder will be in touch.")
