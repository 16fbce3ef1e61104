"""Bookings, as their customer and as their builder see them."""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from realestate.models.accounts import Customer
from realestate.models.bookings import Booking, BookingGroup
from realestate.models.payments import IS_LIVE, IS_SETTLED, OWED, RECEIVED
from realestate.models.units import Unit
from realestate.reading import Collection, Detail, Listing, as_object, contains, said
from realestate.schemas.bookings import BookingOut, BookingPage
from realestate.schemas.payments import BookingPayments

BOOKING = Detail(Booking, BookingOut, path="/api/bookings")
BOOKING_PAYMENTS = Detail(Booking, BookingPayments)

BOOKINGS_OF_CUSTOMER = Collection(
    Booking, BookingOut, where=Booking.customer_id == bindparam("customer_id"), order=(Booking.created_at.desc(), Booking.id.desc())
)


def _count(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(func.count()).select_from(Booking).where(*where).scalar_subquery()


_STATS = as_object(
    select(
        _count().label("total_bookings"),
        _count(Booking.group == BookingGroup.active).label("active_bookings"),
        _count(Booking.group == BookingGroup.completed).label("completed_bookings"),
        said(select(RECEIVED).where(IS_SETTLED).scalar_subquery()).label("total_revenue"),
        said(select(OWED).where(IS_LIVE).scalar_subquery()).label("pending_revenue"),
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
