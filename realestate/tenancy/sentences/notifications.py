"""Inboxes."""

from realestate.models.notifications import InboxEpoch, Notification, NotificationCounter
from realestate.tenancy.sentences.words import ALL, MY_INBOX, May, Sentences

WALL: Sentences = {
    Notification: [
        May("customer builder admin", "read", MY_INBOX),
        May("customer builder admin", "change", MY_INBOX, only=("is_read", "read_at", "updated_at")),
        May("clerk", "read add", ALL),
        May("worker", "read add change remove", ALL),
    ],
    NotificationCounter: [
        May("customer builder admin", "read", MY_INBOX),
        May("clerk", "read add", ALL),
        May("clerk", "change", ALL, only=("seq",)),
        May("worker", "read add change remove", ALL),
    ],
    InboxEpoch: [
        May("customer builder admin", "read", ALL),
        May("worker", "read add change", ALL),
    ],
}
