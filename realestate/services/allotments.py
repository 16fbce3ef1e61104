"""Letters of allotment: written down with the step that allots, drawn whenever somebody asks."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import reading
from realestate.errors import Conflict
from realestate.models.agreements import Allotment
from realestate.models.bookings import Booking
from realestate.schemas.allotments import AllotmentLetter, AllotmentTerms, LetterOfBooking
from realestate.services.agreements import digest_of
from realestate.views.agreements import ALLOTTED


def letter_of(found: LetterOfBooking) -> AllotmentLetter:
    """The letter as it was written. Conflict NOT_ALLOTTED; LETTER_NOT_KEPT of a booking that is older than letters: what its lines and parties
    were on that day nobody has written down, and nobody makes it up."""
    if found.allotment:
        return found.allotment
    if found.confirmed_at:
        raise Conflict("LETTER_NOT_KEPT", f"It was allotted on {found.confirmed_at:%d %b %Y}, when no letters were kept here.")
    raise Conflict("NOT_ALLOTTED", "There is a letter once the unit has been allotted.")


async def issue(session: AsyncSession, booking: Booking, now: datetime) -> None:
    """The letter, as things are at the end of this step. By the system: nobody writes one by hand."""
    said = await reading.read_back(session, ALLOTTED.query(session.info["identity"].role), id=booking.id)
    assert said, "the system sees every booking"
    terms = AllotmentTerms.model_validate_json(said.partition(b":")[2]).model_dump(mode="json")
    place = {name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")}
    digest = digest_of(terms)
    session.add(Allotment(**place, booking_id=booking.id, number=booking.allotment_no, content_hash=digest, terms=terms, issued_at=now))
    await session.flush()
