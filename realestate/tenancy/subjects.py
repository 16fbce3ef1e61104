"""Whose a subject is: what people are told of, and what acts are done to. See `clerk`, which asks."""

from realestate.models.base import Base
from realestate.models.bookings import ACTIVE
from realestate.models.notifications import Subject
from realestate.tenancy.functions import DEFINER, Function

_ASSIGNEE = "(SELECT u.id FROM messages f JOIN users u ON u.id = f.assigned_to AND u.is_active WHERE f.id = t.conversation_id)"
TEAM = {
    "message": f"""CASE WHEN {_ASSIGNEE} IS NOT NULL THEN ARRAY[{_ASSIGNEE}]
        WHEN t.sender_side = 'builder' THEN ARRAY[]::bigint[] END""",
}
"""Who alone of the builder's team is told about a subject; where it is NULL, everybody with the permission."""


def _concerns() -> dict[str, tuple[str, str, str]]:
    """By subject: its table, its builder, and the customers whom it concerns."""
    nobody, parties = "ARRAY[]::bigint[]", "ARRAY(SELECT p.customer_id FROM booking_parties p WHERE p.booking_id = {})".format
    customers = {"bookings": parties("t.id"), "payments": parties("t.booking_id"), "installments": parties("t.booking_id")}
    customers |= {
        "change_requests": parties("t.booking_id"),
        "snags": parties("t.booking_id"),
        "holds": "ARRAY[t.customer_id]",
        "leads": "ARRAY[t.customer_id]",
    }
    customers |= {"users": "ARRAY[t.id]", "appointments": "array_remove(ARRAY[t.customer_id, t.assigned_to], NULL)"}  # both who meet
    customers |= {"messages": "CASE WHEN t.is_internal THEN ARRAY[]::bigint[] ELSE ARRAY[t.customer_id] END"}
    tables = {subject.value: f"{subject.value}s" for subject in Subject if subject is not Subject.job}  # which is nobody's
    tables |= {"progress": "project_progress", "update": "construction_updates", "setting": "system_settings", "enquiry": "enquiries"}
    return {
        subject: (table, "t.id" if table == "builders" else "t.builder_id", customers.get(table, nobody))
        for subject, table in tables.items()
    }


def _buyers() -> dict[str, tuple[str, str]]:
    """Of what concerns everybody with a firm booking in a project, the table and whom it is told: of a phase, those in its scope; of news,
    never more than its audience. Of a unit on show, those who follow it."""
    rows = {
        "project": ("projects", "b.project_id = t.id"),
        "progress": (
            "project_progress",
            "b.project_id = t.project_id AND t.customer_visible AND coalesce(t.unit_id, u.id) = u.id AND (t.tower IS NULL OR t.tower = u.tower)",
        ),
        "update": ("construction_updates", "b.project_id = t.project_id AND t.is_published AND t.audience <> 'internal'"),
    }
    active = tuple(status.value for status in ACTIVE)
    followers = "ARRAY(SELECT f.customer_id FROM favourites f WHERE f.unit_id = t.id AND t.is_published AND t.status <> 'unreleased')"
    return {"unit": ("units", followers)} | {
        subject: (
            table,
            f"""ARRAY(SELECT p.customer_id FROM bookings b JOIN booking_parties p ON p.booking_id = b.id JOIN units u ON u.id = b.unit_id
                WHERE b.status IN {active} AND b.reserve_expires_at IS NULL AND {condition})""",
        )
        for subject, (table, condition) in rows.items()
    }


BROADCASTS = tuple(_buyers())
"""What many customers hear of, and only its builder speaks of."""


def _project_of(table: str) -> str:
    return "t.id" if table == "projects" else "t.project_id" if "project_id" in Base.metadata.tables[table].columns else "NULL::bigint"


_WHOSE = "\n".join(
    f"""WHEN '{subject}' THEN RETURN QUERY SELECT {builder}, {_project_of(table)}, {customers}, {TEAM.get(subject, "NULL::bigint[]")}
        FROM {table} t WHERE t.id = subject_id;"""
    for subject, (table, builder, customers) in _concerns().items()
)
WHOSE = Function(
    "whose(text,bigint)",
    f"""
    -- Whose a subject is: its builder, its project if any, the customers whom it concerns, and who alone of the team. No row when there is
    -- no such thing. One branch a subject, because a statement that could look anywhere takes longer to set up than to run.
    CREATE FUNCTION whose(subject text, subject_id bigint)
        RETURNS TABLE (builder_id bigint, project_id bigint, customers bigint[], team bigint[]) STABLE ROWS 1 {DEFINER} AS $$
    #variable_conflict use_column
    BEGIN
        CASE subject {_WHOSE} ELSE RETURN; END CASE;
    END $$
    """,
)

_BUYERS = "\n".join(
    f"WHEN '{subject}' THEN RETURN (SELECT {customers} FROM {table} t WHERE t.id = subject_id);"
    for subject, (table, customers) in _buyers().items()
)
BUYERS = Function(
    "buyers(text,bigint)",
    f"""
    -- The customers who are told of what concerns a whole project; NULL for any other subject.
    CREATE FUNCTION buyers(subject text, subject_id bigint) RETURNS bigint[] STABLE {DEFINER} AS $$
    BEGIN
        CASE subject {_BUYERS} ELSE RETURN NULL; END CASE;
    END $$
    """,
)
