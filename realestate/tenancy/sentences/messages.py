"""Messages, those for later, and answers given often."""

from realestate.models.messages import BEGINS, CannedReply, Message, ScheduledMessage
from realestate.tenancy.sentences.words import ALL, ME, MINE, OUR_CUSTOMERS, OURS, May, Sentences

TEAM_ONLY = ("thread_state", "assigned_to", "snoozed_until")
MESSAGE_TO_CUSTOMERS = tuple(column.name for column in Message.__table__.columns if column.name not in TEAM_ONLY)
READ = ("is_read", "read_at", "updated_at")
TAKEN_BACK = ("content", "subject", "deleted_at")
OPEN_TO_BOTH = "NOT is_internal"
FROM_BUILDER, FROM_CUSTOMER = "sender_side = 'builder'", "sender_side = 'customer'"
BEGINNING = f"sender_id = {ME} AND created_at = now() AND NOT is_read AND deleted_at IS NULL AND assigned_to IS NULL"
# Who goes on with a conversation need not see the project any more; the row's conversation has been found by the database.
PROJECT_IN_SIGHT = f"(NOT {BEGINS} OR EXISTS (SELECT FROM projects p WHERE p.id = project_id))".replace("NOT id =", "id <>")
# The same of what is for later, so that no project betrays itself by being refused in another way than one that is not there.
PROJECT_OR_TALK_IN_SIGHT = """(EXISTS (SELECT FROM projects p WHERE p.id = scheduled_messages.project_id)
    OR EXISTS (SELECT FROM messages m WHERE m.customer_id = scheduled_messages.customer_id AND m.project_id = scheduled_messages.project_id))"""
NOT_SENT_YET = "failed_at IS NULL AND send_at > now()"

WALL: Sentences = {
    Message: [
        May("customer", "read", f"{MINE} AND {OPEN_TO_BOTH}", only=MESSAGE_TO_CUSTOMERS),
        May("customer", "add", f"{MINE} AND {FROM_CUSTOMER} AND {OPEN_TO_BOTH} AND {BEGINNING} AND {PROJECT_IN_SIGHT}"),
        May("customer", "change", f"{MINE} AND {OPEN_TO_BOTH}", only=(*READ, *TAKEN_BACK)),
        May("builder", "read", OURS),
        May("builder", "add", f"{OURS} AND {FROM_BUILDER} AND customer_id = {OUR_CUSTOMERS} AND {BEGINNING}"),
        May("builder", "change", OURS, only=(*READ, *TAKEN_BACK, *TEAM_ONLY)),
        May("admin", "read", ALL),
        May("clerk", "read", ALL),
        May("clerk", "change", ALL, only=("last_message_id", "thread_state", "snoozed_until")),
        May("worker", "read add change remove", ALL),
    ],
    ScheduledMessage: [
        May("customer", "read", f"{MINE} AND {FROM_CUSTOMER}"),
        May("customer", "add", f"{MINE} AND {FROM_CUSTOMER} AND sender_id = {ME} AND {NOT_SENT_YET} AND {PROJECT_OR_TALK_IN_SIGHT}"),
        May("customer", "change", f"{MINE} AND {FROM_CUSTOMER}", only=("updated_at",)),
        May("customer", "remove", f"{MINE} AND {FROM_CUSTOMER}"),
        May("builder", "read", f"{OURS} AND {FROM_BUILDER}"),
        May("builder", "add", f"{OURS} AND {FROM_BUILDER} AND sender_id = {ME} AND customer_id = {OUR_CUSTOMERS} AND {NOT_SENT_YET}"),
        May("builder", "change", f"{OURS} AND {FROM_BUILDER}", only=("updated_at",)),
        May("builder", "remove", f"{OURS} AND {FROM_BUILDER}"),
        May("clerk", "read", ALL),
        May("worker", "read add change remove", ALL),
    ],
    CannedReply: [
        May("builder", "read add change remove", OURS),
        May("worker", "read add change remove", ALL),
    ],
}
