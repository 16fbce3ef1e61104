"""Keeping book of acts. Collected here, written by `database.transaction` just before its commit: both happen, or neither."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from realestate.database import Identity
from realestate.logs import request_id
from realestate.models.accounts import Role
from realestate.models.notifications import Subject


def record(session: AsyncSession, action: str, row: DeclarativeBase, *, actor_id: int | None = None, **details: Any) -> None:
    """Note that whoever this transaction speaks for did `action` to `row` (which has its id: flush first).

    The database knows who speaks and whose the row is. `actor_id` is only heard of the doorman, who lets people in before anybody
    speaks as them. No secrets in `details`.
    """
    identity: Identity = session.info["identity"]
    session.info["acts"].append(
        {
            "action": action,
            "subject": subject_of(row).value,
            "id": _id(row),
            "actor_id": actor_id,
            "system": identity.role is Role.worker,
            "details": details,
            "request_id": request_id.get(),
        }
    )


def subject_of(row: DeclarativeBase) -> Subject:
    """What kind of thing a row is, to those who read of it."""
    return Subject(getattr(row, "SUBJECT", type(row).__name__.lower()))


def _id(row: Any) -> int:
    assert row.id is not None, "flush first"
    return int(row.id)
