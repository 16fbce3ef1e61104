"""Bookings, money and inboxes, mapped the same way; sums and states of payment are computed by the database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, FetchedValue, Integer, case, cast, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship
from usual.models import Base, Customer, Project, Unit, key


class Installment(Base):
    __tablename__ = "installments"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int] = key("bookings.id")
    customer_id: Mapped[int]
    seq: Mapped[int]
    name: Mapped[str]
    amount: Mapped[int]
    allocated: Mapped[int] = mapped_column(server_default="0")
    trigger: Mapped[dict]
    status: Mapped[str]
    due_date: Mapped[date | None]
    demanded_at: Mapped[datetime | None]


class Payment(Base):
    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = key("bookings.id")
    kind: Mapped[str]
    amount: Mapped[int]
    status: Mapped[str]


class Booking(Base):
    __tablename__ = "bookings"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int]
    project_id: Mapped[int] = key("projects.id")
    unit_id: Mapped[int] = key("units.id")
    customer_id: Mapped[int] = key("customers.id")
    booking_number: Mapped[str] = mapped_column(server_default=FetchedValue())
    status: Mapped[str]
    status_reason: Mapped[str | None]
    payment_plan: Mapped[str | None]
    plan_snapshot: Mapped[dict]
    cost_sheet: Mapped[dict]
    token_amount: Mapped[int]
    total_amount: Mapped[int]
    currency: Mapped[str]
    booking_date: Mapped[datetime] = mapped_column(server_default=func.now())
    reserve_expires_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    promised_possession_date: Mapped[date | None]
    needs_loan: Mapped[bool]
    special_requests: Mapped[str | None]
    agreement_url: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    unit: Mapped[Unit] = relationship()
    customer: Mapped[Customer] = relationship()
    project: Mapped[Project] = relationship()


def of_booking(value: Any, table: Any, *where: Any) -> Any:
    return select(value).where(table.booking_id == Booking.id, *where).correlate_except(table).scalar_subquery()


LIVE = Installment.status.not_in(["cancelled", "waived"])
OWED = Installment.status.in_(["demanded", "partially_paid"])
GRACE = func.coalesce(cast(Project.rules["grace_days"].astext, Integer), 0)
TODAY = select(cast(func.timezone(Project.timezone, func.now()), Date) - GRACE).where(Project.id == Booking.project_id)
LATE = Installment.due_date < TODAY.correlate(Booking).scalar_subquery()
SIGNED = case((Payment.kind == "refund", -Payment.amount), else_=Payment.amount)
CLEARED = Payment.status.in_(["completed", "partially_refunded", "refunded"])

Booking.paid_amount = column_property(of_booking(func.coalesce(func.sum(SIGNED), 0), Payment, CLEARED))
Booking.pending_amount = column_property(
    of_booking(func.coalesce(func.sum(Installment.amount - Installment.allocated), 0), Installment, LIVE)
)
Booking.payment_status = column_property(
    case(
        (of_booking(func.count(), Installment, OWED, LATE) > 0, "overdue"),
        (of_booking(func.count(), Installment, LIVE, Installment.allocated > 0) == 0, "unpaid"),
        (of_booking(func.count(), Installment, LIVE, Installment.allocated < Installment.amount) > 0, "partial"),
        else_="paid",
    )
)


class BookingParty(Base):
    __tablename__ = "booking_parties"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int]
    project_id: Mapped[int]
    booking_id: Mapped[int] = key("bookings.id")
    owner_id: Mapped[int]
    customer_id: Mapped[int]
    role: Mapped[str]
    share: Mapped[int]


class Lead(Base):
    __tablename__ = "leads"
    id: Mapped[int] = mapped_column(primary_key=True)
    builder_id: Mapped[int]
    customer_id: Mapped[int]
    source: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class NotificationCounter(Base):
    __tablename__ = "notification_counters"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]


class Notification(Base):
    __tablename__ = "notifications"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    builder_id: Mapped[int | None]
    seq: Mapped[int]
    type: Mapped[str]
    category: Mapped[str]
    title: Mapped[str]
    message: Mapped[str]
    params: Mapped[dict]
    related_entity_type: Mapped[str]
    related_entity_id: Mapped[int]
    priority: Mapped[str]
    action_url: Mapped[str | None]
    dedupe_key: Mapped[str]
