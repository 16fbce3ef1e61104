"""Documents, each with links to its file and its thumbnail that are signed as they are read."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import column_property

from realestate.models.agreements import Agreement, Allotment
from realestate.models.bookings import Booking
from realestate.models.documents import Document, DocumentSubject
from realestate.models.payments import CreditNote, Installment, Payment
from realestate.models.projects import Project
from realestate.reading import Detail, Listing, as_list, said
from realestate.schemas.documents import BookingDocumentPage, DocumentOut, DocumentPage, FileFacts, PaperOut
from realestate.schemas.documents import PaperKind as K
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
_BOOKING_ID = bindparam("booking_id", type_=BigInteger)


def _paper(kind: K, number: Any, url: Any, issued_at: Any, where: Any, content_hash: Any = None) -> Any:
    hashed = null() if content_hash is None else content_hash
    columns: tuple[Any, ...] = (
        literal_column(f"'{kind.value}'"),
        number,
        url,
        cast(hashed, Text),
        cast(issued_at, DateTime(timezone=True)),
    )
    return select(*(column.label(name) for column, name in zip(columns, PaperOut.model_fields, strict=True))).where(*where)


def _of_booking(path: str) -> Any:
    return func.concat("/api/bookings/", Booking.id, path)


def _papers() -> Any:
    """All that the house has drawn, or would draw, of a booking; what a reader may not see is not among it."""
    this, settled = Booking.id == _BOOKING_ID, Booking.cancellation["settlement"].is_not(None)
    newest = select(func.max(Agreement.edition)).where(Agreement.booking_id == _BOOKING_ID).scalar_subquery()
    letter, notice = (Allotment.booking_id == _BOOKING_ID, Booking.id == Allotment.booking_id), func.concat("/api/demands/", Installment.id)
    agreed = (Agreement.booking_id == _BOOKING_ID, Booking.id == Agreement.booking_id, Agreement.edition == newest)
    drawn = union_all(
        _paper(
            K.allotment_letter, Allotment.number, _of_booking("/allotment-letter.pdf"), Allotment.issued_at, letter, Allotment.content_hash
        ),
        _paper(K.agreement, Booking.agreement_no, Booking.agreement_url, Agreement.generated_at, agreed, Agreement.content_hash),
        _paper(
            K.demand_notice,
            Installment.demand_no,
            func.concat(notice, "/notice.pdf"),
            Installment.demanded_at,
            (Installment.booking_id == _BOOKING_ID, Installment.demand_no.is_not(None)),
        ),
        _paper(
            K.credit_note,
            CreditNote.credit_no,
            func.concat("/api/credit-notes/", CreditNote.id, "/note.pdf"),
            CreditNote.created_at,
            (CreditNote.booking_id == _BOOKING_ID,),
        ),
        _paper(
            K.receipt,
            Payment.receipt_no,
            Payment.receipt_url,
            Payment.cleared_at,
            (Payment.booking_id == _BOOKING_ID, Payment.receipt_no.is_not(None)),
        ),
        _paper(K.statement, Booking.booking_number, _of_booking("/statement.pdf"), null(), (this, Booking.payment_plan.is_not(None))),
        _paper(K.cancellation_statement, Booking.booking_number, _of_booking("/cancellation-statement.pdf"), null(), (this, settled)),
        _paper(
            K.handover_record,
            Booking.booking_number,
            _of_booking("/handover-record.pdf"),
            null(),
            (this, Booking.handed_over_at.is_not(None)),
        ),
    ).subquery()
    shown = (said(column).label(column.name) for column in drawn.c)
    return as_list(select(*shown).order_by(drawn.c.issued_at.desc().nulls_first(), drawn.c.number.desc(), drawn.c.kind))


DOCUMENTS_OF_BOOKING = Listing(
    Document,
    BookingDocumentPage,
    sorts=_SORTS,
    filters={"booking_id": Document.booking_id == bindparam("booking_id")},
    extras={"papers": _papers()},
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
