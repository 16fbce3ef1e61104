"""What a confirmed booking comes to on paper: the letter of its allotment, and agreements, edition by edition."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, and_, func
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.accounts import Customer, User
from realestate.models.base import Base, Identified
from realestate.models.bookings import Booking, BookingParty, BookingStatus, Signature
from realestate.models.documents import Document, DocumentSubject
from realestate.models.payments import Installment, InstallmentKind, InstallmentStatus

S = BookingStatus
SIGNED = (S.agreement_signed, S.registered, S.possession_offered, S.handed_over)
"""From here on an agreement is no draft any more, and its terms stand."""
READY = (S.booking_confirmed, *SIGNED)


class Allotment(Identified, Base):
    """The letter that a unit is allotted, as it was that day: never changed, and written by the system alone. Its PDF is drawn from the terms."""

    __tablename__ = "allotments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_allotments_booking",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("booking_id"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_whole"),
        Index("ix_allotments_builder_id", "builder_id", "project_id"),
        Index("ix_allotments_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    customer_id: Mapped[int]
    booking_id: Mapped[int]
    number: Mapped[str]
    content_hash: Mapped[str]
    terms: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]


class Agreement(Identified, Base):
    """One edition, never changed: the terms as they were, and the hash that is printed on every page. Its PDF is a document."""

    __tablename__ = "agreements"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_agreements_booking",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "generated_by"], ["users.builder_id", "users.id"], name="fk_agreements_generated_by", ondelete="RESTRICT"
        ),
        UniqueConstraint("builder_id", "booking_id", "edition"),
        CheckConstraint("edition > 0", name="edition_positive"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_whole"),
        Index("ix_agreements_booking_id", "booking_id", "edition"),
        Index("ix_agreements_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    customer_id: Mapped[int]
    booking_id: Mapped[int]
    edition: Mapped[int] = mapped_column(Integer)
    is_draft: Mapped[bool]
    content_hash: Mapped[str]
    """SHA-256 of the terms, as `services.agreements` writes them."""
    terms: Mapped[dict[str, Any]]
    generated_by: Mapped[int]
    generated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    document: Mapped[Document] = relationship(
        primaryjoin=lambda: and_(
            foreign(Document.subject_id) == Agreement.id,
            Document.subject == DocumentSubject.agreement,
            Document.builder_id == Agreement.builder_id,
        ),
        lazy="raise",
        viewonly=True,
        uselist=False,
    )

    if TYPE_CHECKING:  # what views.agreements adds: a link to the file, signed when it is read
        url: Mapped[str]


def is_draft(status: BookingStatus, signed_hash: str | None) -> bool:
    """Whether an agreement of a booking in this state is a draft still; of terms that everybody has signed it is none, whatever has become of
    the booking since. Conflict BOOKING_NOT_CONFIRMED where there can be none."""
    if signed_hash is not None:
        return False
    if status not in READY:
        raise Conflict("BOOKING_NOT_CONFIRMED", f"An agreement is made of a booking that is confirmed; this one is {status}.")
    return status not in SIGNED


Signature.customer = relationship(
    Customer, primaryjoin=foreign(Signature.customer_id) == Customer.id, lazy="raise", viewonly=True, uselist=False
)
Signature.member = relationship(User, primaryjoin=foreign(Signature.member_id) == User.id, lazy="raise", viewonly=True, uselist=False)
Booking.signatures = relationship(
    Signature, primaryjoin=foreign(Signature.booking_id) == Booking.id, order_by=Signature.id, lazy="raise", viewonly=True, uselist=True
)
BookingParty.customer = relationship(
    Customer, primaryjoin=foreign(BookingParty.customer_id) == Customer.id, lazy="raise", viewonly=True, uselist=False
)
Booking.parties = relationship(
    BookingParty,
    primaryjoin=foreign(BookingParty.booking_id) == Booking.id,
    order_by=BookingParty.id,
    lazy="raise",
    viewonly=True,
    uselist=True,
)
Booking.schedule = relationship(
    Installment,
    primaryjoin=and_(
        foreign(Installment.booking_id) == Booking.id,
        Installment.kind == InstallmentKind.installment,
        Installment.status != InstallmentStatus.cancelled,
    ),
    order_by=Installment.seq,
    lazy="raise",
    viewonly=True,
    uselist=True,
)
Booking.allotment = relationship(
    Allotment, primaryjoin=foreign(Allotment.booking_id) == Booking.id, lazy="raise", viewonly=True, uselist=False
)
Booking.agreements = relationship(
    Agreement,
    primaryjoin=foreign(Agreement.booking_id) == Booking.id,
    order_by=Agreement.edition,
    lazy="raise",
    viewonly=True,
    uselist=True,
)
