"""Another schedule for what is not demanded yet: proposed by the team, agreed to by the owner of record."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Stateful, Timestamped, as_said
from realestate.models.payments.installment import booking_key
from realestate.models.payments.words import AmendmentStatus

A = AmendmentStatus


class PlanAmendment(Identified, Timestamped, Stateful, Base):
    """What it says never changes, and its hash names it. One at a time is proposed of a booking; it lapses when one of the lines that it
    `replaces` is demanded or ends (a trigger does)."""

    __tablename__ = "plan_amendments"
    __table_args__ = (
        booking_key("plan_amendments"),
        ForeignKeyConstraint(
            ["booking_id", "currency"], ["bookings.id", "bookings.currency"], name="fk_plan_amendments_currency", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_plan_amendments_created_by", ondelete="RESTRICT"
        ),
        UniqueConstraint("booking_id", "number"),
        UniqueConstraint("booking_id", "addendum_no"),
        CheckConstraint("amount > 0 AND tax_amount BETWEEN 0 AND amount", name="amount_positive"),
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash_whole"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_at_a_time"),
        CheckConstraint("(status IN ('proposed', 'lapsed')) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("status NOT IN ('agreed', 'declined') OR decided_by = customer_id", name="agreed_by_the_owner"),
        CheckConstraint("num_nonnulls(addendum, addendum_no) IN (0, CASE status WHEN 'agreed' THEN 2 ELSE 0 END)", name="addendum_agreed"),
        Index("uq_plan_amendments_proposed", "booking_id", unique=True, postgresql_where=text("status = 'proposed'")),
        Index("ix_plan_amendments_builder_id", "builder_id", desc("id")),
        Index("ix_plan_amendments_customer_id", "customer_id"),
    )
    SUBJECT: ClassVar = "plan_amendment"
    EDGES: ClassVar[dict[str, Any]] = {
        "agree": ((A.proposed,), A.agreed),
        "withdraw": ((A.proposed,), A.withdrawn),
        "decline": ((A.proposed,), A.declined),
        "lapse": ((A.proposed,), A.lapsed),
    }

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    number: Mapped[int] = mapped_column(Integer)
    """Counts those of a booking."""
    status: Mapped[AmendmentStatus] = mapped_column(server_default=A.proposed)
    reason: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[Decimal]
    """Of the new lines together, which is that of those they replace."""
    tax_amount: Mapped[Decimal]
    kept: Mapped[list[dict[str, Any]]]
    """The lines of the price that stay: their numbers, names and amounts."""
    lines: Mapped[list[dict[str, Any]]]
    replaces: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    content_hash: Mapped[str]
    created_by: Mapped[int]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    addendum_no: Mapped[int | None] = mapped_column(Integer)
    addendum: Mapped[dict[str, Any] | None]
    """To an agreement that has been signed, which stands."""

    def decide(self, step: str, by: int | None, at: datetime) -> None:
        self.take(step)
        self.decided_by, self.decided_at = by, at

    def agree(self, content_hash: str, by: int | None, at: datetime) -> None:
        """To exactly what was read. Conflict PROPOSAL_CHANGED."""
        self.may("agree")
        if content_hash != self.content_hash:
            raise Conflict("PROPOSAL_CHANGED", "This is not what is proposed. Please look again.", content_hash=self.content_hash)
        self.decide("agree", by, at)

    def add_to_agreement(self, number: int, booking_number: str, at: datetime) -> None:
        """What was signed stands; this is an addendum to it."""
        self.addendum_no = number
        self.addendum = {"number": f"{booking_number}-A{number}", "agreed_at": as_said(at), "content_hash": self.content_hash}

    def snapshot_after(self, before: dict[str, Any]) -> dict[str, Any]:
        """The next version of a booking's plan; those before it are kept within."""
        earlier: Sequence[Any] = before.get("earlier", [])
        said = {name: value for name, value in before.items() if name != "earlier"}
        now = {"version": before.get("version", 0) + 1, "amendment": self.number, "lines": [*self.kept, *self.lines]}
        return said | now | {"earlier": [*earlier, said]}
