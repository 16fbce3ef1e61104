"""Units and holds in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, DateTime, Text, bindparam, case, cast, func, literal, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, undefer_group
from sqlalchemy.orm.attributes import set_committed_value

from realestate.errors import Conflict, NotFound
from realestate.models.accounts import Role
from realestate.models.bookings import Booking, BookingParty, BookingStatus
from realestate.models.notifications import Event, Notification, Subject
from realestate.models.projects import Project
from realestate.models.units import Hold, HoldEnd, Unit, UnitStatus, claim_is_over_at
from realestate.writing import Command

ENDS = "YYYYMMDDHH24MI"
"""What tells apart the ends of a hold that is extended: `part` of what is told of them."""


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
_OF_UNIT = ("id", "builder_id", "project_id", "tower", "unit_number", "price", "price_lines", "status", "customer_id", "version")
_OF_PROJECT = ("project_name", "rules", "payment_plans", "currency", "timezone", "jurisdiction", "promised_possession_date")
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
    """The hold that a held unit has, run out or not. Conflict NOT_HELD for a member of the team who does not look after its holder."""
    hold = await session.scalar(select(Hold).where(Hold.unit_id == unit_id, Hold.ended_at.is_(None)))
    if hold is None:
        raise Conflict("NOT_HELD", "There is no running hold of yours on this unit.")
    return hold


async def count_running_holds(session: AsyncSession, project_id: int, customer_id: int) -> int:
    """How many units of the project the customer holds at this moment."""
    running = select(func.count(Hold.id)).where(Hold.ended_at.is_(None), Hold.expires_at > func.now())
    return (await session.scalars(running.where(Hold.project_id == project_id, Hold.customer_id == customer_id))).one()


async def count_recent_holds(session: AsyncSession, unit_id: int, customer_id: int, within: timedelta) -> int:
    """How often the customer has lately taken this very unit out of others' hands: by a hold, or by a reserve given back before it was
    allotted. A hold that became a reserve is not counted beside it."""
    since = func.now() - within
    holds = select(func.count(Hold.id)).where(Hold.created_at > since, Hold.ended_by.is_distinct_from(HoldEnd.reserved))
    reserves = select(func.count(Booking.id)).where(Booking.status == BookingStatus.cancelled, Booking.booking_date > since)
    of_holds = holds.where(Hold.unit_id == unit_id, Hold.customer_id == customer_id).scalar_subquery()
    of_reserves = reserves.where(Booking.unit_id == unit_id, Booking.customer_id == customer_id, Booking.confirmed_at.is_(None))
    counted: int = (await session.scalars(select(of_holds + of_reserves.scalar_subquery()))).one()
    return counted


# ── What is due ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def due_claims(session: AsyncSession, most: int, after: tuple[Any, int] | None = None) -> Sequence[tuple[Any, int]]:
    """When the hold or unpaid reserve of a unit has run out, and of which, the longest ago first: in the order of their index, for most
    units have no claim on them. Not locked."""
    place = Unit.hold_expires_at, Unit.id
    due = select(*place).where(Unit.claim_is_over)
    due = due.where(tuple_(*place) > after) if after else due
    return [(ended_at, unit_id) for ended_at, unit_id in await session.execute(due.order_by(*place).limit(most))]


async def take_due_claim(session: AsyncSession, unit_id: int) -> Unit | None:
    """One of them, locked; None when somebody else has it in hand or has been faster."""
    due = select(Unit).where(Unit.id == unit_id, Unit.claim_is_over).with_for_update(of=Unit, skip_locked=True)
    return await session.scalar(due.options(joinedload(Unit.project, innerjoin=True), undefer_group("private")))


_BY_ITSELF, _BY_THE_TEAM = timedelta(minutes=5), timedelta(hours=48)
_WARNED = case((Hold.created_by == Hold.customer_id, _BY_ITSELF), else_=_BY_THE_TEAM)


async def take_ending_holds(session: AsyncSession, most: int) -> Sequence[tuple[Hold, Unit]]:
    """Holds that end in five minutes, those of the team in two days, were made or extended before that, and whose holders have not been
    told. What another worker has in hand is left to it."""
    end = func.to_char(func.timezone("UTC", Hold.expires_at), ENDS)
    key = func.concat_ws(":", Event.hold_expiring.value, Subject.hold.value, cast(Hold.id, Text), end)
    said = select(Notification.id).where(Notification.user_id == Hold.customer_id, Notification.dedupe_key == key)
    ending = (
        select(Hold, Unit)
        .join(Unit, Unit.id == Hold.unit_id)
        .where(Unit.status == UnitStatus.held, Unit.hold_expires_at.between(func.now(), func.now() + _BY_THE_TEAM), Hold.ended_at.is_(None))
        .where(Hold.expires_at <= func.now() + _WARNED, Hold.updated_at <= Hold.expires_at - _WARNED, ~said.exists())
        .options(joinedload(Unit.project, innerjoin=True))
    )
    rows = await session.execute(ending.order_by(Hold.id).limit(most).with_for_update(of=Hold, skip_locked=True))
    return [(hold, unit) for hold, unit in rows]


async def claimants(session: AsyncSession, unit_ids: Sequence[int]) -> set[int]:
    """To which customers some units may say more than to everybody: whose they are, and whoever has a booking of them. By the system."""
    wanted = func.any(cast(list(unit_ids), ARRAY(BigInteger)))
    party = select(BookingParty.customer_id).join(Booking, Booking.id == BookingParty.booking_id).where(Booking.unit_id == wanted)
    whose = select(Unit.customer_id).where(Unit.id == wanted, Unit.customer_id.is_not(None))
    bookers = select(Booking.customer_id).where(Booking.unit_id == wanted)
    return {one for one in await session.scalars(union(party, whose, bookers)) if one is not None}
