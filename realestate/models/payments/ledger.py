"""What has moved: receipts, refunds, and what counts like them."""

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

from realestate.errors import Conflict, Forbidden
from realestate.models.base import Base, Identified, Stateful, Timestamped
from realestate.models.payments.installment import booking_key
from realestate.models.payments.words import (
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
)

if TYPE_CHECKING:
    from realestate.models.payments.allocation import Allocation

P = PaymentStatus


class Payment(Identified, Timestamped, Stateful, Base):
    """Money that moved: append-only, corrected by reversal. Only a completed receipt is allocated."""

    __tablename__ = "payments"
    __table_args__ = (
        booking_key("payments"),
        ForeignKeyConstraint(
            ["booking_id", "currency"], ["bookings.id", "bookings.currency"], name="fk_payments_currency", ondelete="RESTRICT"
        ),
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
            text("lower(btrim(transaction_id))"),
            unique=True,
            postgresql_where=text(
                "transaction_id IS NOT NULL AND kind IN ('receipt', 'tds_credit') AND status NOT IN ('failed', 'cancelled', 'bounced')"
            ),
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("allocated >= 0 AND allocated + refunded <= amount", name="allocated_within_amount"),
        CheckConstraint("refunded >= 0 AND refunded <= going_back AND going_back <= amount", name="going_back_within_amount"),
        CheckConstraint("(kind = 'refund') = (refund_of_id IS NOT NULL)", name="refund_of_a_receipt"),
        CheckConstraint("kind <> 'refund' OR approved_by IS NULL OR approved_by <> created_by", name="maker_is_not_checker"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved_at_a_time"),
        CheckConstraint(
            """CASE kind WHEN 'refund' THEN status IN ('pending', 'rejected') OR status IN ('approved', 'completed') AND approved_by IS NOT NULL
            ELSE status NOT IN ('approved', 'rejected') AND (status = 'refunded') = (refunded = amount)
                AND (status = 'partially_refunded') = (refunded > 0 AND refunded < amount) END""",
            name="status_says_what_has_gone_back",
        ),
        CheckConstraint("status <> 'bounced' OR allocated = 0 AND going_back = 0", name="bounced_pays_nothing"),
        CheckConstraint("(status = 'bounced') = (bounced_at IS NOT NULL)", name="bounced_at_a_time"),
        UniqueConstraint("booking_id", "interest_no"),
        CheckConstraint("(kind = 'interest_credit') = (interest_no IS NOT NULL)", name="interest_is_numbered"),
        CheckConstraint("(kind = 'interest_credit') = (payment_method = 'set_off')", name="interest_is_set_off"),
        Index("ix_payments_refund_of_id", "refund_of_id", postgresql_where=text("refund_of_id IS NOT NULL")),
        CheckConstraint(
            "CASE WHEN checkout_url IS NULL THEN checkout_until IS NULL"
            " ELSE kind = 'receipt' AND num_nonnulls(checkout_until, gateway, gateway_order_id) = 3 END",
            name="checkout_is_an_order",
        ),
        Index(
            "uq_payments_gateway_order_id", "gateway", "gateway_order_id", unique=True, postgresql_where=text("checkout_url IS NOT NULL")
        ),
        Index(
            "ix_payments_checkout_until",
            "checkout_until",
            postgresql_where=text("checkout_url IS NOT NULL AND status IN ('pending', 'clearance_pending')"),
        ),
        Index("ix_payments_booking_id", "booking_id"),
        Index("ix_payments_customer_id", "customer_id"),
        Index("ix_payments_builder_id", "builder_id", "payment_date"),
    )
    EDGES: ClassVar = {
        "submit": ((P.pending,), P.clearance_pending),
        "clear": ((P.pending, P.clearance_pending), P.completed),
        "bounce": ((P.clearance_pending, P.completed), P.bounced),
        "fail": ((P.pending, P.clearance_pending, P.cancelled), P.failed),
        "cancel": ((P.pending,), P.cancelled),
        "reopen": ((P.failed, P.cancelled), P.pending),
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
    checkout_url: Mapped[str | None]
    """Where it can be paid online, and until when: of a receipt that a gateway is to bring, and of no other."""
    checkout_until: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    """When its money was there for good: from then on it pays lines."""
    bounced_at: Mapped[datetime | None]
    interest_no: Mapped[int | None] = mapped_column(Integer)
    """Of a booking's credits for interest that its builder owes."""
    receipt_no: Mapped[str | None]
    receipt_url: Mapped[str | None]
    refund_of_id: Mapped[int | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    approved_at: Mapped[datetime | None]
    """Before that day no refund goes."""
    is_carried: Mapped[bool] = mapped_column(server_default="false")
    """Whether it stands on paper alone: money that goes along with a booking goes back here and comes there, and has not moved."""
    notes: Mapped[str | None]
    reason: Mapped[str | None]
    """Why it was refused, or has bounced."""

    allocations: Mapped[list["Allocation"]] = relationship(
        primaryjoin="foreign(Allocation.payment_id) == Payment.id", order_by="Allocation.id", lazy="raise", viewonly=True
    )

    @classmethod
    def steps_of(cls, kind: PaymentKind) -> tuple[str, ...]:
        """What may happen to one of a kind. No bank stands behind a credit of interest."""
        match kind:
            case PaymentKind.refund:
                return cls.OF_REFUNDS
            case PaymentKind.interest_credit:
                return ("clear",)
        return tuple(event for event in cls.EDGES if event not in cls.OF_REFUNDS)

    @property
    def allowed(self) -> list[str]:
        return [event for event in super().allowed if event in self.steps_of(self.kind)]

    @property
    def arrived_at(self) -> datetime:
        return self.cleared_at or self.created_at

    def clear(self, at: datetime, receipt_no: str) -> None:
        """The money is there."""
        self.take("clear")
        self.cleared_at, self.receipt_no, self.receipt_url = at, receipt_no, f"/api/payments/{self.id}/receipt.pdf"

    def bounce(self, at: datetime, reason: str) -> None:
        """The bank has not paid it. Conflict REFUND_UNDER_WAY while a part of it is going back."""
        self.may("bounce")
        if self.going_back:
            raise Conflict("REFUND_UNDER_WAY", "A refund of this receipt has been asked for: refuse that first.")
        self.take("bounce")
        self.bounced_at, self.reason = at, reason

    def approve(self, by: int, at: datetime) -> None:
        """Agree to a refund. Forbidden MAKER_IS_CHECKER to whoever has asked for it."""
        if by == self.created_by:
            raise Forbidden("MAKER_IS_CHECKER", "Somebody else has to decide on a refund that you have asked for.")
        self.take("approve")
        self.approved_by, self.approved_at = by, at

    @property
    def remainder(self) -> Decimal:
        """What may still be given back."""
        return self.amount - self.going_back
