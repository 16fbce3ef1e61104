"""What a notification says, and how urgent it is, follow from what has happened: `models.tellings`, as SQL."""

import json
from collections.abc import Iterator

from realestate.models.accounts import PERMISSIONS
from realestate.models.notifications import Event
from realestate.models.tellings import BY_CUSTOMERS, LEGAL, NAMES, TELLINGS, Telling
from realestate.tenancy.functions import DEFINER, Function

LONG = ("reason", "why")
"""What people explain; everything else is a name, an amount or a date."""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _message(template: str) -> str:
    """A text with its places filled from `params`; what they say is not looked through for places again."""
    texts, names = NAMES.split(template)[::2], NAMES.findall(template)
    filled = (f" || (params ->> '{name}') || {_quoted(text)}" for name, text in zip(names, texts[1:], strict=True))
    return _quoted(texts[0]) + "".join(filled)


def _fixed(event: Event, telling: Telling) -> dict[str, object]:
    roles = {role.value for permission in telling.permissions for role in PERMISSIONS[permission]}
    urgency = {"category": telling.category.value, "priority": telling.priority.value, "is_legal": event in LEGAL}
    return {
        "title": telling.title,
        **urgency,
        "roles": sorted(roles),
        "to_customers": telling.customers,
        "by_customers": event in BY_CUSTOMERS,
    }


def _branches() -> Iterator[str]:
    for event, telling in TELLINGS.items():
        fixed = _quoted(json.dumps(_fixed(event, telling), ensure_ascii=False))
        yield f"WHEN '{event.value}' THEN RETURN {fixed}::jsonb || jsonb_build_object('message', {_message(telling.message)});"


TELLING = Function(
    "telling(text,jsonb)",
    f"""
    -- What is said of an event, to whom and how loudly. One branch an event, as in `whose`. `params` are words of the caller's: names on one
    -- line, and reasons.
    CREATE FUNCTION telling(event text, params jsonb) RETURNS jsonb IMMUTABLE {DEFINER} AS $$
    BEGIN
        IF EXISTS (SELECT FROM jsonb_each_text(params) AS said (name, words)
                WHERE length(words) > 5000 OR name NOT IN {LONG} AND (length(words) > 500 OR words ~ '[[:cntrl:]]')) THEN
            RAISE EXCEPTION 'no name is as long as this' USING ERRCODE = 'check_violation', CONSTRAINT = 'params_are_names';
        END IF;
        CASE event
            {chr(10).join(_branches())}
            ELSE RAISE EXCEPTION 'there is no such event' USING ERRCODE = 'check_violation', CONSTRAINT = 'type';
        END CASE;
    END $$
    """,
)
