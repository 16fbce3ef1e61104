"""Money received."""

from typing import Annotated

from fastapi import Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, PartyReader, answer, may
from realestate.models.accounts import Permission
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.payments import PaymentCreate, PaymentOut, RefundCreate, TeamPayment
from realestate.services import payments
from realestate.services.payments import refunds
from realestate.views.payments import PAYMENT

router = Router(prefix="/api/payments", tags=["payments"])

Cashier = Annotated[Identity, may(Permission.payments_record)]


@router.post("", response_model=TeamPayment, status_code=201, responses=problems(404, 409))
async def record_payment(said: PaymentCreate, member: Cashier, session: BuilderSession) -> Response:
    """Record money received. It pays the oldest demanded lines first; what is left meets the next demand.

    Once receipts reach the token, the booking is `token_paid`. Cheques and drafts count from their clearance on.
    """
    payment = await payments.record(session, member, said)
    return await answer(session, PAYMENT, payment.id, 201)


@router.get("/{payment_id}", response_model=PaymentOut | TeamPayment, responses=CONDITIONAL)
async def get_payment(payment_id: Id, read: PartyReader) -> Response:
    """One payment with its allocations."""
    return await read.one(PAYMENT, payment_id)


@router.post("/{payment_id}/clearance", response_model=TeamPayment, responses=problems(409))
async def clear_payment(payment_id: Id, member: Cashier, session: BuilderSession) -> Response:
    """The bank has credited a cheque or draft: it gets its receipt number and is allocated."""
    payment = await payments.clear(session, member, payment_id)
    return await answer(session, PAYMENT, payment.id)


@router.post("/{payment_id}/refunds", response_model=TeamPayment, status_code=201, responses=problems(409))
async def create_refund(payment_id: Id, said: RefundCreate, member: Cashier, session: BuilderSession) -> Response:
    """Ask for money to go back: pending until somebody else approves it. 409 `EXCEEDS_RECEIPT` for more than is left of the receipt."""
    refund = await refunds.make(session, member, payment_id, said)
    return await answer(session, PAYMENT, refund.id, 201)
