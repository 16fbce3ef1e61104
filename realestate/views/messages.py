"""Messages and conversations: to customers what the wall shows them, to a team also how it files them."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from realestate.models.accounts import Customer
from realestate.models.base import CALLER
from realestate.models.messages import CannedReply, Message, ScheduledMessage, ThreadState, current_state, is_unread
from realestate.models.projects import Project
from realestate.reading import Collection, Detail, Listing, Summary, as_object, contains
from realestate.schemas.messages import (
    Assigned,
    CannedReplyOut,
    ConversationPage,
    InboxPage,
    MessageOut,
    MessagePage,
    ScheduledMessageOut,
    TeamConversation,
)

MESSAGE = Detail(Message, MessageOut, path="/api/messages")

MESSAGES = Listing(
    Message,
    MessagePage,
    sorts={"id": Message.id},
    filters={
        "conversation_id": Message.conversation_id == bindparam("conversation_id"),
        "project_id": Message.project_id == bindparam("project_id"),
        "customer_id": Message.customer_id == bindparam("customer_id"),
        "unread": is_unread(Message) == bindparam("unread", type_=Boolean),
        "q": or_(contains(Message.content, "q"), contains(Message.subject, "q")),
        "after": Message.id > bindparam("after"),
        "before": Message.id < bindparam("before"),
    },
)

_BEGINS = Message.id == Message.conversation_id

CONVERSATION = Listing(
    Message,
    MessagePage,
    sorts={"id": Message.id},
    filters={
        "customer_id": Message.customer_id == bindparam("customer_id"),
        "project_id": Message.project_id == bindparam("project_id"),
    },
    parent=or_(
        and_(
            select(Project.id).where(Project.id == bindparam("project_id")).exists(),
            select(Customer.id).where(Customer.id == bindparam("customer_id")).exists(),
        ),
        select(Message.id).where(Message.customer_id == bindparam("customer_id"), Message.project_id == bindparam("project_id")).exists(),
    ),
    said_by="id",
)

# ── Conversations: the first message of each ────────────────────────────────────────────────────────────────────────────────

_said = aliased(Message)


def _any_said(where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Looked for once and hashed, not once per conversation."""
    return Message.id.in_(select(_said.conversation_id).where(where))


_SORTS = {"last_message_time": Message.last_message_id}
_FILTERS: dict[str, ColumnElement[bool]] = {
    "project_id": Message.project_id == bindparam("project_id"),
    "unread": _any_said(is_unread(_said)) == bindparam("unread", type_=Boolean),
    "q": or_(  # each found once
        Message.customer_id.in_(select(Customer.id).where(contains(Customer.full_name, "q"))),
        Message.project_id.in_(select(Project.id).where(contains(Project.project_name, "q"))),
        _any_said(contains(_said.content, "q")),
    ),
}

CONVERSATIONS = Listing(Message, ConversationPage, sorts=_SORTS, filters=_FILTERS, where=_BEGINS)

_IS_OPEN = current_state(Message) == ThreadState.open


def _count(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.count().filter(condition)


INBOX = Listing(
    Message,
    InboxPage,
    sorts=_SORTS,
    filters=_FILTERS
    | {
        "state": current_state(Message) == bindparam("state"),
        "assigned": case(
            (bindparam("assigned") == Assigned.mine.value, Message.assigned_to == CALLER), else_=Message.assigned_to.is_(None)
        ),
        "assigned_to": Message.assigned_to == bindparam("assigned_to"),
        "customer_id": Message.customer_id == bindparam("customer_id"),
    },
    where=_BEGINS,
    extras={
        "stats": as_object(
            select(
                _count(_IS_OPEN).label("open"),
                _count(and_(_IS_OPEN, Message.assigned_to == CALLER)).label("mine"),
                _count(and_(_IS_OPEN, Message.assigned_to.is_(None))).label("unassigned"),
                _count(current_state(Message) == ThreadState.snoozed).label("snoozed"),
                _count(current_state(Message) == ThreadState.closed).label("closed"),
                _count(_any_said(is_unread(_said))).label("unread"),
            ).where(_BEGINS)
        )
    },
)
UNREAD = select(func.count()).where(is_unread(_said)).scalar_subquery()
CONVERSATION_FIGURES = select(
    _count(_IS_OPEN).label("open"),
    _count(_any_said(is_unread(_said))).label("unread"),
    UNREAD.label("unread_messages"),
).where(_BEGINS)
FILED = Detail(Message, TeamConversation)
"""A conversation, by the id of its first message."""

UNREAD_MESSAGES = Summary({"unread_count": UNREAD})

# ── Not said yet ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SCHEDULED_MESSAGE = Detail(ScheduledMessage, ScheduledMessageOut, path="/api/messages/scheduled")
SCHEDULED_MESSAGES = Collection(
    ScheduledMessage, ScheduledMessageOut, where=literal_column("true"), order=(ScheduledMessage.send_at, ScheduledMessage.id)
)
CANNED_REPLY = Detail(CannedReply, CannedReplyOut, path="/api/builder/canned-replies")
CANNED_REPLIES = Collection(CannedReply, CannedReplyOut, where=literal_column("true"), order=(CannedReply.title, CannedReply.id))
