"""What was done, and the seals on it."""

from realestate.models.audit import AuditEvent, AuditHead, AuditSeal
from realestate.tenancy.sentences.words import ALL, OURS, May, Sentences

WALL: Sentences = {
    AuditEvent: [
        May("builder", "read", OURS),
        May("admin worker", "read", ALL),
        May("clerk", "add", ALL),
    ],
    AuditSeal: [
        May("builder", "read", OURS),
        May("admin", "read", ALL),
        May("worker", "read add", ALL),
    ],
    AuditHead: [
        May("admin", "read", ALL),
        May("worker", "read add", ALL),
        May("worker", "change", ALL, only=("position", "hash")),
    ],
}
