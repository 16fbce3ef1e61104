"""Demands: what has become due, approved and sent; and what is let go of."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import Approver, Cashier
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.demands import (
    CreditNoteCreate,
    CreditNoteOut,
    CreditNotePage,
    CreditNoteSearch,
    DemandOut,
    DemandPage,
    DemandPreview,
    DemandSearch,
    PreviewQuestion,
    WaiverCreate,
    WaiverOut,
    WaiverPage,
    WaiverRejection,
    WaiverSearch,
)
from realestate.services.payments import demanding, notes, waivers
from realestate.views.demands import CREDIT_NOTE, CREDIT_NOTES, DEMAND, DEMANDS, WAIVER, WAIVERS
from realestate.views.previews import DEMAND_PREVIEW

router = Router(prefix="/api", tags=["demands (builder)"])


@router.get("/builder/demands", response_model=DemandPage)
async def list_builder_demands(search: Annotated[DemandSearch, asked(DemandSearch)], read: BuilderReader) -> Response:
    """What has become due, the latest first; `state=draft` waits for an approval, `is_overdue=true` for money."""
    return await read.page(DEMANDS, search)


@router.post("/demands/{installment_id}/approval", response_model=DemandOut, responses=problems(409))
async def approve_demand(installment_id: Id, _: Cashier, session: BuilderSession) -> Response:
    """Agree to the draft of a demand, in projects whose rules say `auto_issue: false`."""
    await demanding.approve(session, installment_id)
    return await answer(session, DEMAND, installment_id)


@router.post("/demands/{installment_id}/issue", response_model=DemandOut, responses=problems(409))
async def issue_demand(installment_id: Id, _: Cashier, session: BuilderSession) -> Response:
    """Send an approved demand, or one for a line that is demanded by hand (`manual`). From today on the buyer has the days of its plan."""
    await demanding.issue(session, installment_id)
    return await answer(session, DEMAND, installment_id)


@router.get("/progress/{progress_id}/demand-preview", response_model=DemandPreview)
async def preview_demands(progress_id: Id, question: Annotated[PreviewQuestion, asked(PreviewQuestion)], read: BuilderReader) -> Response:
    """What would be demanded of whom if the phase were certified as far as `percent`, or drafted, and what would wait for the agreement to be
    signed (`waiting`). Nothing is."""
    return await read.summary(DEMAND_PREVIEW, phase_id=progress_id, percent=question.percent)


@router.post("/demands/{installment_id}/credit-note", response_model=CreditNoteOut, status_code=201, responses=problems(409))
async def credit_demand(installment_id: Id, said: CreditNoteCreate, member: Cashier, session: BuilderSession) -> Response:
    """Take a demand back of which nothing has been paid, by a numbered credit note. The line of a plan waits again, a charge is cancelled."""
    note = await notes.take_back(session, member, installment_id, said.reason, said.again_on)
    return await answer(session, CREDIT_NOTE, note.id, 201)


@router.get("/builder/credit-notes", response_model=CreditNotePage)
async def list_credit_notes(search: Annotated[CreditNoteSearch, asked(CreditNoteSearch)], read: BuilderReader) -> Response:
    """Demands that were taken back, the newest first."""
    return await read.page(CREDIT_NOTES, search)


@router.post("/installments/{installment_id}/waivers", response_model=WaiverOut, status_code=201, responses=problems(409))
async def create_waiver(installment_id: Id, said: WaiverCreate, member: Cashier, session: BuilderSession) -> Response:
    """Ask to let go of what is left of a line: pending until somebody else agrees."""
    waiver = await waivers.ask(session, member, installment_id, said.reason)
    return await answer(session, WAIVER, waiver.id, 201)


@router.get("/builder/waivers", response_model=WaiverPage)
async def list_builder_waivers(search: Annotated[WaiverSearch, asked(WaiverSearch)], read: BuilderReader) -> Response:
    """Waivers, the newest first."""
    return await read.page(WAIVERS, search)


@router.get("/waivers/{waiver_id}", response_model=WaiverOut)
async def get_waiver(waiver_id: Id, read: BuilderReader) -> Response:
    """One waiver."""
    return await read.one(WAIVER, waiver_id)


@router.post("/waivers/{waiver_id}/approval", response_model=WaiverOut, responses=problems(409))
async def approve_waiver(waiver_id: Id, member: Approver, session: BuilderSession) -> Response:
    """Agree to what somebody else has asked for; 403 `MAKER_IS_CHECKER` to one's own. What was paid of the line stays paid."""
    await waivers.approve(session, member, waiver_id)
    return await answer(session, WAIVER, waiver_id)


@router.post("/waivers/{waiver_id}/rejection", response_model=WaiverOut, responses=problems(409))
async def reject_waiver(waiver_id: Id, said: WaiverRejection, member: Approver, session: BuilderSession) -> Response:
    """The line is owed as before."""
    await waivers.reject(session, member, waiver_id, said.reason)
    return await answer(session, WAIVER, waiver_id)
