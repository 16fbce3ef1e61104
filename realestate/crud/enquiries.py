"""Enquiries in the database."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.enquiries import Enquiry


async def get(session: AsyncSession, enquiry_id: int) -> Enquiry:
    """One of the caller's company, locked."""
    enquiry = await session.scalar(select(Enquiry).where(Enquiry.id == enquiry_id).with_for_update(of=Enquiry))
    if enquiry is None:
        raise NotFound(detail="There is no such enquiry.")
    return enquiry
