"""Money that goes along with a booking. What has moved stays written down as it was: each receipt goes back in full, on paper, and comes
again for the other booking, on the day that it came, with a number of its own."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict
from realestate.models.bookings import Booking
from realestate.models.payments import Payment, PaymentKind, PaymentStatus, Series
from realestate.models.projects import Project
from realestate.services import audit
from realestate.services.payments.numbering import number

CARRIED = "Carried over with the booking"
"""To somebody else, whom the numbers of the one before do not concern."""


async def carry(session: AsyncSession, by: Identity, old: Booking, new: Booking, project: Project, now: datetime) -> None:
    """All receipts of `old` to `new`. Lock both first, and speak as the system. Conflict REFUND_PENDING, PAYMENT_PENDING, NOT_CARRIED."""
    today = project.date_at(now)
    for receipt in await crud.payments.receipts(session, old.id, for_update=True):
        left = receipt.amount - receipt.refunded
        if left == 0:
            continue
        _check(receipt)
        await crud.payments.trim(session, receipt, Decimal(0))
        session.add(
            Payment(
                **_of(receipt, old, left),
                kind=PaymentKind.refund,
                status=PaymentStatus.completed,
                payment_date=today,
                refund_of_id=receipt.id,
                created_by=old.customer_id,
                approved_by=by.me,
                approved_at=now,
                is_carried=True,
                notes=f"Carried to {new.booking_number}",
            )
        )
        come = Payment(
            **_of(receipt, new, left),
            status=PaymentStatus.pending,
            payment_date=receipt.payment_date,
            created_by=by.me,
            is_carried=True,
            notes=f"Carried from {old.booking_number}, receipt {receipt.receipt_no}" if new.customer_id == old.customer_id else CARRIED,
        )
        session.add(come)
        await session.flush()
        come.clear(now, await number(session, new, Series.receipt, today))
        await session.flush()
        audit.record(session, "payment.carried", come, amount=str(left), receipt=receipt.receipt_no)


def _check(receipt: Payment) -> None:
    if receipt.going_back != receipt.refunded:
        raise Conflict("REFUND_PENDING", "A refund of this booking's money is on its way; decide on it first.")
    if receipt.kind is not PaymentKind.receipt:
        raise Conflict("NOT_CARRIED", "Tax that was credited to this booking cannot go along.")


def _of(receipt: Payment, booking: Booking, amount: Decimal) -> dict[str, object]:
    said = {name: getattr(receipt, name) for name in ("payment_type", "payment_method", "currency")}
    place = {
        "builder_id": booking.builder_id,
        "project_id": booking.project_id,
        "booking_id": booking.id,
        "customer_id": booking.customer_id,
    }
    return said | place | {"amount": amount}
