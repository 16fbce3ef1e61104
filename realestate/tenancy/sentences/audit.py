"""What was done."""

from realestate.models.audit import AuditEvent
from realestate.tenancy.sentences.limits import UNLIMITED
from realestate.tenancy.sentences.words import ALL, OURS, May, Sentences

WALL: Sentences = {
    AuditEvent: [
        May("builder", "read", f"{OURS} AND {UNLIMITED}"),
        May("admin worker", "read", ALL),
        May("clerk", "add", ALL),
    ],
}
