"""Messages and conversations, as said."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from realestate.models.base import Kind
from realestate.models.documents import Side
from realestate.models.messages import MessageType, ThreadState
from realestate.models.notifications import Priority
from realestate.schemas.base import Id, Input, Line, Page, Question, Said, Search, Text, Wire, sort_by
from realestate.schemas.documents import DocumentLink
from realestate.schemas.times import Moment


class MessageCreate(Input, json_schema_extra={"examples": [{"project_id": 7, "customer_id": 12, "content": "When may we see flat 1204?"}]}):
    """Something to say about a project. Customers write for themselves; a team says to whom."""

    project_id: Id
    content: Text
    customer_id: Id | None = Field(None, description="to whom the team writes; a customer may name itself only")
    recipient_id: Id | None = Field(
        None, description="the same; a customer may name somebody of the company, whose team decides who answers"
    )
    booking_id: Id | None = Field(None, description="a label: a booking of this customer's in this project")
    parent_message_id: Id | None = Field(None, description="the message of this conversation that is answered")
    subject: Line | None = None
    message_type: MessageType = MessageType.general
    priority: Priority = Priority.medium
    attachment_ids: list[Id] = Field([], max_length=10, description="documents of your side that have no place yet")
    attachment_url: str | None = Field(None, max_length=2000, description="the same, by one of our own links to a document")
    is_internal: bool = Field(False, description="a note of the team's, of which the customer never hears")


class ScheduledMessageCreate(
    MessageCreate,
    json_schema_extra={
        "examples": [{"project_id": 7, "customer_id": 12, "content": "See you at the site at ten.", "send_at": "2027-01-15T03:30:00Z"}]
    },
):
    """The same, to be said later."""

    send_at: Moment


class MessageOut(Wire):
    """`sender_name` is a person's, or to customers the company's. Of what was taken back only the fact is left: `content` is empty."""

    id: int
    conversation_id: int
    builder_id: int
    customer_id: int
    project_id: int
    booking_id: int | None
    sender_id: int
    sender_side: Side
    sender_name: str | None
    recipient_id: int | None
    parent_message_id: int | None
    subject: str | None
    content: str
    attachments: list[DocumentLink]
    message_type: MessageType
    priority: Priority
    is_internal: bool
    is_read: bool
    read_at: datetime | None
    created_at: datetime
    deleted_at: datetime | None


class MessagePage(Page):
    messages: list[MessageOut]


class MessageSearch(Search):
    conversation_id: Id | None = None
    project_id: Id | None = None
    customer_id: Id | None = None
    unread: bool | None = Field(None, description="what the other side has said and yours has not read")
    q: Line | None = Field(None, description="in content or subject")
    after: Id | None = Field(None, description="behind this id, oldest first unless `sort` says otherwise")
    before: Id | None = Field(None, description="below this id")
    sort: Annotated[str, sort_by("id")] = "-id"

    @model_validator(mode="before")
    @classmethod
    def _forward_from_a_cursor(cls, said: Any) -> Any:
        return {"sort": "id"} | said if isinstance(said, dict) and said.get("after") else said


class ConversationRead(Search):
    """What may be asked of one conversation: page 1 has the newest messages, each page its newest last."""

    sort: Annotated[str, sort_by("id")] = "-id"


class ReadReceipt(Said):
    count: int


class UnreadMessages(Wire):
    unread_count: int


class ConversationOut(Wire):
    """`last_message` leaves notes out; `unread_count` is of what the other side has said. A project out of sight has no name any more."""

    id: int
    customer_id: int
    project_id: int
    customer_name: str
    project_name: str | None
    last_message: str
    last_message_time: datetime
    unread_count: int


class ConversationPage(Page):
    conversations: list[ConversationOut]


class ConversationSearch(Search):
    project_id: Id | None = None
    unread: bool | None = None
    q: Line | None = Field(None, description="in the customer's name, the project's, or what was said")
    sort: Annotated[str, sort_by("last_message_time")] = "-last_message_time"


class ScheduledMessageOut(Wire):
    """Not sent yet. `failure` says why it could not be, such as a project that is gone."""

    id: int
    customer_id: int
    project_id: int
    sender_id: int
    content: str
    send_at: datetime
    failure: str | None
    created_at: datetime


# ── The team's ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Assigned(Kind):
    mine = "mine"
    unassigned = "unassigned"


class TeamConversation(ConversationOut):
    """As the team files it. A snooze that is over is open."""

    thread_state: ThreadState
    snoozed_until: datetime | None
    assigned_to: int | None
    assignee_name: str | None


class InboxStats(Wire):
    """Over all conversations; `mine` and `unassigned` are of the open ones, `unread` those with unread messages."""

    open: int
    mine: int
    unassigned: int
    snoozed: int
    closed: int
    unread: int


class InboxPage(Page):
    conversations: list[TeamConversation]
    stats: InboxStats


class InboxSearch(ConversationSearch):
    state: ThreadState | None = None
    assigned: Assigned | None = None
    assigned_to: Id | None = Field(None, description="a member of the team")
    customer_id: Id | None = None


class AssignmentCreate(Input, json_schema_extra={"examples": [{"assigned_to": 5}]}):
    assigned_to: Id = Field(description="a member of the team who may reply")


class SnoozeCreate(Input, json_schema_extra={"examples": [{"until": "2027-01-15T03:30:00Z"}]}):
    until: Moment


class CannedReplyCreate(
    Input,
    json_schema_extra={"examples": [{"title": "Site hours", "content": "Dear {customer_name}, {project_name} is open from 10 to 6."}]},
):
    """`{customer_name}` and `{project_name}` are filled in for a conversation; other braces are only braces."""

    title: Line
    content: Text


class CannedReplyUpdate(Input, json_schema_extra={"examples": [{"content": "Dear {customer_name}, we are open from 10 to 7."}]}):
    title: Line | None = None
    content: Text | None = None


class CannedReplyOut(Wire):
    """`text` is the content filled in for the conversation asked about, null without one."""

    id: int
    title: str
    content: str
    text: str | None
    updated_at: datetime


class CannedReplySearch(Question):
    conversation_id: Id | None = Field(None, description="whose names to fill in")
