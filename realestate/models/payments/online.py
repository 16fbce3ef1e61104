"""What payment gateways have told, and what of it needs somebody to look at."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Timestamped
from realestate.models.payments.words import EventOutcome, GatewayEventKind, IssueKind, IssueStatus

BODY_DAYS = 90
"""A body names people, and serves to look up what a gateway has really said: it shows that itself for a month, and a quarter's books are closed
by then. The hash stays, and says of a copy whether it is the same."""


class GatewayEvent(Identified, Base):
    """One message of a gateway, as it came, and what came of it. Once by the gateway's own name for it; nobody changes or deletes it, but that
    its body is cleared when it is old."""

    __tablename__ = "gateway_events"
    __table_args__ = (
        UniqueConstraint("gateway", "event_id"),
        CheckConstraint("body_hash ~ '^[0-9a-f]{64}$'", name="hash_is_sha256"),
        Index("ix_gateway_events_payment_id", "payment_id", postgresql_where=text("payment_id IS NOT NULL")),
        Index("ix_gateway_events_received_at", "received_at", postgresql_where=text("body IS NOT NULL")),
    )

    gateway: Mapped[str]
    event_id: Mapped[str]
    kind: Mapped[GatewayEventKind]
    outcome: Mapped[EventOutcome]
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id", ondelete="RESTRICT"))
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    """For the system's eyes: it names people."""
    body_hash: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PaymentIssue(Identified, Timestamped, Base):
    """Money of a gateway's that does not fit what was ordered: raised by the system, once for each thing, settled by a member of the team."""

    __tablename__ = "payment_issues"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "booking_id", "customer_id", "payment_id"],
            ["payments.builder_id", "payments.project_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_payment_issues_payment",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("payment_id", "kind", "gateway_reference"),
        CheckConstraint("(status = 'open') = (resolved_at IS NULL)", name="resolved_at_some_time"),
        CheckConstraint("resolved_by IS NULL OR resolved_at IS NOT NULL", name="resolved_by_somebody"),
        Index("ix_payment_issues_builder_id", "builder_id", "status"),
        Index("ix_payment_issues_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    payment_id: Mapped[int]
    kind: Mapped[IssueKind]
    status: Mapped[IssueStatus] = mapped_column(server_default=IssueStatus.open)
    gateway_reference: Mapped[str]
    """The gateway's name of the payment, refund or dispute that it is about."""
    amount: Mapped[Decimal | None]
    """What the gateway has moved; `currency` is the gateway's too, which may not be the booking's."""
    currency: Mapped[str | None]
    detail: Mapped[str]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    resolved_at: Mapped[datetime | None]
    note: Mapped[str | None]

    def settle(self, how: IssueStatus, by: int | None, at: datetime, note: str) -> None:
        """Once. Conflict ISSUE_RESOLVED."""
        if self.status is not IssueStatus.open:
            raise Conflict("ISSUE_RESOLVED", "This has been settled already.")
        self.status, self.resolved_by, self.resolved_at, self.note = how, by, at, note
