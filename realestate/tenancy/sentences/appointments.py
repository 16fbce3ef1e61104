"""Appointments, and the addresses of calendars."""

from realestate.models.appointments import Appointment, CalendarFeed
from realestate.tenancy.sentences.words import ALL, MINE, MY_INBOX, OURS, May, Sentences

SHOWN_TO_CUSTOMERS = tuple(column.key for column in Appointment.__mapper__.column_attrs if column.group != "private")
STEP = ("status", "cancel_reason", "ical_sequence", "version", "updated_at")

# Nobody but the system writes one down: which times are offered follows from other people's hours. `invariants` hold the steps.
WALL: Sentences = {
    Appointment: [
        May("customer", "read", MINE, only=SHOWN_TO_CUSTOMERS),
        May(
            "customer",
            "change",
            f"{MINE} AND (status IN ('scheduled', 'confirmed') AND change_until > now() OR status = 'completed')",
            becoming=f"{MINE} AND status IN ('cancelled', 'rescheduled', 'completed')",
            only=(*STEP, "rating"),
        ),
        May("builder", "read", OURS),
        May(
            "builder",
            "change",
            OURS,
            only=(*STEP, "assigned_to", "host_name", "meeting_url", "agenda", "internal_notes", "outcome"),
        ),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    CalendarFeed: [
        May("customer builder", "read", MY_INBOX, only=("user_id", "created_at")),
        May("customer builder", "add", MY_INBOX),
        May("customer builder", "change", MY_INBOX, only=("token_hash", "created_at")),
        May("customer builder", "remove", MY_INBOX),
        May("doorman", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
}
