"""Letters of allotment: written down with the step that allots, drawn whenever somebody asks."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import reading
from realestate.models.agreements import Allotment
from realestate.models.bookings import Booking
from realestate.schemas.allotments import AllotmentTerms
from realestate.services.agreements import digest_of
from realestate.views.agreements import ALLOTTED


async def issue(session: AsyncSession, booking: Booking, now: datetime) -> None:
    """The letter, as things are at the end of this step. By the system: nobody writes one by hand."""
    said = await reading.read_back(session, ALLOTTED.query(session.info["identity"].role), id=booking.id)
    assert said, "the system sees every booking"
    terms = AllotmentTerms.model_validate_json(said.partition(b":")[2]).model_dump(mode="json")
    place = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")}
    digest = digest_of(terms)
    session.add(Allotment(**place, booking_id=booking.id, number=booking.allotment_no, content_hash=digest, terms=terms, issued_at=now))
    await session.flush()
