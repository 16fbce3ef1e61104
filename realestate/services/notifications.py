"""Telling people. Who is told of what, and in which words, stands in `models.tellings`; the SQL function `tell` finds the persons behind it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.accounts import Role
from realestate.models.base import Base
from realestate.models.notifications import Event
from realestate.models.tellings import BY_CUSTOMERS, TELLINGS
from realestate.services import audit


def notify(session: AsyncSession, event: Event, row: Base, *, part: object = None, **params: Any) -> None:
    """Something happened to `row` (which has its id: flush first): audited, and told to everybody concerned, at the commit.

    Nobody is told of an act of their own, nor twice of the same event, unless `part` tells the times apart. `params` are texts, facts as people read them.
    """
    missing = TELLINGS[event].names - params.keys()
    assert not missing, f"{event.value} does not say {missing}"
    assert session.info["identity"].role is not Role.customer or event in BY_CUSTOMERS, f"customers bring about no {event.value}"
    subject = audit.subject_of(row)
    audit.record(session, event.value, row, **params)
    entry: dict[str, Any] = session.info["acts"][-1]
    session.info["events"].append(
        {
            "type": event.value,
            "subject": subject.value,
            "id": entry["id"],
            "part": part and str(part),
            "params": params,
            "action_url": getattr(row, "page", f"/{subject.value}s/{entry['id']}"),
        }
    )
