"""Questions from the public pages, for the team."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import Seller
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.enquiries import EnquiryOut, EnquiryPage, EnquirySearch, EnquiryUpdate
from realestate.services import enquiries
from realestate.views.enquiries import ENQUIRIES, ENQUIRY

router = Router(prefix="/api/builder/enquiries", tags=["enquiries (builder)"])


@router.get("", response_model=EnquiryPage)
async def list_enquiries(search: Annotated[EnquirySearch, asked(EnquirySearch)], read: BuilderReader) -> Response:
    """What has been asked, newest first."""
    return await read.page(ENQUIRIES, search)


@router.get("/{enquiry_id}", response_model=EnquiryOut, responses=CONDITIONAL)
async def get_enquiry(enquiry_id: Id, read: BuilderReader) -> Response:
    """One of them."""
    return await read.one(ENQUIRY, enquiry_id)


@router.patch("/{enquiry_id}", response_model=EnquiryOut, responses=problems(409))
async def change_enquiry(enquiry_id: Id, said: EnquiryUpdate, _: Seller, session: BuilderSession) -> Response:
    """What became of it, and who looks after it. To have its sender as a customer, invite them: `POST /api/builder/customers`."""
    await enquiries.change(session, enquiry_id, said)
    return await answer(session, ENQUIRY, enquiry_id)
