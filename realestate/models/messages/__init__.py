"""What is said between a customer and a builder: one conversation per customer and project."""

from realestate.models.messages.kept import CannedReply, ScheduledMessage
from realestate.models.messages.message import BEGINS, TAKE_BACK_WITHIN, Message
from realestate.models.messages.shown import MY_SIDE, current_state, is_unread
from realestate.models.messages.words import MessageType, ThreadState

__all__ = [
    "BEGINS",
    "MY_SIDE",
    "TAKE_BACK_WITHIN",
    "CannedReply",
    "Message",
    "MessageType",
    "ScheduledMessage",
    "ThreadState",
    "current_state",
    "is_unread",
]
