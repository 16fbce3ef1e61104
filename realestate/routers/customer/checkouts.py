"""Paying online."""

from fastapi import Request, Response

from realestate.dependencies import CurrentCustomer, CustomerSession, answer
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.payments import CheckoutCreate, PaymentOut
from realestate.services import online
from realestate.views.payments import PAYMENT

router = Router(prefix="/api/bookings", tags=["payments"])


@router.post("/{booking_id}/payments/checkout", response_model=PaymentOut, status_code=201, responses=problems(409))
async def create_checkout(
    booking_id: Id, request: Request, customer: CurrentCustomer, session: CustomerSession, said: CheckoutCreate | None = None
) -> Response:
    """Order a payment online: a pending payment, to be paid at its `checkout_url`. Co-applicants may pay too.

    Without an amount it is the token of a reserve, then what has been demanded. `GET /api/payments/{id}` says what became of it: the gateway
    tells us, mostly before the customer is back. The same amount brings the same page while it is open.
    """
    payment = await online.open_checkout(session, customer, booking_id, said or CheckoutCreate(), str(request.base_url))
    return await answer(session, PAYMENT, payment.id, 201)
