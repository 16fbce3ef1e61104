"""Units and holds in the database."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import DateTime, bindparam, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer_group
from sqlalchemy.orm.attributes import set_committed_value

from realestate.errors import Conflict, NotFound
from realestate.models.accounts import Role
from realestate.models.projects import Project
from realestate.models.units import Hold, Unit, UnitStatus, claim_is_over_at
from realestate.writing import Command


class Claim(NamedTuple):
    """A locked unit with its project, whether the hold or unpaid reserve on it has run out, and the database's time."""

    unit: Unit
    is_over: bool
    now: datetime


async def lock(session: AsyncSession, unit_id: int) -> Claim:
    """The unit, ours until commit. The wall lets a customer lock only what it may claim or has claimed: UNIT_NOT_AVAILABLE else."""
    now = literal(session.info["now"], DateTime(timezone=True)) if "now" in session.info else func.now()  # demo data live in the past
    statement = select(Unit, claim_is_over_at(Unit, now), now).where(Unit.id == unit_id).with_for_update(of=Unit)
    is_team = session.info["identity"].role is not Role.customer
    whole = statement.options(joinedload(Unit.project, innerjoin=True), *([undefer_group("private")] if is_team else []))
    row = (await session.execute(whole.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise await _refusal(session, unit_id)
    unit, is_over, moment = row
    if not is_team:  # SQLAlchemy would fetch it after the UPDATE, for it has a default; customers may not see what is private
        set_committed_value(unit, "price_history", [])
    return Claim(unit, bool(is_over), moment)


_NOW = func.coalesce(bindparam("now", type_=DateTime(timezone=True)), func.now())
_OF_UNIT = ("id", "builder_id", "project_id", "tower", "unit_number", "price", "status", "customer_id", "version")
_OF_PROJECT = ("project_name", "rules", "currency", "timezone", "promised_possession_date")
_CLAIM = Command(
    select(
        *(getattr(Unit, name) for name in _OF_UNIT),
        *(getattr(Project, name) for name in _OF_PROJECT),
        claim_is_over_at(Unit, _NOW).label("is_over"),
        _NOW.label("now"),
    )
    .join(Unit.project)
    .where(Unit.id == bindparam("unit"))
    .with_for_update(of=Unit)
)


async def claim(session: AsyncSession, unit_id: int) -> Claim:
    """The same, but no more of it than a reserve needs, and not watched by the session: `bookings.enter` writes what becomes of it."""
    row = await _CLAIM(session, unit=unit_id, now=session.info.get("now"))
    if row is None:
        raise await _refusal(session, unit_id)
    unit = Unit(**{name: getattr(row, name) for name in _OF_UNIT}, project=Project(**{name: getattr(row, name) for name in _OF_PROJECT}))
    return Claim(unit, bool(row.is_over), row.now)


async def _refusal(session: AsyncSession, unit_id: int) -> NotFound | Conflict:
    if await session.scalar(select(Unit.id).where(Unit.id == unit_id)) is None:
        return NotFound(detail="There is no such unit.")
    return Conflict("UNIT_NOT_AVAILABLE", "This unit is not available.")


async def get(session: AsyncSession, unit_id: int) -> Unit:
    """The unit with its project, not locked."""
    unit = await session.scalar(select(Unit).where(Unit.id == unit_id).options(joinedload(Unit.project, innerjoin=True)))
    if unit is None:
        raise NotFound(detail="There is no such unit.")
    return unit


async def is_free(session: AsyncSession, unit_id: int) -> bool:
    """Whether anybody may claim it now: available, or a claim on it has run out."""
    return await session.scalar(select(Unit.current_status).where(Unit.id == unit_id)) == UnitStatus.available


async def get_open_hold(session: AsyncSession, unit_id: int) -> Hold:
    """The hold that a held unit has, run out or not."""
    return (await session.scalars(select(Hold).where(Hold.unit_id == unit_id, Hold.ended_at.is_(None)))).one()


async def count_running_holds(session: AsyncSession, project_id: int, customer_id: int) -> int:
    """How many units of the project the customer holds at this moment."""
    running = select(func.count(Hold.id)).where(Hold.ended_at.is_(None), Hold.expires_at > func.now())
    return (await session.scalars(running.where(Hold.project_id == project_id, Hold.customer_id == customer_id))).one()


async def count_recent_holds(session: AsyncSession, unit_id: int, customer_id: int, within: timedelta) -> int:
    """How often the customer has lately taken a hold on this very unit."""
    recent = select(func.count(Hold.id)).where(Hold.created_at > func.now() - within)
    return (await session.scalars(recent.where(Hold.unit_id == unit_id, Hold.customer_id == customer_id))).one()
