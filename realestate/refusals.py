"""What the database said, in words of the business."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout, TooManyRequests
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError

from realestate.errors import CONSTRAINTS, Conflict, Forbidden, Invalid, Transient, Unavailable
from realestate.logs import log

REPEATABLE = ("40001", "40P01")
"""A serialisation failure, a deadlock: nothing was kept, do it again."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise what a client may see, or Transient when nothing was kept and all of it may be done again."""
    try:
        yield
    except (PoolTimeout, TooManyRequests, PoolExhausted) as error:
        raise Unavailable from error
    except StaleDataError as error:
        raise Conflict("CHANGED_MEANWHILE", "Somebody else has just changed this. Please look again.") from error
    except (psycopg.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        refusal = _refusal(cause) if isinstance(cause, psycopg.Error) else None
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: psycopg.Error) -> Exception | None:
    state, constraint = error.sqlstate, error.diag.constraint_name or ""
    if is_lost(error) or state in REPEATABLE:
        return Transient()
    if constraint in CONSTRAINTS:
        return Conflict(*CONSTRAINTS[constraint])
    if state != "55P03":  # what we have no words for should not have come so far
        log.warning("refused by the database", state=state, constraint=constraint, said=error.diag.message_primary)
    match error:
        case errors.LockNotAvailable():
            return Conflict("BUSY", "Somebody else is changing this right now. Please try again.", headers={"Retry-After": "1"})
        case errors.QueryCanceled() | errors.InsufficientResources():
            return Unavailable()
        case errors.InsufficientPrivilege():
            return Forbidden(detail="This is not yours to change.")
        case errors.ForeignKeyViolation() | errors.RestrictViolation():
            return Conflict("REFERENCED", "Something that this refers to, or that refers to this, stands in the way.")
        case errors.UniqueViolation() | errors.ExclusionViolation():
            return Conflict("ALREADY_EXISTS", "This already exists.")
        case errors.CheckViolation() | errors.NotNullViolation() | psycopg.DataError():
            return Invalid("A value is not acceptable.")
    return None


def is_lost(error: psycopg.Error) -> bool:
    """Whether the line is dead (no SQLSTATE), or the server said goodbye or is not ready yet (class 57P, 08); not when none was free."""
    if isinstance(error, PoolTimeout | TooManyRequests):  # which psycopg_pool counts among the operational errors
        return False
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate or "57P").startswith(("57P", "08"))


@contextmanager
def commit_unknown() -> Iterator[None]:
    """A line lost during the commit leaves it open whether the commit happened: doing it again could do it twice."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error) and is_lost(error.orig):
            raise Unavailable("The connection was lost while saving; it may or may not have been done.", "OUTCOME_UNKNOWN") from error
        raise
