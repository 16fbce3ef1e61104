"""Documents, each with links to its file and its thumbnail that are signed as they are read."""

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Double, Text, and_, bindparam, case, cast, func, literal_column, or_, select
from sqlalchemy.orm import column_property

from realestate.models.bookings import Booking
from realestate.models.documents import Document, DocumentSubject
from realestate.models.projects import Project
from realestate.reading import Detail, Listing
from realestate.schemas.documents import DocumentOut, DocumentPage, FileFacts
from realestate.security import links

FILE, THUMBNAIL = "/api/documents/{}/file", "/api/documents/{}/thumbnail"
ROLE_PREFIX = len("realestate_")


def _term(number: int) -> ColumnElement[str]:
    terms = bindparam("link_terms", callable_=links.terms, type_=Text)
    return func.split_part(terms, literal_column("' '"), literal_column(str(number)), type_=Text)


def link_to(path: str, id: Any) -> ColumnElement[str]:
    """A link to the file of a document, for whoever reads it: HMAC-SHA256 over path and holder, as `security.links.check` wants it."""
    address = func.format(path.replace("{}", "%s"), id)
    context = (func.current_setting(f"app.{name}", True) for name in ("user_id", "builder_id", "scope"))
    holder = func.concat_ws(".", func.substr(func.current_setting("role"), ROLE_PREFIX + 1), *context)
    message = func.convert_to(func.concat(address, " ", holder), "UTF8")
    inner, outer = (func.decode(_term(number), "hex") for number in (2, 3))
    signature = func.encode(func.sha256(outer.op("||")(func.sha256(inner.op("||")(message)))), "hex")
    return func.concat(address, "?holder=", holder, "&ends=", _term(1), "&signature=", signature, type_=Text)


def _computed(expression: ColumnElement[Any]) -> Any:
    return column_property(expression, deferred=True, raiseload=True)


Document.url = _computed(link_to(FILE, Document.id))  # here, because signing stands above models
Document.thumbnail_url = _computed(case((Document.thumbnail_key.is_not(None), link_to(THUMBNAIL, Document.id))))
Document.url_expires_at = _computed(func.to_timestamp(cast(_term(1), Double), type_=DateTime(timezone=True)))

DOCUMENT = Detail(Document, DocumentOut, path="/api/documents")
FILE_FACTS = Detail(Document, FileFacts)

_SORTS = {"id": Document.id}
DOCUMENTS_OF_BOOKING = Listing(
    Document,
    DocumentPage,
    sorts=_SORTS,
    filters={"booking_id": Document.booking_id == bindparam("booking_id")},
    parent=select(Booking.id).where(Booking.id == bindparam("booking_id")).exists(),
)
DOCUMENTS_OF_PROJECT = Listing(
    Document,
    DocumentPage,
    sorts=_SORTS,
    filters={"project_id": and_(Document.project_id == bindparam("project_id"), Document.subject == DocumentSubject.project)},
    parent=select(Project.id).where(Project.id == bindparam("project_id")).exists(),
)
DOCUMENTS_OF_CUSTOMER = Listing(
    Document,
    DocumentPage,
    sorts=_SORTS,
    filters={"customer_id": or_(Document.customer_id == bindparam("customer_id"), Document.uploaded_by == bindparam("customer_id"))},
)
