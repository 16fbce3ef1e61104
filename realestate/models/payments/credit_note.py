"""The only way in which a demand is undone: whole, while nothing of it is paid, on paper."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from realestate.models.base import Base, Identified, Timestamped


class CreditNote(Identified, Timestamped, Base):
    """What was demanded, when and under which number; nobody changes it. Adding one takes the demand back (a trigger does): a line of the
    plan waits again, a charge or interest is cancelled."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            ["installments.builder_id", "installments.booking_id", "installments.customer_id", "installments.id"],
            name="fk_credit_notes_installment",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_credit_notes_created_by", ondelete="RESTRICT"
        ),
        UniqueConstraint("builder_id", "credit_no"),
        UniqueConstraint("builder_id", "demand_no"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_credit_notes_booking_id", "booking_id"),
        Index("ix_credit_notes_customer_id", "customer_id"),
        Index("ix_credit_notes_installment_id", "installment_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    installment_id: Mapped[int]
    credit_no: Mapped[str]
    name: Mapped[str]
    amount: Mapped[Decimal]
    tax_amount: Mapped[Decimal]
    currency: Mapped[str]
    demand_no: Mapped[str]
    demanded_at: Mapped[datetime]
    due_date: Mapped[date | None]
    """By when it had been asked for."""
    again_on: Mapped[date | None]
    """On which day it is demanded again; None: when what it waits for comes."""
    reason: Mapped[str]
    created_by: Mapped[int]
