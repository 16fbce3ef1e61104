"""Escrow accounts: their lines follow from what is done elsewhere, and are nobody's to write."""

from realestate.models.escrow import EscrowEntry, EscrowWithdrawal
from realestate.tenancy.sentences.words import ALL, ME, MINE, MY_BOOKINGS, OURS, May, Sentences

WALL: Sentences = {
    EscrowEntry: [
        May("customer", "read", f"{MINE} OR booking_id = {MY_BOOKINGS}"),
        May("builder", "read", OURS),
        May("admin worker", "read", ALL),
        May("clerk", "read add", ALL),
    ],
    EscrowWithdrawal: [
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND created_by = {ME} AND status = 'pending'"),
        May("builder", "change", OURS, only=("status", "decided_by", "decided_at", "rejection_reason", "updated_at")),
        May("admin clerk", "read", ALL),
        May("worker", "read add change", ALL),
    ],
}
