"""One table: messages, and on the first of each conversation how the team files it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from realestate.errors import Conflict
from realestate.models.base import Base, Identified, Stateful, Timestamped, no_such_step
from realestate.models.documents import Document, Side
from realestate.models.messages.words import MessageType, ThreadState
from realestate.models.notifications import Priority

T = ThreadState
TAKE_BACK_WITHIN = timedelta(minutes=15)
BEGINS = "id = conversation_id"
"""The first message of a conversation, in SQL."""
_TEAM: dict[str, Any] = {"deferred": True, "deferred_group": "team", "deferred_raiseload": True}


class Message(Identified, Timestamped, Stateful, Base):
    """One thing said. The database finds `conversation_id` (`tenancy.conversations`): the first message of this customer on this project.

    What only a first message has is how the conversation stands; all but `last_message_id` of that is hidden from customers.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "id"),
        Index("uq_messages_conversation", "customer_id", "project_id", unique=True, postgresql_where=text(BEGINS)),
        Index("ix_messages_inbox", "builder_id", desc("last_message_id").nulls_last(), postgresql_where=text(BEGINS)),
        Index("ix_messages_unread", "conversation_id", "sender_side", postgresql_where=text("NOT is_read AND NOT is_internal")),
        Index("ix_messages_assigned_to", "assigned_to", "customer_id", postgresql_where=text("assigned_to IS NOT NULL")),
        Index("ix_messages_builder_id", "builder_id", desc("id")),
        Index("ix_messages_customer_id", "customer_id", desc("id")),
        ForeignKeyConstraint(
            ["builder_id", "project_id"], ["projects.builder_id", "projects.id"], name="fk_messages_project", ondelete="RESTRICT"
        ),
        ForeignKeyConstraint(
            ["builder_id", "project_id", "customer_id", "booking_id"],
            ["bookings.builder_id", "bookings.project_id", "bookings.customer_id", "bookings.id"],
            name="fk_messages_booking",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["conversation_id", "parent_message_id"],
            ["messages.conversation_id", "messages.id"],
            name="fk_messages_parent",
            ondelete="RESTRICT",
        ),
        ForeignKeyConstraint(
            ["builder_id", "assigned_to"], ["users.builder_id", "users.id"], name="fk_messages_assignee", ondelete="RESTRICT"
        ),
        CheckConstraint("(id = conversation_id) = (thread_state IS NOT NULL)", name="first_has_the_state"),
        CheckConstraint("(id = conversation_id) = (last_message_id IS NOT NULL)", name="first_knows_the_last"),
        CheckConstraint("id = conversation_id OR assigned_to IS NULL", name="first_is_assigned"),
        CheckConstraint("(snoozed_until IS NOT NULL) = (thread_state IS NOT DISTINCT FROM 'snoozed')", name="snooze_has_an_end"),
        CheckConstraint("id <> conversation_id OR NOT is_internal", name="begins_openly"),
        CheckConstraint("sender_side = 'builder' OR NOT is_internal", name="notes_are_the_teams"),
        CheckConstraint("is_read = (read_at IS NOT NULL)", name="read_at_a_time"),
        CheckConstraint("(content = '') = (deleted_at IS NOT NULL)", name="empty_when_taken_back"),
    )
    EDGES: ClassVar = {
        "close": ((T.open, T.snoozed), T.closed),
        "snooze": ((T.open, T.snoozed), T.snoozed),
        "reopen": ((T.closed, T.snoozed), T.open),
    }

    builder_id: Mapped[int] = mapped_column(ForeignKey("builders.id", ondelete="RESTRICT"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="RESTRICT"))
    project_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="RESTRICT"))
    booking_id: Mapped[int | None]
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="RESTRICT"))
    sender_side: Mapped[Side]
    parent_message_id: Mapped[int | None]
    subject: Mapped[str | None]
    content: Mapped[str]
    message_type: Mapped[MessageType] = mapped_column(server_default=MessageType.general)
    priority: Mapped[Priority] = mapped_column(server_default=Priority.medium)
    is_internal: Mapped[bool] = mapped_column(server_default="false")
    """A note of the team's, of which the customer never hears."""
    is_read: Mapped[bool] = mapped_column(server_default="false")
    """By the other side."""
    read_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    last_message_id: Mapped[int | None]
    """Of the conversation, notes left out."""
    status: Mapped[ThreadState | None] = mapped_column("thread_state", **_TEAM)
    assigned_to: Mapped[int | None] = mapped_column(**_TEAM)
    snoozed_until: Mapped[datetime | None] = mapped_column(**_TEAM)

    attachments: Mapped[list[Document]] = relationship(
        primaryjoin="""and_(Document.subject == 'message', foreign(Document.subject_id) == Message.id, Document.side == Message.sender_side,
            Document.builder_id == Message.builder_id, Document.customer_id == Message.customer_id)""",
        order_by=Document.id,
        lazy="raise",
        viewonly=True,
    )
    """Named by the documents, of which no key holds that they are the sender's to add: so it is asked."""

    if TYPE_CHECKING:  # of what models.messages.shown adds
        customer_name: Mapped[str]
        project_name: Mapped[str | None]
        unread_count: Mapped[int]

    def take_back(self, sender_id: int, now: datetime) -> None:
        """As if it had never been said: by its sender, within minutes, while the other side has not read it."""
        if self.sender_id != sender_id or self.deleted_at:
            raise Conflict("NOT_YOURS_TO_TAKE_BACK", "A message is taken back by whoever has written it, once.")
        if self.is_read:
            raise Conflict("ALREADY_READ", "This has been read already.")
        if self.created_at < now - TAKE_BACK_WITHIN:
            raise Conflict("TOO_LATE_TO_TAKE_BACK", f"That is possible for {TAKE_BACK_WITHIN.seconds // 60} minutes.")
        self.deleted_at, self.content, self.subject = now, "", None

    # ── The first of a conversation, for all of it ──────────────────────────────────────────────────────────────────────────

    def close(self) -> None:
        """Nothing waits for the team, until the customer writes again."""
        self.take("close")
        self.snoozed_until = None

    def snooze(self, until: datetime) -> None:
        """Out of the team's way for a while."""
        self.take("snooze")
        self.snoozed_until = until

    def reopen(self) -> None:
        """Back among what waits for the team."""
        self.take("reopen")
        self.snoozed_until = None

    def may(self, event: str) -> None:
        if event not in self.allowed:
            raise no_such_step("conversation", self.status or T.open, event, self.allowed)
