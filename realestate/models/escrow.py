"""Escrow: the part of what buyers pay that may only be drawn on as the work goes on, and what has been drawn.

India: seventy percent of what allottees pay lies in a separate account, "used only for that purpose" (land and construction), and is
withdrawn "in proportion to the percentage of completion of the project", certified by an engineer, an architect and a chartered
accountant: Real Estate (Regulation and Development) Act 2016, s. 4(2)(l)(D) and its provisos.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from realestate.models.base import Base, Identified, Kind, Money, Stateful, Timestamped
from realestate.models.bookings import Booking
from realestate.models.notifications import Subject
from realestate.models.policies import PACKS, SETTING
from realestate.models.projects import Project
from realestate.models.settings import NARROWNESS, SettingScope, SystemSetting


class EscrowKind(Kind):
    """What moved the account: a receipt that cleared, one that bounced or went back, the builder."""

    received = "received"
    returned = "returned"
    withdrawn = "withdrawn"


class WithdrawalStatus(Kind):
    pending = "pending"
    approved = "approved"
    rejected = "rejected"


W = WithdrawalStatus
CERTIFICATES = ("engineer", "architect", "accountant")
_SET = SystemSetting.setting_value["escrow_percent"].astext
_HERE = or_(
    SystemSetting.scope == SettingScope.everybody,
    and_(SystemSetting.scope == SettingScope.builder, SystemSetting.builder_id == Project.builder_id),
    and_(SystemSetting.scope == SettingScope.project, SystemSetting.project_id == Project.id),
)
ESCROW_PERCENT: Any = func.coalesce(
    select(cast(_SET, Numeric))
    .where(SystemSetting.setting_key == SETTING, _SET.is_not(None), _HERE)
    .order_by(NARROWNESS.desc())
    .limit(1)
    .correlate(Project)
    .scalar_subquery(),
    case({word.value: pack.escrow_percent for word, pack in PACKS.items()}, value=Project.jurisdiction),
)
"""Of what clears for a project from now on, as `Policy.of` would say: what the project, its company or the platform has set, or the pack."""


class EscrowEntry(Identified, Base):
    """One line of a project's escrow account, in minor units, positive for what came. Written by triggers alone, and never again."""

    __tablename__ = "escrow_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_escrow_entries_project", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "booking_id", "customer_id", "payment_id"],
            ["payments.builder_id", "payments.project_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_escrow_entries_payment",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "withdrawal_id"],
            ["escrow_withdrawals.builder_id", "escrow_withdrawals.project_id", "escrow_withdrawals.id"],
            name="fk_escrow_entries_withdrawal",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("withdrawal_id"),
        CheckConstraint("CASE kind WHEN 'received' THEN amount > 0 ELSE amount < 0 END", name="amount_has_its_sign"),
        CheckConstraint("(kind = 'withdrawn') = (withdrawal_id IS NOT NULL)", name="withdrawn_by_somebody"),
        CheckConstraint(
            "num_nonnulls(booking_id, customer_id, payment_id, percent) = CASE kind WHEN 'withdrawn' THEN 0 ELSE 4 END",
            name="received_with_a_payment",
        ),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_is_percent"),
        Index("ix_escrow_entries_project_id", "project_id", "entered_at", "id"),
        Index("ix_escrow_entries_payment_id", "payment_id"),
        Index("ix_escrow_entries_customer_id", "customer_id"),
        Index("ix_escrow_entries_builder_id", "builder_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int | None]
    customer_id: Mapped[int | None]
    payment_id: Mapped[int | None]
    withdrawal_id: Mapped[int | None]
    kind: Mapped[EscrowKind]
    amount: Mapped[Decimal]
    percent: Mapped[Decimal | None] = mapped_column(Numeric(7, 4))
    """Of the receipt: what the rule was when it cleared, and stays for it."""
    entered_at: Mapped[datetime]
    """When the money was there, or was not there any more."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EscrowWithdrawal(Identified, Timestamped, Stateful, Base):
    """What finance wants to draw, with the certificates; drawn once somebody else has agreed. A trigger keeps the sum within its bound."""

    __tablename__ = "escrow_withdrawals"
    __table_args__ = (
        UniqueConstraint("builder_id", "project_id", "id"),
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_escrow_withdrawals_project", ondelete="RESTRICT"
        ),
        *(
            ForeignKeyConstraint(
                ["builder_id", "project_id", f"{expert}_document_id"],
                ["documents.builder_id", "documents.project_id", "documents.id"],
                name=f"fk_escrow_withdrawals_{expert}",
                ondelete="RESTRICT",
            )
            for expert in CERTIFICATES
        ),
        ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_escrow_withdrawals_created_by", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["project_id", "currency"], ["projects.id", "projects.currency"], name="fk_escrow_withdrawals_currency", ondelete="RESTRICT"
        ),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            """engineer_document_id <> architect_document_id AND architect_document_id <> accountant_document_id
            AND accountant_document_id <> engineer_document_id""",
            name="three_certificates",
        ),
        CheckConstraint("status <> 'approved' OR decided_by <> created_by", name="maker_is_not_checker"),
        CheckConstraint(
            "(status = 'pending') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"
        ),
        Index("ix_escrow_withdrawals_project_id", "project_id", text("id DESC")),
        Index("ix_escrow_withdrawals_builder_id", "builder_id", "status"),
        *(Index(f"ix_escrow_withdrawals_{expert}_document_id", f"{expert}_document_id") for expert in CERTIFICATES),
    )
    EDGES: ClassVar[dict[str, Any]] = {"approve": ((W.pending,), W.approved), "reject": ((W.pending,), W.rejected)}
    SUBJECT: ClassVar = Subject.escrow_withdrawal

    builder_id: Mapped[int]
    project_id: Mapped[int]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    purpose: Mapped[str]
    transaction_id: Mapped[str | None]
    """The bank's."""
    engineer_document_id: Mapped[int]
    architect_document_id: Mapped[int]
    accountant_document_id: Mapped[int]
    status: Mapped[WithdrawalStatus] = mapped_column(server_default=W.pending)
    created_by: Mapped[int]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    rejection_reason: Mapped[str | None]

    @property
    def page(self) -> str:
        """Where people read of it."""
        return f"/projects/{self.project_id}/escrow"

    @property
    def certificates(self) -> dict[str, int]:
        """The documents by their fields."""
        return {name: getattr(self, name) for name in (f"{expert}_document_id" for expert in CERTIFICATES)}

    def decide(self, step: str, by: int, at: datetime, reason: str | None = None) -> None:
        self.take(step)
        self.decided_by, self.decided_at, self.rejection_reason = by, at, reason


Booking.escrow_amount = column_property(
    select(func.coalesce(func.sum(EscrowEntry.amount), 0, type_=Money))
    .where(EscrowEntry.booking_id == Booking.id)
    .correlate_except(EscrowEntry)
    .scalar_subquery(),
    deferred=True,
    raiseload=True,
)
"""Of what has been paid for it, the part of the escrow account."""
