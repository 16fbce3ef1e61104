"""Demand notices, as both parties read them."""

from fastapi import Response

from realestate.dependencies import PartyReader
from realestate.errors import Conflict
from realestate.papers.receipts import draw_credit_note, draw_notice
from realestate.problems import problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.demands import CreditNoteOut
from realestate.schemas.papers import CreditNoteBasis, DemandBasis
from realestate.views.demands import CREDIT_NOTE, CREDIT_NOTE_ON_PAPER
from realestate.views.payments import NOTICE

router = Router(prefix="/api", tags=["demands"])


@router.get("/demands/{installment_id}/notice.pdf", response_class=Pdf, responses=PDF | problems(409))
async def get_demand_notice(installment_id: Id, read: PartyReader) -> Response:
    """The notice on paper, with the proof of its milestone. 409 `NOT_DEMANDED` before it has been issued."""
    basis = DemandBasis.model_validate(await read.found(NOTICE, installment_id))
    if basis.demand_no is None:
        raise Conflict("NOT_DEMANDED", "There is a notice once the line has been demanded.")
    return await printed(draw_notice, basis, f"{basis.demand_no}.pdf")


@router.get("/credit-notes/{credit_note_id}", response_model=CreditNoteOut)
async def get_credit_note(credit_note_id: Id, read: PartyReader) -> Response:
    """A demand that was taken back, and why."""
    return await read.one(CREDIT_NOTE, credit_note_id)


@router.get("/credit-notes/{credit_note_id}/note.pdf", response_class=Pdf, responses=PDF)
async def get_credit_note_pdf(credit_note_id: Id, read: PartyReader) -> Response:
    """The same on paper."""
    basis = CreditNoteBasis.model_validate(await read.found(CREDIT_NOTE_ON_PAPER, credit_note_id))
    return await printed(draw_credit_note, basis, f"{basis.credit_no}.pdf")
