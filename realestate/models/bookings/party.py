"""Who is bound by a booking, and the codes that let others in."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Numeric, UniqueConstraint, cast, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Timestamped
from realestate.models.bookings.words import PartyInviteKind, PartyRole


def of_booking(table: str, customer: str = "customer_id") -> ForeignKeyConstraint:
    """What belongs to a booking names its builder, project and customer of record; the key says so."""
    columns = ["builder_id", "project_id", customer, "booking_id"]
    remote = ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"]
    return ForeignKeyConstraint(columns, remote, name=f"fk_{table}_booking", ondelete="RESTRICT")


class BookingParty(Identified, Timestamped, Base):
    """Who is bound by a booking: its owner of record, and co-applicants, who see it and pay but cannot cancel or transfer."""

    __tablename__ = "booking_parties"
    __table_args__ = (
        UniqueConstraint("booking_id", "customer_id"),
        of_booking("booking_parties", "owner_id"),
        CheckConstraint("(role = 'owner') = (customer_id = owner_id)", name="owner_of_record"),
        CheckConstraint("share BETWEEN 0 AND 1000000", name="share_is_percent"),
        Index("ix_booking_parties_customer_id", "customer_id"),
        Index("ix_booking_parties_builder_id", "builder_id", "project_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    owner_id: Mapped[int]
    """The booking's owner of record, repeated so that policies need no join."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    role: Mapped[PartyRole]
    share: Mapped[int]
    """Of the property, in basis points × 100: 1,000,000 is all of it."""

    @hybrid_property
    def share_percent(self) -> Decimal:
        """The same in percent."""
        return Decimal(self.share) / 10_000

    @share_percent.inplace.expression
    @classmethod
    def _share_percent(cls) -> Any:
        return func.trim_scale(cast(cls.share, Numeric) / 10_000)


class PartyInvite(Identified, Timestamped, Base):
    """A code of the owner of record that lets one person in: as a co-applicant with a share, or as the one who is to take the booking over.

    Only a keyed hash of it is kept. It is good once, for seven days, unless it is taken back.
    """

    __tablename__ = "party_invites"
    __table_args__ = (
        of_booking("party_invites"),
        CheckConstraint("(kind = 'co_applicant') = (share IS NOT NULL)", name="co_applicants_share"),
        CheckConstraint("share BETWEEN 1 AND 999999", name="share_is_a_part"),
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name="used_or_revoked"),
        Index("ix_party_invites_booking_id", "booking_id"),
        Index("ix_party_invites_builder_id", "builder_id", "project_id"),
        Index("ix_party_invites_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    """Who has invited: the owner of record."""
    kind: Mapped[PartyInviteKind]
    share: Mapped[int | None]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, deferred=True, deferred_raiseload=True)
    expires_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '7 days'"))
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    revoked_at: Mapped[datetime | None]

    def use(self, customer_id: int) -> None:
        """It has let this person in, and nobody else from now on."""
        self.used_at, self.used_by = func.now(), customer_id

    def revoke(self) -> None:
        """Take it back; repeatable. Conflict once somebody has come in with it."""
        if self.used_at is not None:
            raise Conflict("INVITE_USED", "Somebody has joined with this code already.")
        self.revoked_at = self.revoked_at or func.now()
