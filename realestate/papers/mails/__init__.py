"""Mails, from rows to what is sent."""

from realestate.papers.mails.letters import (
    LANGUAGES,
    LIVES,
    Letter,
    language,
    of_code,
    of_digest,
    of_invitation,
    of_notification,
    page,
    said,
)
from realestate.papers.mails.messages import bodies, message, one_line

__all__ = [
    "LANGUAGES",
    "LIVES",
    "Letter",
    "bodies",
    "language",
    "message",
    "of_code",
    "of_digest",
    "of_invitation",
    "of_notification",
    "one_line",
    "page",
    "said",
]
