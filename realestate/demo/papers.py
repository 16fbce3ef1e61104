"""Papers that people of the demo data make and hand over: uploaded as the portals would."""

from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.database import Identity
from realestate.models.documents import DocumentKind
from realestate.services import agreements, documents


async def upload(session: AsyncSession, by: Identity, image: BinaryIO, name: str, kind: DocumentKind = DocumentKind.attachment) -> int:
    """A draft of somebody's, to be attached: its id."""
    async with documents.stored(image, name) as kept:
        return (await documents.receive(session, by, kept, kind)).id


async def put_on_paper(session: AsyncSession, by: Identity, booking_id: int) -> None:
    """What a booking has come to by now, as the edition that follows."""
    paper = await agreements.look_again(session, booking_id)
    async with agreements.drawn(paper) as kept:
        await agreements.keep(session, by, booking_id, paper, kept)
