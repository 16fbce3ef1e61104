"""What reserves leave in the database: compared once, removed after every load."""

from dataclasses import dataclass
from typing import Any

import psycopg

TABLES = ("bookings", "booking_parties", "installments", "notifications", "leads", "audit_events")
TOUCHED = ("units", "notification_counters", *TABLES)

# What one booking has written, without what differs by itself: numbers and times.
WRITTEN = """
    SELECT jsonb_build_object(
        'booking', to_jsonb(k) - '{id,booking_number,created_at,updated_at,booking_date,reserve_expires_at}'::text[],
        'installments', (SELECT jsonb_agg(to_jsonb(i) - '{id,booking_id,created_at,updated_at,demanded_at}'::text[] ORDER BY seq)
            FROM installments i WHERE booking_id = k.id),
        'parties', (SELECT jsonb_agg(to_jsonb(p) - '{id,booking_id,created_at,updated_at}'::text[]) FROM booking_parties p WHERE booking_id = k.id),
        'unit', (SELECT jsonb_build_array(status, customer_id, hold_expires_at = k.reserve_expires_at) FROM units WHERE id = k.unit_id),
        'leads', (SELECT count(*) FROM leads WHERE (builder_id, customer_id) = (k.builder_id, k.customer_id)),
        'told', (SELECT jsonb_agg(jsonb_build_array(user_id, seq, type, title, priority, category, related_entity_type,
                split_part(replace(message, k.booking_number, ''), ' is due by ', 1), params - '{number,until}'::text[],
                params ->> 'until' = to_char(k.reserve_expires_at AT TIME ZONE 'UTC', 'DD Mon YYYY, HH24:MI "UTC"')) ORDER BY user_id)
            FROM notifications WHERE related_entity_type = 'booking' AND related_entity_id = k.id)
    ) FROM bookings k WHERE k.unit_id = %s ORDER BY k.id DESC LIMIT 1"""
COUNTERS = """
    UPDATE notification_counters c SET seq = coalesce((SELECT max(seq) FROM notifications n WHERE n.user_id = c.user_id), 0)
    WHERE user_id = ANY (%s)"""
FREE = "UPDATE units SET status = 'available', customer_id = NULL, hold_expires_at = NULL WHERE id = ANY (%s)"


@dataclass(frozen=True)
class Before:
    """The last rows that the data set itself has. Kept in the copy, which nobody writes to, so that a run that was killed leaves nothing."""

    last: dict[str, int]

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> "Before":
        return cls({table: connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0] for table in TABLES})  # type: ignore[index]  # noqa: S608


def written(connection: psycopg.Connection[Any], unit: int) -> Any:
    row = connection.execute(WRITTEN, [unit]).fetchone()
    return row and row[0]


def undo(connection: psycopg.Connection[Any], before: Before) -> None:
    """As if nothing had happened, dead rows included, so that the last peer finds the same tables as the first."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # no triggers: all that they guard goes together
        units = [id for (id,) in connection.execute("SELECT unit_id FROM bookings WHERE id > %s", [before.last["bookings"]])]
        told = [
            id for (id,) in connection.execute("SELECT DISTINCT user_id FROM notifications WHERE id > %s", [before.last["notifications"]])
        ]
        for table, last in before.last.items():
            connection.execute(f"DELETE FROM {table} WHERE id > %s", [last])  # noqa: S608
        connection.execute(COUNTERS, [told])
        connection.execute(FREE, [units])
    connection.execute(f"VACUUM {', '.join(TOUCHED)}")
