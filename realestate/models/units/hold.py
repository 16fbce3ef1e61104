"""Holds: what keeps a unit for a moment."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Timestamped
from realestate.models.units.words import HoldEnd


class Hold(Identified, Timestamped, Base):
    """One hold of one unit: what the limits count, and what the history shows."""

    __tablename__ = "holds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "unit_id"],
            ["units.builder_id", "units.project_id", "units.id"],
            name="fk_holds_unit",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_has_a_reason"),
        Index("uq_holds_open_unit", "unit_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_holds_customer_id", "customer_id", "project_id"),
        Index("ix_holds_builder_id", "builder_id", "project_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    unit_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    price: Mapped[Decimal]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[HoldEnd | None]

    def end(self, by: HoldEnd) -> None:
        """Close the record of it; the unit is freed apart from this."""
        self.ended_at, self.ended_by = func.now(), by
