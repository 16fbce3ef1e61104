"""What leaves the house, by mail or phone, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Kind, Timestamped


class Channel(Kind):
    """The ways out of the app."""

    email = "email"
    sms = "sms"
    push = "push"


class Purpose(Kind):
    """Why something is sent."""

    notification = "notification"
    digest = "digest"
    verify_email = "verify_email"
    reset_password = "reset_password"
    team_invitation = "team_invitation"
    customer_invitation = "customer_invitation"


class DeliveryState(Kind):
    """Suppressed: there is nobody to send it to any more, or no way."""

    queued = "queued"
    sent = "sent"
    failed = "failed"
    suppressed = "suppressed"


class Delivery(Identified, Timestamped, Base):
    """One message to one person by one way. Written in the transaction of what it tells of, sent later, at least once.

    Whoever sends it first moves `next_try_at` beyond the time that sending may take, and commits; a crash brings it back then.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notification_id", "channel"),
        Index("uq_deliveries_digest", "user_id", "digest_at", unique=True, postgresql_where=text("purpose = 'digest'")),
        Index("ix_deliveries_due", "next_try_at", postgresql_where=text("state = 'queued'")),
        Index("ix_deliveries_digest_id", "digest_id", postgresql_where=text("digest_id IS NOT NULL")),
        CheckConstraint("sealed IS NULL OR state = 'queued'", name="no_secret_stays"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_at_some_time"),
        CheckConstraint("(purpose = 'notification') = (notification_id IS NOT NULL)", name="notification_is_named"),
        CheckConstraint("(purpose = 'digest') = (digest_at IS NOT NULL)", name="digest_has_a_time"),
        CheckConstraint("(purpose IN ('team_invitation', 'customer_invitation')) = (invite_id IS NOT NULL)", name="invitation_is_named"),
        CheckConstraint("user_id IS NOT NULL OR invite_id IS NOT NULL OR purpose = 'reset_password'", name="to_somebody"),
    )

    purpose: Mapped[Purpose]
    channel: Mapped[Channel]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    """To whom. Null for who is invited, and for an address that asks for a new password: whose it is, is found out when it is sent."""
    notification_id: Mapped[int | None] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"))
    invite_id: Mapped[int | None] = mapped_column(ForeignKey("invites.id", ondelete="CASCADE"))
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    """The digest in which this goes along, instead of on its own."""
    digest_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the message has to say and nobody else may read: gone as soon as it is sent."""
    state: Mapped[DeliveryState] = mapped_column(server_default=DeliveryState.queued)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    """Null for what goes along with a digest."""
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
