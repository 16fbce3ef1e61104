"""What is written before it is said: messages for later, and answers that a team gives often."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from realestate.models.base import Base, Identified, Timestamped
from realestate.models.documents import Side


class ScheduledMessage(Identified, Timestamped, Base):
    """A message that is sent when its time has come, and is none until then: so nothing of it can be seen, counted or searched."""

    __tablename__ = "scheduled_messages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_scheduled_messages_project", ondelete="CASCADE"
        ),
        CheckConstraint("(failed_at IS NULL) = (failure IS NULL)", name="failure_has_a_reason"),
        Index("ix_scheduled_messages_due", "send_at", postgresql_where=text("failed_at IS NULL")),
        Index("ix_scheduled_messages_builder_id", "builder_id", "project_id"),
        Index("ix_scheduled_messages_customer_id", "customer_id"),
    )

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    project_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    sender_side: Mapped[Side]
    content: Mapped[str]
    said: Mapped[dict[str, Any]]
    """All that was asked for, to be sent as if it were asked then."""
    send_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class CannedReply(Identified, Timestamped, Base):
    """An answer that a builder's team gives often. `{customer_name}` and `{project_name}` are filled in for a conversation."""

    __tablename__ = "canned_replies"
    __table_args__ = (UniqueConstraint("builder_id", "title"),)

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    title: Mapped[str]
    content: Mapped[str]
