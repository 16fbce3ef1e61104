"""What is kept beside a booking: every step it took, who has signed, and what is wrong with the home."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, desc, func
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.accounts import Role
from realestate.models.base import Base, Identified, Stateful, Timestamped, Versioned
from realestate.models.bookings.party import of_booking
from realestate.models.bookings.words import BookingStatus, SnagStatus


class BookingMove(Identified, Base):
    """One step that a booking has taken, written by a trigger: nobody else adds one, nobody changes one."""

    __tablename__ = "booking_moves"
    __table_args__ = (
        of_booking("booking_moves"),
        Index("ix_booking_moves_booking_id", "booking_id", "id"),
        Index("ix_booking_moves_builder_id", "builder_id", "project_id"),
        Index("ix_booking_moves_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    from_status: Mapped[BookingStatus | None]
    to_status: Mapped[BookingStatus]
    reason: Mapped[str | None]
    by_role: Mapped[Role]
    """Which side it was; the system where the clock has decided, or money."""
    at: Mapped[datetime]


class Signature(Identified, Base):
    """Somebody's name under the terms of one hash: a customer's, who is party to the booking, or a member's for the company."""

    __tablename__ = "signatures"
    __table_args__ = (
        of_booking("signatures", "owner_id"),
        UniqueConstraint("booking_id", "customer_id", "content_hash", postgresql_nulls_not_distinct=True),
        ForeignKeyConstraint(
            ["builder_id", "member_id"], ["users.builder_id", "users.id"], name="fk_signatures_member", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["booking_id", "customer_id"],
            ["booking_parties.booking_id", "booking_parties.customer_id"],
            name="fk_signatures_party",
            ondelete="RESTRICT",
        ),
        CheckConstraint("num_nonnulls(customer_id, member_id) = 1", name="one_signs"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_whole"),
        Index("ix_signatures_builder_id", "builder_id", "project_id"),
        Index("ix_signatures_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    owner_id: Mapped[int]
    customer_id: Mapped[int | None]
    member_id: Mapped[int | None]
    content_hash: Mapped[str]
    signed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Snag(Identified, Timestamped, Versioned, Stateful, Base):
    """Something that is not as it should be in the home. One that blocks must be mended before the keys are handed over."""

    __tablename__ = "snags"
    __table_args__ = (
        of_booking("snags"),
        Index("ix_snags_booking_id", "booking_id", desc("id")),
        Index("ix_snags_builder_id", "builder_id", "project_id"),
        Index("ix_snags_customer_id", "customer_id"),
    )
    SUBJECT: ClassVar = "snag"
    EDGES: ClassVar = {
        "mend": ((SnagStatus.open,), SnagStatus.mended),
        "reopen": ((SnagStatus.mended, SnagStatus.dismissed), SnagStatus.open),
        "dismiss": ((SnagStatus.open,), SnagStatus.dismissed),
    }

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    reported_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    title: Mapped[str]
    description: Mapped[str | None]
    is_blocking: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[SnagStatus] = mapped_column(server_default=SnagStatus.open)
    response: Mapped[str | None]
