"""Money that goes back: asked for by one member of the team, approved by another, then paid.

A refund is a payment of kind `refund` that names its receipt. How much of a receipt is on its way back (`going_back`) and has gone
(`refunded`) is counted by a trigger, under a CHECK: no two refunds at once go beyond it.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, Identity, as_system
from realestate.errors import Conflict, Invalid
from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.notifications import Event
from realestate.models.payments import CLEARED, Payment, PaymentKind, PaymentMethod, PaymentStatus
from realestate.models.projects import Project
from realestate.models.settlements import kept, late_interest
from realestate.schemas.payments import RefundCreate
from realestate.services import vacancies
from realestate.services.notifications import notify
from realestate.services.payments.accruing import square
from realestate.services.payments.crediting import credit
from realestate.services.payments.loosening import CLAIMED_BY_MONEY, loosen

COPIED = ("builder_id", "project_id", "booking_id", "customer_id", "payment_type", "currency")
GOES_BACK = (PaymentKind.receipt, PaymentKind.interest_credit)
"""Money, and what a builder owes as if it were; not the tax that the state has."""


async def make(session: AsyncSession, member: Identity, payment_id: int, said: RefundCreate) -> Payment:
    """Ask for a part of a receipt, or all that is left of it, to go back."""
    _, payment = await _fetch(session, payment_id)
    amount = said.amount if said.amount is not None else payment.remainder
    return await request(session, member, payment, amount, said.reason)


async def request(session: AsyncSession, member: Identity, payment: Payment, amount: Decimal, reason: str | None) -> Payment:
    """The same of a receipt that is there; whoever approves refunds is told. Lock the booking first."""
    refund = await begin(session, member, payment, amount, reason)
    notify(session, Event.refund_requested, refund, **await facts(session, refund), receipt=payment.receipt_no)
    return refund


async def begin(session: AsyncSession, member: Identity, payment: Payment, amount: Decimal, reason: str | None) -> Payment:
    """A refund of a receipt, pending until somebody else approves it; the system asks in the name of whoever has paid.

    Conflict NOT_REFUNDABLE for what has not come or was no money; EXCEEDS_RECEIPT, with `remainder`, for more than is left of it.
    """
    if payment.kind not in GOES_BACK or payment.status not in CLEARED:
        raise Conflict("NOT_REFUNDABLE", "Only a receipt whose money has come can be given back.")
    if not 0 < amount <= payment.remainder:
        left = f"{payment.currency} {payment.remainder:,.2f}"
        raise Conflict("EXCEEDS_RECEIPT", f"{left} of this receipt is left to give back.", remainder=payment.remainder)
    project = await session.get_one(Project, payment.project_id)
    refund = Payment(
        **{name: getattr(payment, name) for name in COPIED},
        kind=PaymentKind.refund,
        payment_method=payment.payment_method if payment.kind is PaymentKind.receipt else PaymentMethod.bank_transfer,
        amount=amount,
        status=PaymentStatus.pending,
        payment_date=project.date_at(await crud.clock.now(session)),
        refund_of_id=payment.id,
        created_by=member.user_id or payment.created_by,
        notes=reason,
    )
    session.add(refund)
    await session.flush()
    await session.refresh(payment, ["going_back"])
    return refund


async def spread(session: AsyncSession, member: Identity, booking: Booking, amount: Decimal, reason: str | None) -> list[Payment]:
    """So much of what a booking has paid, over its receipts, the newest first, each within what is left of it. Conflict EXCEEDS_RECEIPT."""
    found = []
    for receipt in reversed(await crud.payments.receipts(session, booking.id, for_update=True)):
        part = min(amount, receipt.remainder) if receipt.kind in GOES_BACK else Decimal(0)
        if part > 0:
            found.append(await request(session, member, receipt, part, reason))
            amount -= part
    if amount > 0:
        raise Conflict("EXCEEDS_RECEIPT", f"{booking.currency} {amount:,.2f} more than this booking has paid.", remainder=Decimal(0))
    return found


async def queue_full_refund(session: AsyncSession, member: Identity, booking: Booking, reason: str | None = None) -> None:
    """All that is left of each receipt that has cleared."""
    receipts = await crud.payments.receipts(session, booking.id, for_update=True)
    left = sum((receipt.remainder for receipt in receipts if receipt.kind in GOES_BACK), Decimal(0))
    await spread(session, member, booking, left, reason)


async def approve(session: AsyncSession, member: Identity, refund_id: int) -> Payment:
    """By somebody else than who asked for it: Forbidden MAKER_IS_CHECKER."""
    _, refund = await _fetch(session, refund_id, PaymentKind.refund)
    refund.approve(member.me, await crud.clock.now(session))
    notify(session, Event.refund_approved, refund, **await facts(session, refund))
    return refund


async def reject(session: AsyncSession, refund_id: int, reason: str) -> Payment:
    """The receipt is as free as before. Who asked for it may also take it back so. Conflict REFUND_OWED for what a settlement has promised."""
    booking, refund = await _fetch(session, refund_id, PaymentKind.refund)
    refund.may("reject")
    if refund.gateway:
        raise Conflict("REFUND_SENT", "The gateway has been told to send it back.")
    if booking.status not in ACTIVE:
        await _check_owed(session, booking, refund)
    refund.take("reject")
    refund.reason = reason
    await let_go_of_unit(session, booking)
    notify(session, Event.refund_rejected, refund, **await facts(session, refund), reason=reason)
    return refund


async def _check_owed(session: AsyncSession, booking: Booking, refund: Payment) -> None:
    """Of a booking that has ended, the company keeps what the settlement says; without one, nothing."""
    left = sum((receipt.remainder for receipt in await crud.payments.receipts(session, booking.id)), Decimal(0))
    if left + refund.amount > kept(booking.cancellation):
        raise Conflict("REFUND_OWED", "The booking has ended, and this money is the buyer's: it has to go back.")


async def process(session: AsyncSession, refund_id: int, transaction_id: str | None, on: date | None) -> Payment:
    """The money has gone. Lines that it had paid are owed again, where the booking goes on."""
    booking, refund = await _fetch(session, refund_id, PaymentKind.refund)
    refund.may("process")
    assert refund.refund_of_id is not None, "a refund is of a receipt"
    receipt = await crud.payments.get(session, refund.refund_of_id)
    if receipt.gateway_payment_id and crud.gateways.REFUSED_BY not in refund.instrument and session.info["identity"] is not WORKER:
        raise Conflict("SET_BY_GATEWAY", "The gateway that brought this money sends it back, and says when it has.")
    project = await session.get_one(Project, refund.project_id)
    now = await crud.clock.now(session)
    by_hand = session.info["identity"] is not WORKER  # a gateway may have sent it before anybody here had said yes
    since = project.date_at(refund.approved_at) if by_hand and refund.approved_at else receipt.payment_date
    gone_on = _check_day(on, since, project.date_at(now))
    async with as_system(session):
        await crud.payments.trim(session, receipt, receipt.amount - receipt.refunded - refund.amount)
    refund.payment_date, refund.transaction_id = gone_on, transaction_id
    refund.take("process")
    await session.flush()
    if booking.status in ACTIVE:
        if booking.status in CLAIMED_BY_MONEY:
            unit, _, _ = await crud.units.lock(session, booking.unit_id)
            await loosen(session, booking, unit, now, receipt.created_at)
        await square(session, booking, project, now)
    await _make_up(session, booking, refund, receipt, project, now)
    await let_go_of_unit(session, booking)
    notify(session, Event.receipt_refunded, refund, **await facts(session, refund), receipt=receipt.receipt_no)
    return refund


def _check_day(said: date | None, since: date, today: date) -> date:
    """On which the money has gone: today unless said otherwise, and not before somebody has agreed to it."""
    if said and said > today:
        raise Invalid.field("payment_date", "This date has not come yet.", "IN_THE_FUTURE")
    if said and said < since:
        raise Invalid.field("payment_date", f"Nothing could go back before {since}.", "OUT_OF_ORDER")
    return said or today


async def _make_up(session: AsyncSession, booking: Booking, refund: Payment, receipt: Payment, project: Project, now: datetime) -> None:
    """What has gone back later than a settlement promised bears interest: credited, and asked for as one more refund. None on interest."""
    settled = (booking.cancellation or {}).get("settlement")
    if booking.status is not BookingStatus.cancelled or settled is None or receipt.kind is not PaymentKind.receipt:
        return
    came = project.date_at(receipt.arrived_at)
    if (amount := late_interest(settled, refund.amount, came, refund.payment_date)) > 0:
        by: Identity = session.info["identity"]
        due = f"the refund was due on {settled['refund_due_by']}"
        await request(session, by, await credit(session, by, booking, project, amount, now), amount, f"Interest: {due}.")


async def _fetch(session: AsyncSession, payment_id: int, kind: PaymentKind | None = None) -> tuple[Booking, Payment]:
    """Booking and payment, locked in this order; before them the unit, which a cancelled booking may keep back and a reserve may lose."""
    booking_id = await crud.payments.booking_id_of(session, payment_id, kind)
    await crud.units.lock(session, (await crud.bookings.peek(session, booking_id)).unit_id)
    return await crud.bookings.get(session, booking_id), await crud.payments.get(session, payment_id)


async def let_go_of_unit(session: AsyncSession, booking: Booking) -> None:
    """The unit of a cancelled booking has waited for its last refund, if the policy said so."""
    if booking.status is BookingStatus.cancelled:
        await session.flush()
        if not await crud.payments.is_going_back(session, booking.id):
            unit, _, now = await crud.units.lock(session, booking.unit_id)
            await vacancies.end_keeping_back(session, unit, booking.booking_number, now)


async def facts(session: AsyncSession, refund: Payment) -> dict[str, str]:
    booking = await crud.bookings.peek(session, refund.booking_id)
    return {"number": booking.booking_number, "amount": f"{refund.currency} {refund.amount:,.2f}"}
