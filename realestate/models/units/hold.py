"""Holds: what keeps a unit for a moment."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, and_, func, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Timestamped, as_said
from realestate.models.rules import Rules
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
        CheckConstraint("extensions >= 0", name="extensions_counted"),
        Index("ix_holds_unit_id", "unit_id"),
        Index("ix_holds_customer_id", "customer_id", "project_id"),
        Index("ix_holds_builder_id", "builder_id", "project_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    unit_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    price: Mapped[Decimal]
    price_lines: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """What the price consisted of: frozen with it."""
    expires_at: Mapped[datetime]
    extensions: Mapped[int] = mapped_column(Integer, server_default="0")
    terms: Mapped[str | None]
    """What the team and the customer have agreed on for its time; both read it."""
    booking_id: Mapped[int | None]
    """Of whoever waited for the unit: the hold is what they have been offered."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[HoldEnd | None]

    @hybrid_property
    def is_running(self) -> bool:
        """Whether it keeps its unit now, by the database's clock."""
        raise NotImplementedError("only the database knows what time it is")

    @is_running.inplace.expression
    @classmethod
    def _is_running(cls) -> Any:
        return and_(cls.ended_at.is_(None), cls.expires_at > func.now())

    def extend(self, hours: int | None, rules: Rules) -> None:
        """Keep the unit so many hours longer, or as long again as the team may hold. Conflict EXTENSION_LIMIT, HOLD_TOO_LONG."""
        if self.extensions >= rules.max_extensions:
            raise Conflict("EXTENSION_LIMIT", f"A hold can be extended {rules.max_extensions} times.", extensions=self.extensions)
        latest = self.created_at + timedelta(hours=rules.longest_hold)
        until = self.expires_at + timedelta(hours=hours or rules.staff_hold_hours)
        if hours is None:
            until = min(until, latest)
        if not self.expires_at < until <= latest:
            detail = f"A hold lasts at most {rules.longest_hold} hours from its beginning, here until {latest:%d %b %Y, %H:%M} UTC."
            raise Conflict("HOLD_TOO_LONG", detail, latest=as_said(latest))
        self.expires_at, self.extensions = until, self.extensions + 1

    def end(self, by: HoldEnd) -> None:
        """Close the record of it; the unit is freed apart from this."""
        self.ended_at, self.ended_by = func.now(), by
