"""Money: what is owed (Installment), what has moved (Payment), and which part of a payment pays which line (Allocation)."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Stateful, Timestamped, no_such_step
from realestate.models.payments.words import (
    DemandState,
    InstallmentKind,
    InstallmentStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
)

if TYPE_CHECKING:
    from realestate.models.payments.allocation import Allocation

P = PaymentStatus


def booking_key(table: str) -> ForeignKeyConstraint:
    """Money belongs to the booking's own builder, project and customer: the key says so."""
    columns = ["builder_id", "project_id", "customer_id", "booking_id"]
    remote = ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"]
    return ForeignKeyConstraint(columns, remote, name=f"fk_{table}_booking", ondelete="RESTRICT")


class Installment(Identified, Timestamped, Base):
    """One line of what a booking owes. `allocated`, and the states that follow from it, are moved only by the trigger on Allocation."""

    __tablename__ = "installments"
    __table_args__ = (
        booking_key("installments"),
        UniqueConstraint("booking_id", "seq"),
        UniqueConstraint("builder_id", "booking_id", "customer_id", "id"),
        UniqueConstraint("builder_id", "demand_no"),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "booking_id", "customer_id", "change_request_id"],
            [f"change_requests.{name}" for name in ("builder_id", "project_id", "booking_id", "customer_id", "id")],
            name="fk_installments_change_request",
            ondelete="RESTRICT",
        ),
        CheckConstraint("change_request_id IS NULL OR kind = 'charge'", name="change_is_charged"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("tax_amount BETWEEN 0 AND amount", name="tax_within_amount"),
        CheckConstraint("allocated BETWEEN 0 AND amount", name="allocated_within_amount"),
        CheckConstraint("status IN ('scheduled', 'cancelled') OR demanded_at IS NOT NULL", name="demanded_before_paid"),
        CheckConstraint("demanded_at IS NULL OR demand_state IS NULL OR demand_state = 'issued'", name="issued_when_demanded"),
        Index("ix_installments_customer_id", "customer_id"),
        Index("ix_installments_builder_id", "builder_id", "due_date"),
        Index("ix_installments_due_date", "due_date", postgresql_where=text("status IN ('scheduled', 'demanded', 'partially_paid')")),
        Index("ix_installments_change_request_id", "change_request_id", postgresql_where=text("change_request_id IS NOT NULL")),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    kind: Mapped[InstallmentKind] = mapped_column(server_default=InstallmentKind.installment)
    seq: Mapped[int] = mapped_column(Integer)
    name: Mapped[str]
    amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal] = mapped_column(server_default="0")
    allocated: Mapped[Decimal] = mapped_column(server_default="0")
    trigger: Mapped[dict[str, Any]]
    status: Mapped[InstallmentStatus] = mapped_column(server_default=InstallmentStatus.scheduled)
    due_date: Mapped[date | None]
    demanded_at: Mapped[datetime | None]
    demand_no: Mapped[str | None]
    demand_state: Mapped[DemandState | None]
    """Of its notice; None before the event that it waits for, and for what is owed without one."""
    proof: Mapped[dict[str, Any] | None]
    """Of a milestone: which phase has passed which threshold when, by whose certificate."""
    change_request_id: Mapped[int | None]
    """The change that it charges for."""

    if TYPE_CHECKING:  # what `sums` adds
        is_overdue: Mapped[bool]

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.allocated

    def fire(self, proof: dict[str, Any] | None, due: date | None) -> None:
        """The event that it waits for has come: there is a draft of its demand. Once."""
        if self.status is not InstallmentStatus.scheduled or self.demand_state is not None:
            raise no_such_step("line", self.status, "fire", [])
        self.demand_state, self.proof, self.due_date = DemandState.draft, proof, due or self.due_date

    def approve(self) -> None:
        """Somebody has looked at the draft."""
        if self.demand_state is not DemandState.draft:
            raise no_such_step("demand", self.demand_state or self.status, "approve", self.next_steps)
        self.demand_state = DemandState.approved

    def issue(self, demand_no: str, at: datetime) -> None:
        """From now on it is owed; what was issued stays as it is."""
        if self.status is not InstallmentStatus.scheduled or self.demand_state not in (None, DemandState.approved):
            raise no_such_step("demand", self.demand_state or self.status, "issue", self.next_steps)
        self.demand_state, self.demand_no, self.demanded_at, self.status = DemandState.issued, demand_no, at, InstallmentStatus.demanded

    @property
    def next_steps(self) -> list[str]:
        return {DemandState.draft: ["approve"], DemandState.approved: ["issue"]}.get(self.demand_state, []) if self.demand_state else []


class Payment(Identified, Timestamped, Stateful, Base):
    """Money that moved: append-only, corrected by reversal. Only a completed receipt is allocated."""

    __tablename__ = "payments"
    __table_args__ = (
        booking_key("payments"),
        UniqueConstraint("builder_id", "project_id", "booking_id", "customer_id", "id"),
        UniqueConstraint("builder_id", "receipt_no"),
        UniqueConstraint("gateway", "gateway_payment_id"),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "booking_id", "customer_id", "refund_of_id"],
            ["payments.builder_id", "payments.project_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_payments_refund_of",
            ondelete="RESTRICT",
        ),
        Index(
            "uq_payments_transaction_id",
            "builder_id",
            "payment_method",
            "transaction_id",
            unique=True,
            postgresql_where=text("transaction_id IS NOT NULL AND kind = 'receipt' AND status NOT IN ('failed', 'cancelled', 'bounced')"),
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("allocated >= 0 AND allocated + refunded <= amount", name="allocated_within_amount"),
        CheckConstraint("refunded >= 0 AND refunded <= going_back AND going_back <= amount", name="going_back_within_amount"),
        CheckConstraint("(kind = 'refund') = (refund_of_id IS NOT NULL)", name="refund_of_a_receipt"),
        CheckConstraint("kind <> 'refund' OR approved_by IS NULL OR approved_by <> created_by", name="maker_is_not_checker"),
        CheckConstraint(
            """CASE kind WHEN 'refund' THEN status IN ('pending', 'rejected') OR status IN ('approved', 'completed') AND approved_by IS NOT NULL
            ELSE status NOT IN ('approved', 'rejected') AND (status = 'refunded') = (refunded = amount)
                AND (status = 'partially_refunded') = (refunded > 0 AND refunded < amount) END""",
            name="status_says_what_has_gone_back",
        ),
        CheckConstraint("status <> 'bounced' OR allocated = 0 AND going_back = 0", name="bounced_pays_nothing"),
        Index("ix_payments_refund_of_id", "refund_of_id", postgresql_where=text("refund_of_id IS NOT NULL")),
        Index("ix_payments_booking_id", "booking_id"),
        Index("ix_payments_customer_id", "customer_id"),
        Index("ix_payments_builder_id", "builder_id", "payment_date"),
    )
    EDGES: ClassVar = {
        "submit": ((P.pending,), P.clearance_pending),
        "clear": ((P.pending, P.clearance_pending), P.completed),
        "bounce": ((P.clearance_pending, P.completed), P.bounced),
        "fail": ((P.pending,), P.failed),
        "cancel": ((P.pending,), P.cancelled),
        "approve": ((P.pending,), P.approved),
        "reject": ((P.pending, P.approved), P.rejected),
        "process": ((P.approved,), P.completed),
    }
    OF_REFUNDS: ClassVar = ("approve", "reject", "process")
    """The events of a refund; all others are those of a receipt, which is `refunded` by its refunds alone."""

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    kind: Mapped[PaymentKind] = mapped_column(server_default=PaymentKind.receipt)
    payment_type: Mapped[PaymentType]
    amount: Mapped[Decimal]
    allocated: Mapped[Decimal] = mapped_column(server_default="0")
    going_back: Mapped[Decimal] = mapped_column(server_default="0")
    """What refunds have a claim on, whether they have been paid or only asked for. Moved only by the trigger on refunds, as `refunded`."""
    refunded: Mapped[Decimal] = mapped_column(server_default="0")
    currency: Mapped[str]
    payment_method: Mapped[PaymentMethod]
    status: Mapped[PaymentStatus] = mapped_column(server_default=PaymentStatus.pending)
    """On the wire: `payment_status`."""
    payment_date: Mapped[date]
    transaction_id: Mapped[str | None]
    gateway: Mapped[str | None]
    gateway_order_id: Mapped[str | None]
    gateway_payment_id: Mapped[str | None]
    instrument: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    cleared_at: Mapped[datetime | None]
    """When its money was there for good: from then on it pays lines."""
    receipt_no: Mapped[str | None]
    receipt_url: Mapped[str | None]
    refund_of_id: Mapped[int | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    notes: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it was refused, or has bounced."""

    allocations: Mapped[list["Allocation"]] = relationship(
        primaryjoin="foreign(Allocation.payment_id) == Payment.id", order_by="Allocation.id", lazy="raise", viewonly=True
    )

    @property
    def allowed(self) -> list[str]:
        return [event for event in super().allowed if (event in self.OF_REFUNDS) is (self.kind is PaymentKind.refund)]

    @property
    def arrived_at(self) -> datetime:
        return self.cleared_at or self.created_at

    def clear(self, at: datetime, receipt_no: str) -> None:
        """The money is there."""
        self.take("clear")
        self.cleared_at, self.receipt_no, self.receipt_url = at, receipt_no, f"/api/payments/{self.id}/receipt.pdf"

    def bounce(self, reason: str) -> None:
        """The bank has not paid it. Conflict REFUND_UNDER_WAY while a part of it is going back."""
        self.may("bounce")
        if self.going_back:
            raise Conflict("REFUND_UNDER_WAY", "A refund of this receipt has been asked for: refuse that first.")
        self.take("bounce")
        self.reason = reason

    @property
    def remainder(self) -> Decimal:
        """What may still be given back."""
        return self.amount - self.going_back
