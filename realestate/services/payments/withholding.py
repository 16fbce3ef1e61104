"""What a settlement keeps of a buyer's money for interest and charges pays them, so that the ledger says what the settlement says."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import Booking
from realestate.models.payments import Installment, InstallmentKind, Payment
from realestate.services.payments.allocating import allocation

K = InstallmentKind


async def withhold(session: AsyncSession, booking: Booking, interest: Decimal, charges: Decimal) -> None:
    """Take so much off the lines of the schedule, of the oldest receipts first, because the latest go back; the system's to do. Before the
    schedule is cancelled."""
    wanted = {K.interest: interest, K.charge: charges}
    receipts = list(await crud.payments.receipts(session, booking.id, for_update=True))
    for line in await crud.payments.schedule(session, booking.id):
        part = min(line.outstanding, wanted.get(line.kind, Decimal(0))) if line.demanded_at else Decimal(0)
        if part > 0:
            wanted[line.kind] -= part
            await _pay(session, line, receipts, part)


async def _pay(session: AsyncSession, line: Installment, receipts: list[Payment], left: Decimal) -> None:
    paid = line.allocated
    for receipt in receipts:
        own = await crud.payments.on_schedule(session, receipt.id)
        part = min(left, receipt.amount - receipt.refunded - receipt.allocated + own)
        if part <= 0:
            continue
        await crud.payments.trim(session, receipt, receipt.amount - receipt.refunded - part)
        session.add(allocation(receipt, line, paid, part))
        await session.flush()
        await session.refresh(receipt)
        paid, left = paid + part, left - part
