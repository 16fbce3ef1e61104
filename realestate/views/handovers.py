"""What the record of a handover says."""

from sqlalchemy.orm import foreign, relationship

from realestate.models.bookings import Booking, Snag
from realestate.reading import Detail
from realestate.schemas.handovers import HandoverBasis

Booking.snags = relationship(  # here, because only what is read looks there
    Snag, primaryjoin=foreign(Snag.booking_id) == Booking.id, order_by=Snag.id, lazy="raise", viewonly=True, uselist=True
)
HANDOVER = Detail(Booking, HandoverBasis)
