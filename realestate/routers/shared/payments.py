"""Money received."""

from fastapi import Response

from realestate.dependencies import BuilderSession, PartyReader, answer
from realestate.dependencies.guards import Cashier
from realestate.errors import Conflict
from realestate.papers.receipts import draw_receipt
from realestate.problems import CONDITIONAL, problems
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.papers import ReceiptBasis
from realestate.schemas.payments import Bounce, PaymentCreate, PaymentOut, RefundCreate, TeamPayment
from realestate.services import payments
from realestate.services.payments import refunds
from realestate.views.payments import PAYMENT, RECEIPT

router = Router(prefix="/api/payments", tags=["payments"])


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


@router.post("/{payment_id}/bounce", response_model=TeamPayment, responses=problems(409))
async def bounce_payment(payment_id: Id, said: Bounce, _: Cashier, session: BuilderSession) -> Response:
    """The bank has not paid it: what it had paid is owed again, later receipts move up, and the project's `bounce_charge` is due."""
    await payments.bounce(session, payment_id, said.reason)
    return await answer(session, PAYMENT, payment_id)


@router.get("/{payment_id}/receipt.pdf", response_class=Pdf, responses=PDF | problems(409))
async def get_receipt_pdf(payment_id: Id, read: PartyReader) -> Response:
    """The receipt on paper, with the lines that it pays by now. 409 `NO_RECEIPT` before the money has come."""
    basis = ReceiptBasis.model_validate(await read.found(RECEIPT, payment_id))
    if basis.receipt_no is None:
        raise Conflict("NO_RECEIPT", "There is a receipt once the money has come.")
    return await printed(draw_receipt, basis, f"{basis.receipt_no}.pdf")


@router.post("/{payment_id}/refunds", response_model=TeamPayment, status_code=201, responses=problems(409))
async def create_refund(payment_id: Id, said: RefundCreate, member: Cashier, session: BuilderSession) -> Response:
    """Ask for money to go back: pending until somebody else approves it. 409 `EXCEEDS_RECEIPT` for more than is left of the receipt."""
    refund = await refunds.make(session, member, payment_id, said)
    return await answer(session, PAYMENT, refund.id, 201)
