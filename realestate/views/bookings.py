"""Bookings, as their customer and as their builder see them."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from realestate.models.accounts import Customer
from realestate.models.base import Money
from realestate.models.bookings import Booking, BookingGroup
from realestate.models.payments import CLEARED, Installment, InstallmentStatus, Payment, PaymentKind
from realestate.models.units import Unit
from realestate.reading import Collection, Detail, Listing, as_object, contains, said
from realestate.schemas.bookings import BookingOut, BookingPage
from realestate.schemas.payments import BookingPayments

BOOKING = Detail(Booking, BookingOut, path="/api/bookings")
BOOKING_PAYMENTS = Detail(Booking, BookingPayments)

BOOKINGS_OF_CUSTOMER = Collection(
    Booking, BookingOut, where=Booking.customer_id == bindparam("customer_id"), order=(Booking.created_at.desc(), Booking.id.desc())
)


def _sum(value: Any, *where: ColumnElement[bool]) -> ColumnElement[Any]:
    return said(select(func.coalesce(func.sum(value), 0, type_=Money)).where(*where).scalar_subquery())


def _count(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(func.count()).select_from(Booking).where(*where).scalar_subquery()


_STATS = as_object(
    select(
        _count().label("total_bookings"),
        _count(Booking.group == BookingGroup.active).label("active_bookings"),
        _count(Booking.group == BookingGroup.completed).label("completed_bookings"),
        _sum(Payment.amount, Payment.kind == PaymentKind.receipt, Payment.status.in_(CLEARED)).label("total_revenue"),
        _sum(
            Installment.amount - Installment.allocated, Installment.status.not_in([InstallmentStatus.cancelled, InstallmentStatus.waived])
        ).label("pending_revenue"),
    )
)

BOOKINGS = Listing(
    Booking,
    BookingPage,
    sorts={"created_at": Booking.created_at, "booking_date": Booking.booking_date, "total_amount": Booking.total_amount},
    filters={
        "status": or_(Booking.current_status == bindparam("status"), Booking.group == bindparam("status")),
        "project_id": Booking.project_id == bindparam("project_id"),
        "payment_status": Booking.payment_status == bindparam("payment_status"),
        "q": or_(
            contains(Booking.booking_number, "q"),
            select(Unit.id).where(Unit.id == Booking.unit_id, contains(Unit.unit_number, "q")).exists(),
            select(Customer.id).where(Customer.id == Booking.customer_id, contains(Customer.full_name, "q")).exists(),
        ),
    },
    extras={"stats": _STATS},
)
