"""Money received."""

from typing import Annotated

from fastapi import Response

from realestate.database import Identity
from realestate.dependencies import BuilderSession, PartyReader, answer, may
from realestate.models.accounts import Permission
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.payments import PaymentCreate, PaymentOut
from realestate.services import payments
from realestate.views.payments import PAYMENT

router = Router(prefix="/api/payments", tags=["payments"])

Cashier = Annotated[Identity, may(Permission.payments_record)]


@router.post("", response_model=PaymentOut, status_code=201, responses=problems(404, 409))
async def record_payment(said: PaymentCreate, member: Cashier, session: BuilderSession) -> Response:
    """Record money received. It pays the oldest demanded lines first; what is left meets the next demand.

    Once receipts reach the token, the booking is `token_paid`. Cheques and drafts count from their clearance on.
    """
    payment = await payments.record(session, member, said)
    return await answer(session, PAYMENT, payment.id, 201)


@router.get("/{payment_id}", response_model=PaymentOut, responses=CONDITIONAL)
async def get_payment(payment_id: Id, read: PartyReader) -> Response:
    """One payment with its allocations."""
    return await read.one(PAYMENT, payment_id)


@router.post("/{payment_id}/clearance", response_model=PaymentOut, responses=problems(409))
async def clear_payment(payment_id: Id, member: Cashier, session: BuilderSession) -> Response:
    """The bank has credited a cheque or draft: it gets its receipt number and is allocated."""
    payment = await payments.clear(session, member, payment_id)
    return await answer(session, PAYMENT, payment.id)
