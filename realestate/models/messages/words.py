"""What messages and conversations may be."""

from realestate.models.base import Kind


class Side(Kind):
    """The two sides of a conversation, called as the roles are that speak for them."""

    customer = "customer"
    builder = "builder"


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
