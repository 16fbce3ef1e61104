"""Change requests in the database: found and locked. Lock the booking first when both change."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import DateTime, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.bookings import Booking
from realestate.models.change_requests import ChangeRequest, ChangeRequestStatus
from realestate.models.payments import Installment, PlanAmendment
from realestate.models.progress import ProjectProgress as P
from realestate.models.projects import Project
from realestate.models.units import Unit

BATCH = 500


class Found(NamedTuple):
    """A locked request, the project that it is about, and the database's time."""

    request: ChangeRequest
    project: Project
    now: datetime


async def lock(session: AsyncSession, request_id: int) -> Found:
    """The request, ours until commit. The wall lets a customer lock only what it may still answer."""
    wanted = (
        select(ChangeRequest, Project, _now(session))
        .join(Project, Project.id == ChangeRequest.project_id)
        .where(ChangeRequest.id == request_id)
    )
    locked = wanted.with_for_update(of=ChangeRequest).execution_options(populate_existing=True)
    row = (await session.execute(locked)).one_or_none()
    if row is None:
        raise NotFound
    return Found(*row)


async def peek(session: AsyncSession, request_id: int) -> tuple[ChangeRequest, ChangeRequestStatus]:
    """The request, not locked, and its state by the clock: for its booking, which never changes, and for refusals that need no lock."""
    wanted = select(ChangeRequest, _now(session)).where(ChangeRequest.id == request_id)
    row = (await session.execute(wanted.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound
    request, now = row
    return request, request.status_at(now)


def _now(session: AsyncSession) -> Any:
    return literal(session.info["now"], DateTime(timezone=True)) if "now" in session.info else func.now()  # demo data live in the past


async def lock_closable(session: AsyncSession, booking_id: int) -> Sequence[ChangeRequest]:
    """Those of a booking that are wished for or agreed on and not begun, locked. Lock the booking first."""
    sources, _ = ChangeRequest.EDGES["close"]
    wanted = select(ChangeRequest).where(ChangeRequest.booking_id == booking_id, ChangeRequest.status.in_(sources))
    return (await session.scalars(wanted.order_by(ChangeRequest.id).with_for_update())).all()


async def lock_lapsed(session: AsyncSession) -> Sequence[ChangeRequest]:
    """Some of those whose price has run out, that nobody else is working on."""
    over = select(ChangeRequest).where(ChangeRequest.status == ChangeRequestStatus.quoted, ChangeRequest.quote_valid_until <= func.now())
    return (await session.scalars(over.order_by(ChangeRequest.id).limit(BATCH).with_for_update(skip_locked=True))).all()


async def next_numbers(session: AsyncSession, booking: Booking) -> tuple[int, int]:
    """Of the booking's next addendum, and of its next line. Lock the booking first."""
    of_changes = select(func.max(ChangeRequest.addendum_no)).where(ChangeRequest.booking_id == booking.id).scalar_subquery()
    of_plans = select(func.max(PlanAmendment.addendum_no)).where(PlanAmendment.booking_id == booking.id).scalar_subquery()
    addendum = select(func.coalesce(func.greatest(of_changes, of_plans), 0) + 1)
    line = select(func.coalesce(func.max(Installment.seq), 0) + 1).where(Installment.booking_id == booking.id)
    row = (await session.execute(select(addendum.scalar_subquery(), line.scalar_subquery()))).one()
    return row[0], row[1]


async def progress_of(session: AsyncSession, booking: Booking, phase_key: str) -> Decimal:
    """How far a phase is for a booking's unit: of the project, of its tower or of itself; the widest counts (domain.md §6)."""
    place = or_(P.tower.is_(None), P.tower == Unit.tower), or_(P.unit_id.is_(None), P.unit_id == Unit.id)
    phases = select(P.progress_percentage).join(Unit, Unit.project_id == P.project_id)
    mine = phases.where(Unit.id == booking.unit_id, P.phase_key == phase_key, *place)
    return await session.scalar(mine.order_by(P.unit_id.is_not(None), P.tower.is_not(None)).limit(1)) or Decimal(0)
