"""Conversations between customers and builders: saying something, now or later, and how a team files them."""

from realestate.services.messages.filing import assign, close, reopen, snooze
from realestate.services.messages.saying import send, take_back
from realestate.services.messages.scheduling import deliver_due, schedule

__all__ = ["assign", "close", "deliver_due", "reopen", "schedule", "send", "snooze", "take_back"]
