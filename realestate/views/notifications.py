"""A user's inbox."""

from sqlalchemy import Text, bindparam, cast, func, select

from realestate.models.notifications import InboxEpoch, Notification, NotificationCounter
from realestate.reading import Detail, Feed, Stream, Summary
from realestate.schemas.notifications import NotificationFeed, NotificationOut

NOTIFICATION = Detail(Notification, NotificationOut)

UNREAD = select(func.count()).where(~Notification.is_read, Notification.archived_at.is_(None)).scalar_subquery()

_INBOX = {
    "unread_count": UNREAD,
    "epoch": select(cast(InboxEpoch.epoch, Text)).scalar_subquery(),
    "seq": func.coalesce(select(NotificationCounter.seq).scalar_subquery(), 0),
}

NOTIFICATIONS = Feed(
    Notification,
    NotificationFeed,
    cursor=Notification.seq,
    filters={"unread_only": ~Notification.is_read, "type": Notification.type == bindparam("type")},
    extras=_INBOX,
)

UNREAD_COUNT = Summary(_INBOX)

NEWS = Stream(Notification, NotificationOut, Notification.seq, _INBOX)
"""For open sockets: what is behind a number, with how the inbox stands."""
