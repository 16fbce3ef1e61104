"""Documents, as said."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.base import Kind
from realestate.models.documents import Audience, DocumentKind, DocumentSubject, Side
from realestate.schemas.base import Id, Input, Page, Question, Search, Wire, sort_by


class DocumentCreate(Input):
    """Where it belongs, if that is known already; a draft otherwise, which a message or a change request may take."""

    kind: DocumentKind = DocumentKind.other
    booking_id: Id | None = Field(None, description="for the parties of this booking")
    project_id: Id | None = Field(None, description="of this project: by its builder's team only")
    audience: Audience | None = Field(
        None,
        description="by the team only: `party` (default) or `team` of a booking; `public` (default), `customers`, `booked` or `team` of a project",
    )


class DocumentLink(Wire):
    """A document among other things, such as the attachments of a message."""

    id: int
    file_name: str
    media_type: str = Field(examples=["image/jpeg"])
    size: int
    url: str = Field(examples=["/api/documents/7/file?holder=customer.12..&ends=1790000100&signature=9f86d081"])
    thumbnail_url: str | None


class DocumentOut(DocumentLink):
    """What is known of a document. `url` opens the file without a token until `url_expires_at`; ask again for a fresh one.

    `subject` is null as long as it is a draft that only its own side sees.
    """

    kind: DocumentKind
    sha256: str
    side: Side
    audience: Audience
    subject: DocumentSubject | None
    subject_id: int | None
    builder_id: int | None
    customer_id: int | None
    project_id: int | None
    booking_id: int | None
    edition: int
    url_expires_at: datetime
    created_at: datetime


class DocumentPage(Page):
    documents: list[DocumentOut]


class PaperKind(Kind):
    """What the house itself draws of a booking."""

    allotment_letter = "allotment_letter"
    agreement = "agreement"
    demand_notice = "demand_notice"
    credit_note = "credit_note"
    receipt = "receipt"
    statement = "statement"
    cancellation_statement = "cancellation_statement"
    handover_record = "handover_record"


class PaperOut(Wire):
    """A paper that is drawn when it is asked for, by whoever may see the booking: `url` wants the token. `issued_at` null: as of today."""

    kind: PaperKind
    number: str
    url: str = Field(examples=["/api/bookings/7/allotment-letter.pdf"])
    content_hash: str | None = Field(description="SHA-256 of its terms, where every page says it")
    issued_at: datetime | None


class BookingDocumentPage(DocumentPage):
    """What was uploaded, page by page, and beside it all papers of the booking, newest first."""

    papers: list[PaperOut]


class DocumentSearch(Search):
    sort: Annotated[str, sort_by("id")] = "-id"


class FileFacts(Wire):
    """What is needed to send a file; never said."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    storage_key: str
    thumbnail_key: str | None
    thumbnail_size: int


class LinkQuestion(Question):
    """What stands behind the question mark of a link; nothing, where a visitor may see the document."""

    holder: str = Field("", max_length=2000, description="for whom the link was written")
    ends: int = Field(0, ge=0, le=2**40, description="when, in seconds since 1970")
    signature: str = Field("", max_length=64)
