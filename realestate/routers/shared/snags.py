"""What is not right in a home, once it has been reported (`POST /api/bookings/{id}/snags`)."""

from fastapi import Response

from realestate.dependencies import BuilderSession, ExpectedVersion, PartyReader, answer
from realestate.dependencies.guards import Keeper
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.possession import SnagOut, SnagUpdate
from realestate.services import bookings
from realestate.views.bookings import SNAG

router = Router(prefix="/api/snags", tags=["possession"])


@router.get("/{snag_id}", response_model=SnagOut, responses=CONDITIONAL)
async def get_snag(snag_id: Id, read: PartyReader) -> Response:
    """One of them, with what has become of it."""
    return await read.one(SNAG, snag_id)


@router.patch("/{snag_id}", response_model=SnagOut, responses=problems(409, 412))
async def answer_snag(snag_id: Id, said: SnagUpdate, _: Keeper, version: ExpectedVersion, session: BuilderSession) -> Response:
    """What has become of it; whoever is party to the booking is told."""
    snag = await bookings.answer_snag(session, snag_id, said, version)
    return await answer(session, SNAG, snag.id)
