"""What has happened to a booking, one thing after the other: its steps, and what of money came, failed, went back or was asked for."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, cast, literal_column, null, select, union_all
from sqlalchemy.orm import registry

from realestate.models.base import Money
from realestate.models.bookings import Booking, BookingMove
from realestate.models.payments import Installment, Payment, PaymentKind, PaymentStatus
from realestate.reading import Collection
from realestate.schemas.timelines import Happening, MomentOut


def _money(kind: Happening, rank: int, row: Any, at: Any, number: Any, reason: Any, *where: ColumnElement[bool]) -> Select[Any]:
    said: tuple[Any, ...] = (
        literal_column(f"'{kind.value}'").label("kind"),
        literal_column(str(rank)).label("rank"),
        row.id.label("id"),
        row.booking_id,
    )
    step = (null().label("from_status"), null().label("to_status"), null().label("by_role"))
    return select(*said, *step, reason.label("reason"), row.amount.label("amount"), number.label("number"), at.label("at")).where(*where)


_STEP = select(
    literal_column(f"'{Happening.step.value}'").label("kind"),
    literal_column("2").label("rank"),
    BookingMove.id.label("id"),
    BookingMove.booking_id,
    BookingMove.from_status.label("from_status"),
    BookingMove.to_status.label("to_status"),
    BookingMove.by_role.label("by_role"),
    BookingMove.reason.label("reason"),
    cast(null(), Money).label("amount"),
    cast(null(), BookingMove.reason.type).label("number"),
    BookingMove.at.label("at"),
)
_IS_REFUND = Payment.kind == PaymentKind.refund
_ALL = union_all(
    _STEP,  # first: it says the types
    _money(
        Happening.receipt_cleared,
        1,
        Payment,
        Payment.cleared_at,
        Payment.receipt_no,
        null(),
        and_(~_IS_REFUND, Payment.cleared_at.is_not(None)),
    ),
    _money(
        Happening.receipt_bounced,
        1,
        Payment,
        Payment.bounced_at,
        Payment.receipt_no,
        Payment.reason,
        Payment.status == PaymentStatus.bounced,
    ),
    _money(  # its last step, after which nothing of it changes
        Happening.refund_paid, 1, Payment, Payment.updated_at, null(), null(), and_(_IS_REFUND, Payment.status == PaymentStatus.completed)
    ),
    _money(
        Happening.demand_issued, 3, Installment, Installment.demanded_at, Installment.demand_no, null(), Installment.demand_no.is_not(None)
    ),
).subquery("moment")


class Moment:
    """One thing that has happened; made of rows, and no row itself."""


registry().map_imperatively(Moment, _ALL, primary_key=[_ALL.c.kind, _ALL.c.id])
_AT_ONCE: Any = (Moment.at, Moment.rank, Moment.id)  # type: ignore[attr-defined]  # mapped from the statement
_OF_BOOKING: ColumnElement[int] = bindparam("booking_id")
TIMELINE = Collection(
    Moment,
    MomentOut,
    where=Moment.booking_id == _OF_BOOKING,  # type: ignore[attr-defined]
    order=_AT_ONCE,
    parent=select(Booking.id).where(Booking.id == _OF_BOOKING).exists(),
)
