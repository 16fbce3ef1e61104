"""What is owed: one line of a booking's schedule, or a charge."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Timestamped, no_such_step
from realestate.models.payments.words import DemandState, InstallmentKind, InstallmentStatus


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
        ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "interest_of_id"],
            [f"installments.{name}" for name in ("builder_id", "booking_id", "customer_id", "id")],
            name="fk_installments_interest_of",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("interest_of_id", "interest_no"),
        CheckConstraint(
            "num_nonnulls(interest_of_id, interest_no, interest_until) IN (0, 3) AND (interest_of_id IS NULL OR kind = 'interest')",
            name="interest_of_a_line",
        ),
        CheckConstraint("(status = 'waived') = (waived_at IS NOT NULL)", name="waived_at_a_time"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("tax_amount BETWEEN 0 AND amount", name="tax_within_amount"),
        CheckConstraint("allocated BETWEEN 0 AND amount", name="allocated_within_amount"),
        CheckConstraint("status IN ('scheduled', 'cancelled') OR demanded_at IS NOT NULL", name="demanded_before_paid"),
        CheckConstraint(
            """CASE status WHEN 'paid' THEN allocated = amount AND amount > 0 WHEN 'partially_paid' THEN allocated > 0 AND allocated < amount
            ELSE allocated = 0 OR status IN ('waived', 'cancelled') END""",
            name="status_follows_money",
        ),
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
    interest_of_id: Mapped[int | None]
    """The line on whose delay it is interest, as its posting number `interest_no`, up to and with the day `interest_until`."""
    interest_no: Mapped[int | None] = mapped_column(Integer)
    interest_until: Mapped[date | None]
    waived_at: Mapped[datetime | None]

    if TYPE_CHECKING:  # what `sums` adds
        is_overdue: Mapped[bool]

    @property
    def outstanding(self) -> Decimal:
        return self.amount - self.allocated

    def change(self, amount: Decimal, tax: Decimal) -> None:
        """Another amount. Whether that is paid is asked anew of what is asked for already."""
        S = InstallmentStatus
        self.amount, self.tax_amount = amount, tax
        if self.status in (S.demanded, S.partially_paid, S.paid):
            self.status = S.demanded if self.allocated == 0 else S.paid if self.allocated == amount else S.partially_paid

    def waive(self, at: datetime) -> None:
        """What is left of it need not be paid. What two have agreed on."""
        self.status, self.waived_at = InstallmentStatus.waived, at

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
