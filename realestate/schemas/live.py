"""What a client says on an open socket, and what of a topic is told."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from realestate.compiling import Says
from realestate.models.bookings import BookingPaymentStatus, BookingStatus
from realestate.models.messages import ThreadState
from realestate.models.units import ShownStatus
from realestate.schemas.base import Amount, Id, Input, NotBool, Question, Wire


class Cursor(Question):
    """Where a client wants to go on, asked in the URL by those who show their token in a header."""

    epoch: Annotated[str, StringConstraints(max_length=64)] | None = None
    after: int | None = Field(None, ge=0, le=2**63 - 1)


class Auth(Input):
    """Who is there. With `epoch` and `after` it goes on behind that number. On an open socket: the same user, with a fresh token."""

    type: Literal["auth"]
    token: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    epoch: Annotated[str, StringConstraints(max_length=64)] | None = None
    after: Annotated[int, Field(ge=0, le=2**63 - 1), NotBool] | None = None


class Subscribe(Input):
    type: Literal["subscribe", "unsubscribe"]
    topic: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Read(Input):
    """Mark a notification read."""

    type: Literal["read"]
    id: Id


class Ping(Input):
    type: Literal["ping"]


ClientFrame = TypeAdapter[Auth | Subscribe | Read | Ping](Annotated[Auth | Subscribe | Read | Ping, Field(discriminator="type")])


# ── Topics ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitNews(Wire):
    """Of `project:{id}:inventory`: as this audience may see it."""

    unit_id: Annotated[int, Says("id")]
    status: Annotated[ShownStatus, Says("shown_status")]
    price: Amount
    version: int


class TeamUnitNews(UnitNews):
    status: Annotated[ShownStatus, Says("current_status")]


class BookingNews(Wire):
    """Of `booking:{id}`."""

    booking_id: Annotated[int, Says("id")]
    status: Annotated[BookingStatus, Says("current_status")]
    payment_status: BookingPaymentStatus
    paid_amount: Amount
    pending_amount: Amount
    version: int


class ConversationNews(Wire):
    """Of `conversation:{id}`. Notes of the team are no news to anybody."""

    conversation_id: Annotated[int, Says("id")]
    last_message_id: int | None
    last_message_time: datetime | None
    unread_count: int


class TeamConversationNews(ConversationNews):
    thread_state: ThreadState | None
    assigned_to: int | None
