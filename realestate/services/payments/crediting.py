"""Interest that a builder in delay owes: worked out as somebody looks, credited when possession is offered and when a booking ends. A credit
pays lines as money does, and what it does not meet may be paid out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.interest import Stay, interest_to_buyer, stays
from realestate.models.notifications import Event
from realestate.models.payments import Payment, PaymentKind, PaymentMethod, PaymentStatus, PaymentType, Series
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.services.notifications import notify
from realestate.services.payments.numbering import number

B = BookingStatus
WAITS_FOR_KEYS = (B.booking_confirmed, B.agreement_signed, B.registered)


def delay(had: Iterable[Stay], credited: Decimal, percent: Decimal, grace_days: int, promised: date | None, until: date) -> Decimal:
    """What a promise of possession that has passed comes to by a day, on money while it was there, less what has been credited. The
    builder has the same days of grace as the buyer."""
    if promised is None:
        return Decimal(0)
    return max(Decimal(0), interest_to_buyer(had, percent, until, promised + timedelta(days=grace_days)) - credited)


async def credit_delay(session: AsyncSession, by: Identity, booking: Booking, project: Project, percent: Decimal, now: datetime) -> None:
    """Credit what it comes to until today. Lock the booking first; let receipts meet lines afterwards."""
    moved = await crud.payments.moved(session, booking.id)
    credited = sum((one.amount for one in moved if one.kind is PaymentKind.interest_credit), Decimal(0))
    rules = Rules.of(project.rules, booking.interest_terms)
    amount = delay(stays(moved), credited, percent, rules.grace_days, booking.promised_possession_date, project.date_at(now))
    if amount > 0:
        await credit(session, by, booking, project, amount, now)


async def credit(session: AsyncSession, by: Identity, booking: Booking, project: Project, amount: Decimal, now: datetime) -> Payment:
    """So much to the buyer's account, numbered like a tax credit. A key of booking and number lets one of two at once through."""
    today = project.date_at(now)
    before = await crud.payments.receipts(session, booking.id)
    made = Payment(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id", "currency")},
        booking_id=booking.id,
        kind=PaymentKind.interest_credit,
        payment_type=PaymentType.other,
        payment_method=PaymentMethod.set_off,
        amount=amount,
        status=PaymentStatus.pending,
        payment_date=today,
        interest_no=1 + sum(one.kind is PaymentKind.interest_credit for one in before),
        created_by=by.user_id or before[-1].created_by,  # where nobody in person did it, whoever has written down what it is on
    )
    session.add(made)
    await session.flush()
    made.clear(now, await number(session, booking, Series.credit, today))
    await session.flush()
    said = f"{booking.currency} {amount:,.2f}"
    notify(session, Event.interest_credited, made, number=booking.booking_number, amount=said, credit=made.receipt_no)
    return made
