"""Agreements: what the next one is made of, and where the newest one is."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import column_property

from realestate.models.agreements import Agreement
from realestate.models.bookings import Booking
from realestate.models.documents import Document, DocumentSubject
from realestate.reading import Collection, Detail
from realestate.schemas.agreements import AgreementBasis, AgreementFile, AgreementOut
from realestate.schemas.allotments import AllotmentTerms, LetterOfBooking
from realestate.views.documents import FILE, link_to

_ITS_FILE = (
    Document.subject == DocumentSubject.agreement,
    Document.subject_id == Agreement.id,
    Document.builder_id == Agreement.builder_id,
)
Agreement.url = column_property(  # here, because signing stands above models
    select(link_to(FILE, Document.id)).where(*_ITS_FILE).correlate_except(Document).scalar_subquery(), deferred=True, raiseload=True
)

BASIS = Detail(Booking, AgreementBasis)
ALLOTTED = Detail(Booking, AllotmentTerms)
LETTER = Detail(Booking, LetterOfBooking)

# Arrays of at most one.
_OF_BOOKING, _NEWEST_FIRST = Agreement.booking_id == bindparam("booking_id"), (Agreement.edition.desc(),)
NEWEST = Collection(Agreement, AgreementOut, where=_OF_BOOKING, order=_NEWEST_FIRST, limited=True)
NEWEST_FILE = Collection(Agreement, AgreementFile, where=_OF_BOOKING, order=_NEWEST_FIRST, limited=True)
