"""Lines that wait for an event, and those whose event has come."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.accounts import User
from realestate.models.bookings import Booking
from realestate.models.milestones import COUNTED, PHASE, milestones
from realestate.models.payments import Installment, InstallmentStatus
from realestate.models.progress import ProjectProgress


class Passed(NamedTuple):
    """A line, the phase that its milestone is of, and who has certified it."""

    line: Installment
    phase: ProjectProgress
    certifier: str | None


async def passed(session: AsyncSession, booking_id: int) -> list[Passed]:
    """The milestone lines of a booking that are to be demanded. Lock the booking first."""
    of_booking = milestones(COUNTED).where(Installment.booking_id == booking_id)
    rows = await session.execute(of_booking.execution_options(populate_existing=True))
    found = [(line, phase) for line, phase in rows]
    names = await _names(session, [phase.id for _, phase in found])
    return [Passed(line, phase, names.get(phase.id)) for line, phase in found]


async def is_passed(session: AsyncSession, line_id: int) -> bool:
    """Whether the milestone of a line is passed, demanded or not."""
    return (await session.execute(milestones(COUNTED, Installment.id == line_id))).first() is not None


async def bookings_passed(session: AsyncSession, phase: ProjectProgress) -> Sequence[int]:
    """The bookings, locked in the order of their ids, that have a line to be demanded for a phase. All of them before any number is drawn."""
    waiting = milestones(COUNTED).where(PHASE.id == phase.id).with_only_columns(Installment.booking_id).order_by(None)
    locked = select(Booking.id).where(Booking.id.in_(waiting)).order_by(Booking.id).with_for_update(of=Booking)
    return (await session.scalars(locked)).all()


async def get(session: AsyncSession, line_id: int) -> Installment:
    """The line, locked. Lock its booking first."""
    locked = select(Installment).where(Installment.id == line_id).with_for_update(of=Installment).execution_options(populate_existing=True)
    line = await session.scalar(locked)
    if line is None:
        raise NotFound
    return line


async def interest_of(session: AsyncSession, line_id: int) -> Sequence[Installment]:
    """What has been charged on a line, is asked for and was not let go of, in the order of its postings. Lock the booking first."""
    gone = [InstallmentStatus.cancelled, InstallmentStatus.waived]
    charged = select(Installment).where(Installment.interest_of_id == line_id, Installment.status.not_in(gone))
    return (await session.scalars(charged.order_by(Installment.interest_no).execution_options(populate_existing=True))).all()


async def booking_id_of(session: AsyncSession, line_id: int) -> int:
    booking_id = await session.scalar(select(Installment.booking_id).where(Installment.id == line_id))
    if booking_id is None:
        raise NotFound
    return booking_id


async def asked_for(session: AsyncSession, booking_id: int, *, drafts: bool) -> Decimal:
    """What has been asked for of a booking's price; or will be, with what is drafted."""
    I = InstallmentStatus
    is_drafted = and_(Installment.status == I.scheduled, Installment.demand_state.is_not(None), literal(drafts))
    owed = select(func.coalesce(func.sum(Installment.amount), 0, type_=Installment.amount.type)).where(
        Installment.booking_id == booking_id,
        Installment.kind == "installment",
        or_(Installment.status.not_in([I.scheduled, I.cancelled, I.waived]), is_drafted),
    )
    return (await session.scalars(owed)).one()


async def next_seq(session: AsyncSession, booking_id: int) -> int:
    last = select(func.coalesce(func.max(Installment.seq), 0)).where(Installment.booking_id == booking_id)
    return (await session.scalars(last)).one() + 1


async def _names(session: AsyncSession, phases: Sequence[int]) -> dict[int, str]:
    if not phases:
        return {}
    certifiers = select(ProjectProgress.id, User.full_name).join(User, User.id == ProjectProgress.certified_by)
    return {row[0]: row[1] for row in await session.execute(certifiers.where(ProjectProgress.id.in_(phases)))}


def proof(found: Passed, now: datetime) -> dict[str, Any]:
    """What a buyer is shown of a milestone."""
    phase, trigger = found.phase, found.line.trigger
    counted_at = phase.certified_at or phase.updated_at
    return {
        "progress_id": phase.id,
        "phase_key": phase.phase_key,
        "phase_name": phase.phase_name,
        "threshold_pct": trigger["threshold_pct"],
        "percentage": float(phase.progress_percentage),
        "certified_at": phase.certified_at and counted_at.isoformat().replace("+00:00", "Z"),
        "certified_by": found.certifier,
        "photos": list(phase.milestone_images),
    }
