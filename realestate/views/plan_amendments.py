"""Proposals of another schedule, as both sides see them."""

from sqlalchemy import bindparam, select

from realestate.models.bookings import Booking
from realestate.models.payments import PlanAmendment
from realestate.reading import Collection, Detail
from realestate.schemas.plan_amendments import PlanAmendmentOut

PLAN_AMENDMENT = Detail(PlanAmendment, PlanAmendmentOut, path="/api/plan-amendments")
OF_BOOKING = Collection(
    PlanAmendment,
    PlanAmendmentOut,
    where=PlanAmendment.booking_id == bindparam("booking_id"),
    order=(PlanAmendment.id.desc(),),
    parent=select(Booking.id).where(Booking.id == bindparam("booking_id")).exists(),
)
