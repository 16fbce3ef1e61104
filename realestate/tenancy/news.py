"""Tells every process which rows have changed, by id only: what of them somebody may see, each process asks in that somebody's name."""

from realestate.tenancy.functions import DEFINER, Function

MOST_IDS, MOST_TOPICS = 100, 1000
"""Units named in one word, and words in one statement. Beyond that it is said that there were many, or nothing: the rows are the truth."""

ANNOUNCE = Function(
    "announce(text,text)",
    f"""
    -- Heard after the commit, if ever: by NOTIFY, or where the processes listen elsewhere (`app.bus`) by the one that commits, which finds it here.
    CREATE FUNCTION announce(channel text, said text) RETURNS void {DEFINER} AS $$
    BEGIN
        IF coalesce(current_setting('app.bus', true), '') = '' THEN
            PERFORM pg_notify(channel, said);
        ELSE
            PERFORM set_config('app.announced',
                concat_ws(E'\\n', nullif(current_setting('app.announced', true), ''), channel || ' ' || said), true);
        END IF;
    END $$
    """,
)


def _shown(row: str) -> str:
    return f"({row}.is_published AND {row}.status <> 'unreleased')"


def _told(said: str, rows: str) -> str:
    return f"PERFORM announce('topics', said.topic) FROM (SELECT DISTINCT {said} AS topic FROM {rows} LIMIT {MOST_TOPICS}) AS said;"


def _inventory(ids: str, rows: str) -> str:
    return f"""PERFORM announce('topics', 'project:' || said.project_id || ':inventory ' || CASE WHEN said.n > {MOST_IDS} THEN '*' ELSE said.ids END)
        FROM (SELECT one.project_id, count(*) AS n, string_agg({ids}, ',') AS ids FROM {rows} GROUP BY one.project_id) AS said;"""


def _news(name: str, tables: tuple[str, ...], **bodies: str) -> Function:
    """Statement by statement, because a thousand rows are one piece of news."""
    seen = {"insert": "NEW TABLE AS fresh", "update": "OLD TABLE AS former NEW TABLE AS fresh", "delete": "OLD TABLE AS former"}
    branches = "\n".join(f"IF TG_OP = '{when.upper()}' THEN {body} END IF;" for when, body in bodies.items())
    return Function(
        f"{name}()",
        f"CREATE FUNCTION {name}() RETURNS trigger {DEFINER} AS $$ BEGIN {branches} RETURN NULL; END $$",
        triggers=tuple(
            f"CREATE TRIGGER {name}_{when} AFTER {when.upper()} ON {table} REFERENCING {seen[when]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            for table in tables
            for when in bodies
        ),
    )


_UNIT = "(one.status, one.price, one.version, one.customer_id, one.is_published)"
_LEFT = f"one.id || CASE WHEN {_shown('o')} AND NOT {_shown('one')} THEN '-' ELSE '' END"
_SAID = "fresh AS one CROSS JOIN LATERAL (VALUES ('conversation:' || one.conversation_id), ('builder:' || one.builder_id || ':inbox')) AS to_ (whom)"

NEWS = (
    ANNOUNCE,
    _news(
        "units_are_news",
        ("units",),
        insert=_inventory("one.id::text", "fresh AS one"),
        # a minus: visitors have seen it, and do not see it any more
        update=_inventory(
            _LEFT, f"fresh AS one JOIN former AS o ON o.id = one.id AND {_UNIT} IS DISTINCT FROM {_UNIT.replace('one.', 'o.')}"
        ),
        delete=_inventory(f"one.id || CASE WHEN {_shown('one')} THEN '-' ELSE '' END", "former AS one"),
    ),
    _news(
        "bookings_are_news",
        ("bookings",),
        insert=_told("'booking:' || one.id", "fresh AS one"),
        update=_told("'booking:' || one.id", "fresh AS one"),
    ),
    _news(
        "payments_are_news",
        ("payments",),
        insert=_told("'booking:' || one.booking_id", "fresh AS one"),
        update=_told("'booking:' || one.booking_id", "fresh AS one"),
    ),
    _news("messages_are_news", ("messages",), insert=_told("to_.whom", _SAID), update=_told("to_.whom", _SAID)),
)
