"""Money that goes back: asked for by one member of the team, approved by another, then paid.

A refund is a payment of kind `refund` that names its receipt. How much of a receipt is on its way back (`going_back`) and has gone
(`refunded`) is counted by a trigger, under a CHECK: no two refunds at once go beyond it.
"""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden
from realestate.models.bookings import ACTIVE, Booking
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED, Payment, PaymentKind, PaymentStatus
from realestate.models.projects import Project
from realestate.schemas.payments import RefundCreate, RefundProcessed
from realestate.services.notifications import notify
from realestate.services.payments.allocating import reallocate

COPIED = ("builder_id", "project_id", "booking_id", "customer_id", "payment_type", "currency", "payment_method")


async def make(session: AsyncSession, member: Identity, payment_id: int, said: RefundCreate) -> Payment:
    """Ask for a part of a receipt, or all that is left of it, to go back."""
    _, payment = await _fetch(session, payment_id)
    amount = said.amount if said.amount is not None else payment.remainder
    return await request(session, member, payment, amount, said.reason)


async def request(session: AsyncSession, member: Identity, payment: Payment, amount: Decimal, reason: str | None) -> Payment:
    """A refund of a receipt, pending until somebody else approves it. Lock the booking first.

    Conflict NOT_REFUNDABLE for what has not come or was no money; EXCEEDS_RECEIPT, with `remainder`, for more than is left of it.
    """
    if payment.kind is not PaymentKind.receipt or payment.status not in CLEARED:
        raise Conflict("NOT_REFUNDABLE", "Only a receipt whose money has come can be given back.")
    if not 0 < amount <= payment.remainder:
        left = f"{payment.currency} {payment.remainder:,.2f}"
        raise Conflict("EXCEEDS_RECEIPT", f"{left} of this receipt is left to give back.", remainder=payment.remainder)
    project = await session.get_one(Project, payment.project_id)
    refund = Payment(
        **{name: getattr(payment, name) for name in COPIED},
        kind=PaymentKind.refund,
        amount=amount,
        status=PaymentStatus.pending,
        payment_date=project.date_at(await crud.progress.now(session)),
        refund_of_id=payment.id,
        created_by=member.user_id or payment.created_by,
        notes=reason,
    )
    session.add(refund)
    await session.flush()
    await session.refresh(payment, ["going_back"])
    notify(session, Event.refund_requested, refund, **await _facts(session, refund), receipt=payment.receipt_no)
    return refund


async def spread(session: AsyncSession, member: Identity, booking: Booking, amount: Decimal, reason: str | None) -> list[Payment]:
    """So much of what a booking has paid, over its receipts, the newest first, each within what is left of it. Conflict EXCEEDS_RECEIPT."""
    found = []
    for receipt in reversed(await crud.payments.receipts(session, booking.id, for_update=True)):
        part = min(amount, receipt.remainder) if receipt.kind is PaymentKind.receipt else Decimal(0)
        if part > 0:
            found.append(await request(session, member, receipt, part, reason))
            amount -= part
    if amount > 0:
        raise Conflict("EXCEEDS_RECEIPT", f"{booking.currency} {amount:,.2f} more than this booking has paid.", remainder=Decimal(0))
    return found


async def queue_full_refund(session: AsyncSession, member: Identity, booking: Booking, reason: str | None = None) -> None:
    """All that is left of each receipt that has cleared."""
    receipts = await crud.payments.receipts(session, booking.id, for_update=True)
    left = sum((receipt.remainder for receipt in receipts if receipt.kind is PaymentKind.receipt), Decimal(0))
    await spread(session, member, booking, left, reason)


async def approve(session: AsyncSession, member: Identity, refund_id: int) -> Payment:
    """By somebody else than who asked for it: Forbidden MAKER_IS_CHECKER."""
    _, refund = await _fetch(session, refund_id, PaymentKind.refund)
    if member.me == refund.created_by:
        raise Forbidden("MAKER_IS_CHECKER", "Somebody else has to decide on a refund that you have asked for.")
    refund.take("approve")
    refund.approved_by = member.me
    notify(session, Event.refund_approved, refund, **await _facts(session, refund))
    return refund


async def reject(session: AsyncSession, refund_id: int, reason: str) -> Payment:
    """The receipt is as free as before. Who asked for it may also take it back so."""
    _, refund = await _fetch(session, refund_id, PaymentKind.refund)
    refund.take("reject")
    refund.reason = reason
    notify(session, Event.refund_rejected, refund, **await _facts(session, refund), reason=reason)
    return refund


async def process(session: AsyncSession, refund_id: int, said: RefundProcessed) -> Payment:
    """The money has gone. Lines that it had paid are owed again, where the booking goes on."""
    booking, refund = await _fetch(session, refund_id, PaymentKind.refund)
    refund.may("process")
    assert refund.refund_of_id is not None, "a refund is of a receipt"
    receipt = await crud.payments.get(session, refund.refund_of_id)
    async with as_system(session):
        await crud.payments.trim(session, receipt, receipt.amount - receipt.refunded - refund.amount)
    project = await session.get_one(Project, refund.project_id)
    refund.payment_date = said.payment_date or project.date_at(await crud.progress.now(session))
    refund.transaction_id = said.transaction_id
    refund.take("process")
    await session.flush()
    if booking.status in ACTIVE:
        await reallocate(session, booking)
    notify(session, Event.receipt_refunded, refund, **await _facts(session, refund), receipt=receipt.receipt_no)
    return refund


async def _fetch(session: AsyncSession, payment_id: int, kind: PaymentKind | None = None) -> tuple[Booking, Payment]:
    """Booking and payment, locked in this order."""
    booking = await crud.bookings.get(session, await crud.payments.booking_id_of(session, payment_id, kind))
    return booking, await crud.payments.get(session, payment_id)


async def _facts(session: AsyncSession, refund: Payment) -> dict[str, str]:
    booking = await crud.bookings.peek(session, refund.booking_id)
    return {"number": booking.booking_number, "amount": f"{refund.currency} {refund.amount:,.2f}"}
