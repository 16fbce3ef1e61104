"""Files that people have given us: what is known of each, and how much a company or a customer has of them."""

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped

MOST_BYTES_OF_BUILDER, MOST_BYTES_OF_CUSTOMER = 20 * 1024**3, 1024**3


class Side(Kind):
    """Whose hand or whose word something is: the customer's, or that of the builder's team, called as the roles are that speak for them."""

    customer = "customer"
    builder = "builder"


class Audience(Kind):
    """Who may open a document beside the company's team; each word lets in fewer people than the one before."""

    public = "public"  # everybody, once the project is published
    customers = "customers"  # whoever is signed in
    booked = "booked"  # who has bought into the project
    party = "party"  # one customer, and the parties of the booking
    team = "team"  # nobody else


class DocumentKind(Kind):
    agreement = "agreement"
    allotment_letter = "allotment_letter"
    identity = "identity"
    income = "income"
    payment_proof = "payment_proof"
    receipt = "receipt"
    approval = "approval"
    occupancy_certificate = "occupancy_certificate"
    brochure = "brochure"
    floor_plan = "floor_plan"
    photo = "photo"
    model = "model"
    attachment = "attachment"
    other = "other"


class DocumentSubject(Kind):
    """What a document may be attached to."""

    booking = "booking"
    project = "project"
    progress = "progress"
    update = "update"
    message = "message"
    change_request = "change_request"
    model3d = "model3d"
    agreement = "agreement"


class Document(Identified, Timestamped, Base):
    """An uploaded file. Born private to whoever brought it; `services.documents.attach` gives it a place, and with it an audience, once.

    The wall compares `builder_id`, `customer_id`, `booking_id` and `project_id` with the reader. `builder_id` is null as long as a
    customer has shown it to nobody. `is_published` follows the project where that decides who sees it, and is null elsewhere.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("storage_key"),
        UniqueConstraint("model_id"),
        UniqueConstraint("builder_id", "project_id", "id"),  # what certificates refer to
        ForeignKeyConstraint(
            ["builder_id", "project_id", "is_published"],
            ["projects.builder_id", "projects.id", "projects.is_published"],
            name="fk_documents_project",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_documents_site", ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_documents_booking",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "model_id"], ["models_3d.builder_id", "models_3d.id"], name="fk_documents_model", ondelete="CASCADE"
        ),
        CheckConstraint("size > 0 AND thumbnail_size >= 0", name="size_positive"),
        CheckConstraint("char_length(file_name) <= 255", name="file_name_short"),
        CheckConstraint("(subject IS NULL) = (subject_id IS NULL)", name="subject_whole"),
        # a key with a null in it is not looked up: nothing of a company's without saying whose
        CheckConstraint("builder_id IS NOT NULL OR side = 'customer' AND subject IS NULL", name="builder_known"),
        CheckConstraint("builder_id IS NOT NULL OR num_nonnulls(project_id, booking_id, model_id) = 0", name="tenant_known"),
        CheckConstraint("customer_id IS NOT NULL OR booking_id IS NULL AND audience <> 'party'", name="party_known"),
        CheckConstraint("(audience IN ('public', 'customers')) = (is_published IS NOT NULL)", name="project_followed"),
        CheckConstraint("project_id IS NOT NULL OR booking_id IS NULL AND audience IN ('party', 'team')", name="project_known"),
        Index("ix_documents_builder_id", "builder_id", desc("id")),
        Index("ix_documents_customer_id", "customer_id", desc("id"), postgresql_where=text("customer_id IS NOT NULL")),
        Index("ix_documents_project_id", "project_id", postgresql_where=text("project_id IS NOT NULL")),
        Index("ix_documents_booking_id", "booking_id", postgresql_where=text("booking_id IS NOT NULL")),
        Index("ix_documents_subject", "subject", "subject_id", postgresql_where=text("subject IS NOT NULL")),
        Index("ix_documents_uploaded_by", "uploaded_by"),
        Index("uq_documents_agreement", "builder_id", "subject_id", unique=True, postgresql_where=text("subject = 'agreement'")),
    )

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    side: Mapped[Side]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    audience: Mapped[Audience]
    project_id: Mapped[int | None]
    is_published: Mapped[bool | None]
    booking_id: Mapped[int | None]
    subject: Mapped[DocumentSubject | None]
    subject_id: Mapped[int | None]
    model_id: Mapped[int | None]
    """The 3D model whose file this is now; what it was before keeps only its subject."""
    edition: Mapped[int] = mapped_column(Integer, server_default="1")
    kind: Mapped[DocumentKind]
    file_name: Mapped[str]
    """As it was called where it came from."""
    media_type: Mapped[str]
    """What its bytes say it is."""
    size: Mapped[int]
    sha256: Mapped[str]
    storage_key: Mapped[str]
    thumbnail_key: Mapped[str | None]
    thumbnail_size: Mapped[int] = mapped_column(server_default="0")

    if TYPE_CHECKING:  # what views.documents adds: links, signed when they are read
        url: Mapped[str]
        thumbnail_url: Mapped[str | None]
        url_expires_at: Mapped[str]

    @property
    def keys(self) -> list[str]:
        """The names of its objects."""
        return [key for key in (self.storage_key, self.thumbnail_key) if key]


class StorageUse(Identified, Base):
    """How many bytes a company, or a customer, has given us to keep; moved by a trigger on documents, and never beyond `allowed`.

    Whoever uploads pays for it, so that nobody can fill another's quota.
    """

    __tablename__ = "storage_uses"
    __table_args__ = (
        UniqueConstraint("builder_id"),
        UniqueConstraint("customer_id"),
        CheckConstraint("num_nonnulls(builder_id, customer_id) = 1", name="one_owner"),
        CheckConstraint("used BETWEEN 0 AND allowed", name="used_within_allowed"),
    )

    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    used: Mapped[int]
    allowed: Mapped[int]
