"""Demand notices, as both parties read them."""

from fastapi import Response

from realestate.dependencies import PartyReader
from realestate.errors import Conflict
from realestate.papers.receipts import draw_notice
from realestate.problems import problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.papers import DemandBasis
from realestate.views.payments import NOTICE

router = Router(prefix="/api/demands", tags=["demands"])


@router.get("/{installment_id}/notice.pdf", response_class=Pdf, responses=PDF | problems(409))
async def get_demand_notice(installment_id: Id, read: PartyReader) -> Response:
    """The notice on paper, with the proof of its milestone. 409 `NOT_DEMANDED` before it has been issued."""
    basis = DemandBasis.model_validate(await read.found(NOTICE, installment_id))
    if basis.demand_no is None:
        raise Conflict("NOT_DEMANDED", "There is a notice once the line has been demanded.")
    return await printed(draw_notice, basis, f"{basis.demand_no}.pdf")
