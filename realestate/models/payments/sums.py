"""What bookings and their lines say of money: sums over its tables, never columns that anybody sets."""

from typing import Any

from sqlalchemy import Date, Integer, and_, case, false, func, select, type_coerce
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased, column_property, foreign, relationship

from realestate.models.base import Money
from realestate.models.bookings import Booking
from realestate.models.payments.allocation import Allocation
from realestate.models.payments.credit_note import CreditNote
from realestate.models.payments.dunning import DunningPause, Reminder
from realestate.models.payments.installment import Installment
from realestate.models.payments.ledger import Payment
from realestate.models.payments.words import CLEARED, InstallmentStatus, PaymentKind
from realestate.models.projects import Project

TODAY_THERE = sql_cast(func.timezone(Project.timezone, func.now()), Date)
"""The date where a project stands."""
LATE_BEFORE = TODAY_THERE - func.coalesce(sql_cast(Project.rules["grace_days"].astext, Integer), 0)
"""The same, less its days of grace: what was due before and is still owed is overdue."""


def _late_before(*of_project: Any) -> Any:
    return select(LATE_BEFORE).where(*of_project).scalar_subquery()


_LATE_BEFORE_OF_BOOKING = _late_before(Project.id == Booking.project_id).correlate(Booking)
_LATE_BEFORE_OF_LINE = _late_before(Project.id == Booking.project_id, Booking.id == Installment.booking_id).correlate(Installment)
IS_LIVE = Installment.status.not_in([InstallmentStatus.cancelled, InstallmentStatus.waived])
IS_OWED = Installment.status.in_([InstallmentStatus.demanded, InstallmentStatus.partially_paid])
"""Demanded, and not all paid."""
_PRIVATE: dict[str, Any] = {"deferred": True, "raiseload": True}


def _of_booking(value: Any, table: Any, *where: Any) -> Any:
    return select(value).where(table.booking_id == Booking.id, *where).correlate_except(table).scalar_subquery()


def _sum(value: Any) -> Any:
    return func.coalesce(func.sum(value), 0, type_=Money)


IS_SETTLED = Payment.status.in_(CLEARED)
_CREDIT = aliased(Payment)
IS_REVENUE = and_(
    IS_SETTLED,
    Payment.kind != PaymentKind.interest_credit,
    ~select(1).where(_CREDIT.id == Payment.refund_of_id, _CREDIT.kind == PaymentKind.interest_credit).exists(),
)
"""What a builder owes for delay is no money that has come, and paying it out takes nothing back from what has."""
HAS_MOVED = and_(IS_REVENUE, Payment.is_carried.is_(False))
"""In a window of time: not what stands on paper alone."""
RECEIVED = _sum(case((Payment.kind == PaymentKind.refund, -Payment.amount), else_=Payment.amount))
"""What has come and stayed, of payments that are settled."""
OWED = _sum(Installment.amount - Installment.allocated)
"""What lines that are live still lack."""
_AHEAD = _sum(Payment.amount - Payment.refunded - Payment.allocated)
_IS_AHEAD = (IS_SETTLED, Payment.kind != PaymentKind.refund)


def _above_zero(value: Any) -> Any:
    return func.greatest(value, 0, type_=Money)


def _pending() -> Any:
    by_booking = select(Installment.project_id, Installment.booking_id, OWED.label("amount")).where(IS_LIVE)
    lacking = by_booking.group_by(Installment.project_id, Installment.booking_id).subquery()
    is_left = Payment.allocated + Payment.refunded < Payment.amount
    ahead = select(Payment.booking_id, _AHEAD.label("amount")).where(*_IS_AHEAD, is_left).group_by(Payment.booking_id).subquery()
    left = _above_zero(lacking.c.amount - func.coalesce(ahead.c.amount, 0, type_=Money))
    return (
        select(lacking.c.project_id, left.label("amount")).outerjoin(ahead, ahead.c.booking_id == lacking.c.booking_id).subquery("pending")
    )


PENDING = _pending()
"""What is still to come of each booking, less what has been paid ahead."""
STILL_TO_COME = _sum(PENDING.c.amount)

Installment.outstanding_amount = column_property(
    type_coerce(case((IS_LIVE, Installment.amount - Installment.allocated), else_=0), Money), **_PRIVATE
)
Installment.is_overdue = column_property(func.coalesce(and_(IS_OWED, Installment.due_date < _LATE_BEFORE_OF_LINE), false()), **_PRIVATE)
Booking.paid_amount = column_property(_of_booking(RECEIVED, Payment, IS_SETTLED), **_PRIVATE)
Booking.credit_amount = column_property(_of_booking(_AHEAD, Payment, *_IS_AHEAD), **_PRIVATE)
"""What has come and meets no line yet."""
_PENDING = _above_zero(_of_booking(OWED, Installment, IS_LIVE) - _of_booking(_AHEAD, Payment, *_IS_AHEAD))
Booking.pending_amount = column_property(_PENDING, **_PRIVATE)
Booking.payment_status = column_property(
    case(
        (_of_booking(func.count(), Installment, IS_OWED, Installment.due_date < _LATE_BEFORE_OF_BOOKING) > 0, "overdue"),
        (_of_booking(RECEIVED, Payment, IS_SETTLED) <= 0, "unpaid"),
        (_PENDING > 0, "partial"),
        else_="paid",
    ),
    **_PRIVATE,
)
Booking.installments = relationship(
    Installment,
    primaryjoin=foreign(Installment.booking_id) == Booking.id,
    order_by=Installment.seq,
    lazy="raise",
    viewonly=True,
    uselist=True,
)
Booking.payments = relationship(
    Payment, primaryjoin=foreign(Payment.booking_id) == Booking.id, order_by=Payment.id, lazy="raise", viewonly=True, uselist=True
)

Booking.credit_notes = relationship(
    CreditNote, primaryjoin=foreign(CreditNote.booking_id) == Booking.id, order_by=CreditNote.id, lazy="raise", viewonly=True, uselist=True
)
Booking.reminders = relationship(
    Reminder, primaryjoin=foreign(Reminder.booking_id) == Booking.id, order_by=Reminder.id, lazy="raise", viewonly=True, uselist=True
)
Booking.dunning_pause = relationship(
    DunningPause,
    primaryjoin=and_(foreign(DunningPause.booking_id) == Booking.id, DunningPause.lifted_at.is_(None)),
    lazy="raise",
    viewonly=True,
    uselist=False,
)
CreditNote.booking = relationship(Booking, primaryjoin=foreign(CreditNote.booking_id) == Booking.id, lazy="raise", viewonly=True)
Payment.booking = relationship(Booking, primaryjoin=foreign(Payment.booking_id) == Booking.id, lazy="raise", viewonly=True)
Installment.booking = relationship(Booking, primaryjoin=foreign(Installment.booking_id) == Booking.id, lazy="raise", viewonly=True)
Allocation.line = relationship(Installment, primaryjoin=foreign(Allocation.installment_id) == Installment.id, lazy="raise", viewonly=True)
