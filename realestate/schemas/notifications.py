"""Notifications, as said."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from realestate.models.notifications import Event, NotificationCategory, Priority, Subject
from realestate.schemas.base import Id, Question, Said, Whole, Wire


class NotificationOut(Wire):
    id: int
    seq: int
    type: Event
    category: NotificationCategory
    title: str
    message: str
    params: dict[str, Any]
    related_entity_type: Subject
    related_entity_id: int
    builder_id: int | None
    priority: Priority
    is_read: bool
    read_at: datetime | None
    action_url: str | None
    created_at: datetime


class NotificationFeed(Wire):
    """`seq` is the last number of this inbox, without gaps; it means something within one `epoch` only."""

    notifications: list[NotificationOut]
    unread_count: int
    epoch: str
    seq: int


class UnreadCount(Wire):
    unread_count: int
    epoch: str
    seq: int


class ReadAll(Said):
    count: int


class NotificationSearch(Question):
    unread_only: bool = False
    type: Event | None = None
    limit: Annotated[int, Whole] = Field(20, ge=1, le=100)
    after: Annotated[int, Field(ge=0, le=2**63 - 1), Whole] | None = Field(None, description="behind this seq, oldest first")
    before: Id | None = Field(None, description="below this seq, newest first")
