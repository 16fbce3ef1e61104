"""Money online that does not fit what was ordered: found, and settled."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import Cashier
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.online import IssueResolution, PaymentIssueOut, PaymentIssuePage, PaymentIssueSearch
from realestate.services import online
from realestate.views.online import ISSUE, ISSUES

router = Router(prefix="/api", tags=["payments (builder)"])


@router.get("/builder/payment-issues", response_model=PaymentIssuePage)
async def list_payment_issues(search: Annotated[PaymentIssueSearch, asked(PaymentIssueSearch)], read: BuilderReader) -> Response:
    """Payments online that somebody has to look at, the latest first: another amount than was ordered (`mismatch`), money for a booking
    that had ended (`orphan`), an order paid twice, more than can be owed, refunds that failed or were made elsewhere, disputes."""
    return await read.page(ISSUES, search)


@router.get("/payment-issues/{issue_id}", response_model=PaymentIssueOut, responses=CONDITIONAL)
async def get_payment_issue(issue_id: Id, read: BuilderReader) -> Response:
    """One of them."""
    return await read.one(ISSUE, issue_id)


@router.post("/payment-issues/{issue_id}/resolution", response_model=PaymentIssueOut, responses=problems(409))
async def resolve_payment_issue(issue_id: Id, said: IssueResolution, member: Cashier, session: BuilderSession) -> Response:
    """Say what is done about it. `accept` makes a receipt of a `mismatch`, and writes down a refund that was made elsewhere, for those who
    approve refunds (403 `NOT_PERMITTED`); a refund of an `orphan` waits for its approval as any other."""
    await online.resolve(session, member, issue_id, said)
    return await answer(session, ISSUE, issue_id)
