"""What messages and conversations may be."""

from realestate.models.base import Kind


class MessageType(Kind):
    inquiry = "inquiry"
    complaint = "complaint"
    update = "update"
    general = "general"
    support = "support"


class ThreadState(Kind):
    """How the team files a conversation. A customer's message opens it again, and so does the clock when a snooze is over."""

    open = "open"
    closed = "closed"
    snoozed = "snoozed"
