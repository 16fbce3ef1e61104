"""Which part of a payment pays which line, and the numbers of papers."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified
from realestate.models.money import round_cents
from realestate.models.payments.words import Series


class Allocation(Identified, Base):
    """Which part of a payment pays which line: principal, tax and interest apart. Inserting one moves `allocated` on both sides."""

    __tablename__ = "allocations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id", "booking_id", "customer_id", "payment_id"],
            ["payments.builder_id", "payments.project_id", "payments.booking_id", "payments.customer_id", "payments.id"],
            name="fk_allocations_payment",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_allocations_installment",
            ondelete="RESTRICT",
        ),
        CheckConstraint("principal >= 0 AND tax >= 0 AND interest >= 0 AND principal + tax + interest > 0", name="something_not_negative"),
        Index("ix_allocations_payment_id", "payment_id"),
        Index("ix_allocations_installment_id", "installment_id"),
        Index("ix_allocations_customer_id", "customer_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    payment_id: Mapped[int]
    installment_id: Mapped[int]
    principal: Mapped[Decimal]
    tax: Mapped[Decimal] = mapped_column(server_default="0")
    interest: Mapped[Decimal] = mapped_column(server_default="0")

    @property
    def amount(self) -> Decimal:
        return self.principal + self.tax + self.interest

    def part(self, amount: Decimal) -> "Allocation":
        """Another one in its place, of so much, with tax and interest in proportion."""
        tax, interest = (round_cents(share * amount / self.amount) for share in (self.tax, self.interest))
        copied = ("builder_id", "project_id", "booking_id", "customer_id", "payment_id", "installment_id")
        said = {name: getattr(self, name) for name in copied}
        return Allocation(**said, principal=amount - tax - interest, tax=tax, interest=interest)


class NumberCounter(Base):
    """The last number drawn of a builder's series in a financial year: locked until commit, so that numbers have no gaps."""

    __tablename__ = "number_counters"

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"), primary_key=True)
    series: Mapped[Series] = mapped_column(primary_key=True)
    year: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)
