"""What was done."""

from realestate.models.audit import AuditEvent
from realestate.tenancy.sentences.words import ALL, OURS, May, Sentences

WALL: Sentences = {
    AuditEvent: [
        May("builder", "read", OURS),
        May("admin worker", "read", ALL),
        May("clerk", "add", ALL),
    ],
}
