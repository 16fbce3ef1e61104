"""Money of the company: what has moved, and what is to go back. Who asks for a refund does not approve it."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import Approver, Cashier
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.payments import PaymentPage, PaymentSearch, RefundProcessed, RefundRejection, TeamPayment
from realestate.services.payments import refunds
from realestate.views.payments import PAYMENT, PAYMENTS

router = Router(prefix="/api", tags=["payments (builder)"])


@router.get("/builder/payments", response_model=PaymentPage)
async def list_builder_payments(search: Annotated[PaymentSearch, asked(PaymentSearch)], read: BuilderReader) -> Response:
    """Receipts, credits and refunds of the company, the latest first; `kind=refund&status=pending` waits for an approval."""
    return await read.page(PAYMENTS, search)


@router.post("/refunds/{refund_id}/approval", response_model=TeamPayment, responses=problems(409))
async def approve_refund(refund_id: Id, member: Approver, session: BuilderSession) -> Response:
    """Agree to a refund that somebody else has asked for; 403 `MAKER_IS_CHECKER` to one's own."""
    await refunds.approve(session, member, refund_id)
    return await answer(session, PAYMENT, refund_id)


@router.post("/refunds/{refund_id}/rejection", response_model=TeamPayment, responses=problems(409))
async def reject_refund(refund_id: Id, said: RefundRejection, _: Approver, session: BuilderSession) -> Response:
    """Refuse it, approved or not, as long as it has not been paid."""
    await refunds.reject(session, refund_id, said.reason)
    return await answer(session, PAYMENT, refund_id)


@router.post("/refunds/{refund_id}/processing", response_model=TeamPayment, responses=problems(409))
async def process_refund(refund_id: Id, said: RefundProcessed, _: Cashier, session: BuilderSession) -> Response:
    """The money of an approved refund has gone. The receipt is `partially_refunded` or `refunded`; lines that it had paid are owed again."""
    await refunds.process(session, refund_id, said.transaction_id, said.payment_date)
    return await answer(session, PAYMENT, refund_id)
