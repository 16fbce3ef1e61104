"""The inbox of whoever is signed in."""

from typing import Annotated

from fastapi import Response

from realestate import crud
from realestate.dependencies import UserReader, UserSession, answer, asked
from realestate.routing import Router
from realestate.schemas.base import Id
from realestate.schemas.notifications import NotificationFeed, NotificationOut, NotificationSearch, ReadAll, UnreadCount
from realestate.views.notifications import NOTIFICATION, NOTIFICATIONS, UNREAD_COUNT

router = Router(prefix="/api/notifications", tags=["notifications"])


@router.get("", response_model=NotificationFeed)
async def list_notifications(search: Annotated[NotificationSearch, asked(NotificationSearch)], read: UserReader) -> Response:
    """Newest first; with `after`, oldest first from there on, so that paging by the last `seq` misses none."""
    return await read.feed(NOTIFICATIONS, search)


@router.get("/unread-count", response_model=UnreadCount)
async def count_unread_notifications(read: UserReader) -> Response:
    """How many are unread, and where the inbox stands."""
    return await read.summary(UNREAD_COUNT)


@router.post("/read-all", response_model=ReadAll)
async def read_all_notifications(session: UserSession) -> ReadAll:
    """Mark everything read."""
    count = await crud.notifications.mark_all_read(session)
    return ReadAll(message="All notifications are read.", count=count)


@router.patch("/{notification_id}/read", response_model=NotificationOut)
async def read_notification(notification_id: Id, session: UserSession) -> Response:
    """Mark one read. Repeatable."""
    await crud.notifications.mark_read(session, notification_id)
    return await answer(session, NOTIFICATION, notification_id)
