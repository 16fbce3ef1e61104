"""Bookings, as their customer and as their builder see them."""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, any_, bindparam, func, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import column_property

from realestate.models.accounts import Customer
from realestate.models.bookings import Booking, BookingGroup, BookingParty, Signature, Snag
from realestate.models.payments import IS_REVENUE, RECEIVED, Installment, Payment
from realestate.models.units import Unit
from realestate.reading import Collection, Detail, Listing, as_list, as_object, contains
from realestate.schemas.bookings import BookingOut, BookingPage
from realestate.schemas.particulars import Particulars, TeamParticulars
from realestate.schemas.parties import PartyOut
from realestate.schemas.payments import BookingPayments, InstallmentOut
from realestate.schemas.possession import SignatureOut, SnagOut
from realestate.views.currencies import OWN, PENDING_BY_CURRENCY, by_currency, of_currency

BOOKING = Detail(Booking, BookingOut, path="/api/bookings")
BOOKING_PAYMENTS = Detail(Booking, BookingPayments)

_OF_BOOKING: ColumnElement[int] = bindparam("booking_id")
_IS_THERE = select(Booking.id).where(Booking.id == _OF_BOOKING).exists()
SCHEDULE = Collection(Installment, InstallmentOut, where=Installment.booking_id == _OF_BOOKING, order=(Installment.seq,), parent=_IS_THERE)
SIGNATURES = Collection(Signature, SignatureOut, where=Signature.booking_id == _OF_BOOKING, order=(Signature.id,), parent=_IS_THERE)
SNAGS = Collection(Snag, SnagOut, where=Snag.booking_id == _OF_BOOKING, order=(Snag.id.desc(),), parent=_IS_THERE)
PARTIES = Collection(BookingParty, PartyOut, where=BookingParty.booking_id == _OF_BOOKING, order=(BookingParty.id,), parent=_IS_THERE)
_TOLD = func.particulars(Booking.id, type_=JSONB)
Booking.kyc_told = column_property(_TOLD["kyc_checklist"], deferred=True, raiseload=True)  # here, because only this view asks the clerk
Booking.nominees_told = column_property(_TOLD["nominees"], deferred=True, raiseload=True)
Booking.discount_told = column_property(_TOLD["discount_request"], deferred=True, raiseload=True)
PARTICULARS = Detail(Booking, Particulars, team=TeamParticulars, owner="customer_id")
SNAG = Detail(Snag, SnagOut, path="/api/snags")

_PARTY_TO = func.array(select(BookingParty.booking_id).where(BookingParty.customer_id == bindparam("customer_id")).scalar_subquery())
BOOKINGS_OF_CUSTOMER = Collection(
    Booking,
    BookingOut,
    where=Booking.id == any_(_PARTY_TO),
    order=(Booking.created_at.desc(), Booking.id.desc()),
)


def _count(*where: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(func.count()).select_from(Booking).where(*where).scalar_subquery()


_COUNTS = (
    _count().label("total_bookings"),
    _count(Booking.group == BookingGroup.active).label("active_bookings"),
    _count(Booking.group == BookingGroup.completed).label("completed_bookings"),
)
_REVENUE = by_currency({"total_revenue": of_currency(RECEIVED, Payment, IS_REVENUE), "pending_revenue": PENDING_BY_CURRENCY}).cte("revenue")
_IN_OWN = (
    select(_REVENUE.c[name]).where(_REVENUE.c.currency == OWN.scalar_subquery()).scalar_subquery().label(name)
    for name in ("total_revenue", "pending_revenue")
)
_STATS = as_object(select(*_COUNTS, *_IN_OWN, as_list(select(_REVENUE)).label("by_currency")))
_WITHOUT_MONEY = as_object(select(*_COUNTS, *(null().label(name) for name in ("total_revenue", "pending_revenue", "by_currency"))))

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
BOOKINGS_WITHOUT_MONEY = replace(BOOKINGS, extras={"stats": _WITHOUT_MONEY}, _queries={})
"""For those of the team who do not read reports."""
