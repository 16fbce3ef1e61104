"""What PostgreSQL holds of conversations by itself, whoever writes: where a message belongs, how its conversation stands, who may change it."""

from realestate.models.messages import TAKE_BACK_WITHIN
from realestate.tenancy.functions import DEFINER, Function

FIND = Function(
    "message_finds_conversation()",
    f"""
    -- Nobody says where a message belongs: it goes on with what this customer and project have, or begins it. Of two that begin at the
    -- same moment the unique index refuses one.
    CREATE FUNCTION message_finds_conversation() RETURNS trigger {DEFINER} AS $$
    BEGIN
        NEW.conversation_id := coalesce((SELECT m.id FROM messages m WHERE m.customer_id = NEW.customer_id AND m.project_id = NEW.project_id
            AND m.id = m.conversation_id), NEW.id);
        IF NEW.conversation_id = NEW.id THEN
            NEW.thread_state := 'open';
            NEW.last_message_id := NEW.id;
        ELSE
            NEW.thread_state := NULL;
            NEW.last_message_id := NULL;
        END IF;
        NEW.snoozed_until := NULL;
        IF NEW.sender_side = 'customer' AND EXISTS (SELECT FROM messages m WHERE m.id = NEW.parent_message_id AND m.is_internal) THEN
            NEW.parent_message_id := 0;  -- to a customer a note is not there: the key refuses both alike
        END IF;
        RETURN NEW;
    END $$
    """,
    triggers=(
        "CREATE TRIGGER message_finds_conversation BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION message_finds_conversation()",
    ),
)

ARRIVE = Function(
    "message_arrives()",
    f"""
    -- Of notes the conversation shows nothing. What the customer says opens it again.
    CREATE FUNCTION message_arrives() RETURNS trigger {DEFINER} AS $$
    BEGIN
        UPDATE messages SET last_message_id = NEW.id,
            thread_state = CASE NEW.sender_side WHEN 'customer' THEN 'open' ELSE thread_state END,
            snoozed_until = CASE NEW.sender_side WHEN 'builder' THEN snoozed_until END
        WHERE id = NEW.conversation_id;
        RETURN NULL;
    END $$
    """,
    triggers=(
        """CREATE TRIGGER message_arrives AFTER INSERT ON messages FOR EACH ROW
        WHEN (NEW.id <> NEW.conversation_id AND NOT NEW.is_internal) EXECUTE FUNCTION message_arrives()""",
    ),
)

_ME = "nullif(current_setting('app.user_id', true), '')::bigint"  # the WHEN of a trigger has no sub-select
_READ_CHANGES = "(NEW.is_read, NEW.read_at) IS DISTINCT FROM (OLD.is_read, OLD.read_at)"
_WORDS_CHANGE = "(NEW.content, NEW.subject, NEW.deleted_at) IS DISTINCT FROM (OLD.content, OLD.subject, OLD.deleted_at)"
_READ_NOW_BY_THE_OTHER_SIDE = "NOT OLD.is_read AND NEW.read_at = now() AND split_part(current_setting('role'), '_', 2) <> OLD.sender_side"
_TAKEN_BACK = f"""OLD.sender_id = {_ME} AND NOT OLD.is_read AND OLD.deleted_at IS NULL AND NEW.deleted_at = now() AND NEW.subject IS NULL
    AND OLD.created_at > now() - interval '{TAKE_BACK_WITHIN.seconds} seconds'"""

STAND = (
    ("receipts_stand", f"{_READ_CHANGES} AND ({_READ_NOW_BY_THE_OTHER_SIDE}) IS NOT TRUE"),
    ("words_stand", f"{_WORDS_CHANGE} AND ({_TAKEN_BACK}) IS NOT TRUE"),
)
"""What a change of a message is refused by, and when (see `invariants.REFUSE`)."""

CONVERSATIONS = (FIND, ARRIVE)
