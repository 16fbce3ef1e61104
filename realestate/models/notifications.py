"""What people are told. Rows are written by the SQL function `tell` alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, desc, func, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped


class Event(Kind):
    """What can happen that somebody is told of (domain.md §7). On the wire: a notification's `type`."""

    hold_created = "hold_created"
    hold_extended = "hold_extended"
    hold_released = "hold_released"
    hold_expiring = "hold_expiring"
    hold_expired = "hold_expired"
    unit_price_changed = "unit_price_changed"
    unit_released = "unit_released"
    enquiry_received = "enquiry_received"
    booking_inquired = "booking_inquired"
    booking_waitlisted = "booking_waitlisted"
    booking_reserved = "booking_reserved"
    booking_token_paid = "booking_token_paid"
    booking_confirmed = "booking_confirmed"
    booking_rejected = "booking_rejected"
    booking_expired = "booking_expired"
    booking_cancelled = "booking_cancelled"
    booking_offered = "booking_offered"
    booking_offer_missed = "booking_offer_missed"
    booking_signed = "booking_signed"
    booking_registered = "booking_registered"
    booking_possession_offered = "booking_possession_offered"
    booking_acknowledged = "booking_acknowledged"
    booking_handed_over = "booking_handed_over"
    booking_joined = "booking_joined"
    booking_left = "booking_left"
    plan_proposed = "plan_proposed"
    plan_agreed = "plan_agreed"
    plan_proposal_ended = "plan_proposal_ended"
    booking_transferred = "booking_transferred"
    booking_swapped = "booking_swapped"
    booking_default_notice = "booking_default_notice"
    cancellation_requested = "cancellation_requested"
    cancellation_withdrawn = "cancellation_withdrawn"
    cancellation_settled = "cancellation_settled"
    transfer_requested = "transfer_requested"
    transfer_ended = "transfer_ended"
    takeover_ended = "takeover_ended"
    discount_requested = "discount_requested"
    discount_decided = "discount_decided"
    kyc_doc_rejected = "kyc_doc_rejected"
    snag_reported = "snag_reported"
    snag_answered = "snag_answered"
    demand_drafted = "demand_drafted"
    demand_issued = "demand_issued"
    demand_credited = "demand_credited"
    waiver_requested = "waiver_requested"
    line_waived = "line_waived"
    payment_due_soon = "payment_due_soon"
    payment_overdue = "payment_overdue"
    payment_at_risk = "payment_at_risk"
    receipt_cleared = "receipt_cleared"
    interest_credited = "interest_credited"
    receipt_bounced = "receipt_bounced"
    receipt_refunded = "receipt_refunded"
    payment_failed = "payment_failed"
    payment_orphaned = "payment_orphaned"
    payment_questioned = "payment_questioned"
    refund_requested = "refund_requested"
    refund_approved = "refund_approved"
    refund_rejected = "refund_rejected"
    escrow_requested = "escrow_requested"
    escrow_withdrawn = "escrow_withdrawn"
    escrow_rejected = "escrow_rejected"
    agreement_generated = "agreement_generated"
    signature_due = "signature_due"
    change_request_submitted = "change_request_submitted"
    change_request_reviewed = "change_request_reviewed"
    change_request_quoted = "change_request_quoted"
    change_request_accepted = "change_request_accepted"
    change_request_declined = "change_request_declined"
    change_request_rejected = "change_request_rejected"
    change_request_withdrawn = "change_request_withdrawn"
    change_request_expired = "change_request_expired"
    change_request_started = "change_request_started"
    change_request_completed = "change_request_completed"
    appointment_booked = "appointment_booked"
    appointment_confirmed = "appointment_confirmed"
    appointment_rescheduled = "appointment_rescheduled"
    appointment_cancelled = "appointment_cancelled"
    appointment_completed = "appointment_completed"
    appointment_no_show = "appointment_no_show"
    appointment_assigned = "appointment_assigned"
    appointment_reminder = "appointment_reminder"
    progress_phase_updated = "progress_phase_updated"
    progress_certified = "progress_certified"
    progress_corrected = "progress_corrected"
    update_published = "update_published"
    possession_date_shifted = "possession_date_shifted"
    builder_verified = "builder_verified"
    message_new = "message_new"
    conversation_assigned = "conversation_assigned"
    team_invited = "team_invited"
    role_changed = "role_changed"
    login_new_device = "login_new_device"
    password_changed = "password_changed"


class NotificationCategory(Kind):
    booking = "booking"
    payment = "payment"
    appointment = "appointment"
    progress = "progress"
    message = "message"
    system = "system"


class Priority(Kind):
    low = "low"
    medium = "medium"
    high = "high"
    critical = "critical"


class Subject(Kind):
    """What an event or an audit row is about."""

    user = "user"
    builder = "builder"
    project = "project"
    unit = "unit"
    hold = "hold"
    booking = "booking"
    installment = "installment"
    payment = "payment"
    appointment = "appointment"
    progress = "progress"
    update = "update"
    setting = "setting"
    message = "message"
    change_request = "change_request"
    invite = "invite"
    lead = "lead"
    snag = "snag"
    job = "job"
    escrow_withdrawal = "escrow_withdrawal"
    enquiry = "enquiry"


class NotificationCounter(Base):
    """The last number given to a user: locked until commit, so that a user's numbers have no gaps and are in commit order."""

    __tablename__ = "notification_counters"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"), primary_key=True)
    seq: Mapped[int]


class InboxEpoch(Base):
    """One row: the life of these inboxes. Changes when a backup is restored, so that clients know their `seq` means nothing any more."""

    __tablename__ = "inbox_epoch"
    __table_args__ = (CheckConstraint("only_row", name="one_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    epoch: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())


class Notification(Identified, Timestamped, Base):
    """One thing one user should know, numbered per user without gaps."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "seq"),
        UniqueConstraint("user_id", "dedupe_key"),
        Index("ix_notifications_inbox", "user_id", desc("seq"), postgresql_where=text("archived_at IS NULL")),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("archived_at IS NULL AND NOT is_read")),
        Index("ix_notifications_unrouted", "id", postgresql_where=text("NOT is_routed")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    builder_id: Mapped[int | None] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    seq: Mapped[int]
    type: Mapped[Event]
    category: Mapped[NotificationCategory]
    title: Mapped[str]
    message: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    locale: Mapped[str] = mapped_column(server_default="en")
    related_entity_type: Mapped[Subject]
    related_entity_id: Mapped[int]
    priority: Mapped[Priority] = mapped_column(server_default=Priority.medium)
    is_read: Mapped[bool] = mapped_column(server_default="false")
    read_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    action_url: Mapped[str | None]
    dedupe_key: Mapped[str]
    is_routed: Mapped[bool] = mapped_column(server_default="false")
    """Whether it has been decided which ways it takes out of the app; what became of them stands in `Delivery`."""
