"""Lines that need not be paid any more: asked for by one, agreed to by another."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Stateful, Timestamped
from realestate.models.payments.words import WaiverStatus

W = WaiverStatus


class Waiver(Identified, Timestamped, Stateful, Base):
    """A wish to let go of what is left of a line. At most one is pending a line."""

    __tablename__ = "waivers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["booking_id", "currency"], ["bookings.id", "bookings.currency"], name="fk_waivers_currency", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_waivers_installment",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_waivers_created_by", ondelete="RESTRICT"
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("status <> 'approved' OR decided_by <> created_by", name="maker_is_not_checker"),
        CheckConstraint(
            "(status = 'pending') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"
        ),
        Index("uq_waivers_pending", "installment_id", unique=True, postgresql_where=text("status = 'pending'")),
        Index("ix_waivers_builder_id", "builder_id", "status"),
        Index("ix_waivers_installment_id", "installment_id"),
    )
    EDGES: ClassVar[dict[str, Any]] = {"approve": ((W.pending,), W.approved), "reject": ((W.pending,), W.rejected)}

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    installment_id: Mapped[int]
    amount: Mapped[Decimal]
    """What was left of the line when it was asked for: that is agreed to, or nothing."""
    currency: Mapped[str]
    reason: Mapped[str]
    status: Mapped[WaiverStatus] = mapped_column(server_default=W.pending)
    created_by: Mapped[int]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    rejection_reason: Mapped[str | None]

    def decide(self, step: str, by: int | None, at: datetime) -> None:
        self.take(step)
        self.decided_by, self.decided_at = by, at
