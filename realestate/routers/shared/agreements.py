"""Letters of allotment and agreements, as PDF."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from realestate.database import Identity
from realestate.dependencies import BuilderSession, CurrentParty, PartyReader
from realestate.dependencies.guards import may
from realestate.models.accounts import Permission
from realestate.papers.agreements import Paper
from realestate.papers.allotments import draw_letter
from realestate.problems import problems
from realestate.routers.printing import PDF as PRINTED
from realestate.routers.printing import Pdf, printed
from realestate.routers.shared.documents import send
from realestate.routing import Router
from realestate.schemas.agreements import AgreementMade, AgreementOut
from realestate.schemas.allotments import LetterOfBooking
from realestate.schemas.base import Id
from realestate.services import agreements, allotments
from realestate.services.documents import Upload
from realestate.views.agreements import LETTER

router = Router(prefix="/api/bookings", tags=["agreements"])

ON_PAPER = ("application/pdf", "text/html")
PRIVATE = "private, no-cache"
PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The agreement.", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}

Writer = Annotated[Identity, may(Permission.agreements_write)]


async def _drawn(booking_id: Id, member: Writer) -> AsyncIterator[tuple[Paper | None, Upload | None]]:
    """Named before the session among the route's parameters: drawing holds no lock."""
    paper = await agreements.look(member, booking_id)
    async with agreements.drawn(paper) as upload:
        yield paper, upload


Drawn = Annotated[tuple[Paper | None, Upload | None], Depends(_drawn, scope="function")]


@router.get("/{booking_id}/allotment-letter.pdf", response_class=Pdf, responses=PRINTED | problems(404, 409))
async def get_allotment_letter(booking_id: Id, read: PartyReader) -> Response:
    """The letter of the day on which the unit was allotted, for its parties: cost sheet, taxes, plan, cooling-off. It never changes.

    409 `NOT_ALLOTTED` before that day, `LETTER_NOT_KEPT` of a booking that was allotted before there were letters.
    """
    letter = allotments.letter_of(LetterOfBooking.model_validate(await read.found(LETTER, booking_id)))
    return await printed(draw_letter, letter, f"{letter.number}.pdf")


@router.post("/{booking_id}/generate-agreement", response_model=AgreementMade, responses=problems(404, 409))
async def generate_agreement(booking_id: Id, member: Writer, drawn: Drawn, session: BuilderSession) -> AgreementMade:
    """Put a confirmed booking on paper: its parties, unit, price, payment schedule and dates. A draft until it is signed.

    Repeatable: there is a new version only when something in it has changed. Once signed, its terms stand. The parties are told.
    409 `BOOKING_NOT_CONFIRMED` before the unit is allotted, or when the booking has ended; `AGREEMENT_NOT_DRAFTED` when it was signed without a draft from here.
    """
    paper = await agreements.keep(session, member, booking_id, *drawn)
    said = f"Version {paper.edition} of the agreement {'is as it was' if paper.is_kept else 'is ready'}."
    return AgreementMade(message=said, **(await agreements.newest(session, booking_id)).model_dump())


@router.get("/{booking_id}/download-agreement", response_model=AgreementOut, responses=PDF | problems(404))
async def download_agreement(
    booking_id: Id, party: CurrentParty, request: Request, accept: Annotated[str, Header()] = "*/*"
) -> AgreementOut | Response:
    """The newest version: a link that opens it without a token for an hour or, where `Accept` asks for a PDF or a page, the PDF itself."""
    if any(kind in accept for kind in ON_PAPER):
        return await send(await agreements.open_newest(party, booking_id), PRIVATE, request)
    return await agreements.find(party, booking_id)


@router.get("/{booking_id}/agreement.pdf", response_class=StreamingResponse, responses=PDF | problems(404))
async def get_agreement(booking_id: Id, party: CurrentParty, request: Request) -> Response:
    """The newest version, as a PDF."""
    return await send(await agreements.open_newest(party, booking_id), PRIVATE, request)
