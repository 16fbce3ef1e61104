"""What a buyer has been reminded of, once each, and when nobody is to remind them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped
from realestate.models.payments.installment import booking_key


class ReminderKind(Kind):
    due_soon = "due_soon"
    overdue = "overdue"


class Reminder(Identified, Timestamped, Base):
    """A rung of the ladder: so many days before a line is due, or after. Each at most once a line; counted against the caps of its project."""

    __tablename__ = "reminders"
    __table_args__ = (
        booking_key("reminders"),
        ForeignKeyConstraint(
            ["builder_id", "booking_id", "customer_id", "installment_id"],
            [f"installments.{name}" for name in ("builder_id", "booking_id", "customer_id", "id")],
            name="fk_reminders_installment",
            ondelete="RESTRICT",
        ),
        UniqueConstraint("installment_id", "kind", "days"),
        CheckConstraint("days BETWEEN 1 AND 365", name="days_within_a_year"),
        Index("ix_reminders_booking_id", "booking_id", "created_at"),
        Index("ix_reminders_builder_id", "builder_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    installment_id: Mapped[int]
    kind: Mapped[ReminderKind]
    days: Mapped[int] = mapped_column(Integer)


class DunningPause(Identified, Timestamped, Base):
    """Until and with a day, a booking's buyer is not reminded. One at a time; those before it stay on record."""

    __tablename__ = "dunning_pauses"
    __table_args__ = (
        booking_key("dunning_pauses"),
        ForeignKeyConstraint(
            ["builder_id", "created_by"], ["users.builder_id", "users.id"], name="fk_dunning_pauses_created_by", ondelete="RESTRICT"
        ),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        Index("uq_dunning_pauses_booking", "booking_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
        Index("ix_dunning_pauses_builder_id", "builder_id"),
    )

    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int]
    customer_id: Mapped[int]
    until: Mapped[date]
    reason: Mapped[str]
    created_by: Mapped[int]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
