"""Who is to be reminded of what: one statement for each kind, which also writes down that it has been said."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, Text, and_, bindparam, cast, exists, func, literal, or_, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from realestate.models.bookings import ACTIVE, Booking, BookingStatus
from realestate.models.milestones import TRIGGER
from realestate.models.money import PlanTrigger
from realestate.models.payments import (
    IS_OWED,
    LATE_BEFORE,
    TODAY_THERE,
    DunningPause,
    Installment,
    InstallmentStatus,
    Reminder,
    ReminderKind,
)
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.models.units import Unit

LOOKED_BACK = 400
"""Days. What has been owed for longer is beyond every rung: rungs are within a year."""
LOOKED_AHEAD = 60
"""Days. The earliest rung before a due date that a project may set."""
_STANDS = Booking.status.in_([status for status in ACTIVE if status not in (BookingStatus.reserved, BookingStatus.cancellation_requested)])
_DAYS_LEFT = type_coerce(Installment.due_date - TODAY_THERE, Integer)
_DAYS_LATE = type_coerce(LATE_BEFORE - Installment.due_date, Integer)
_KNOWN_ON = cast(func.timezone(Project.timezone, func.coalesce(Installment.demanded_at, Installment.created_at)), TODAY_THERE.type)
_HAS_ITS_DAY = and_(Installment.status == InstallmentStatus.scheduled, TRIGGER == PlanTrigger.on_date.value)
"""Not yet demanded, and due on a day of its own: one that a credit note has put off is due some days after its new demand."""
_IS_PAUSED = exists().where(DunningPause.booking_id == Booking.id, DunningPause.lifted_at.is_(None), DunningPause.until >= TODAY_THERE)
_DEFAULTS = Rules()


class Reminded(NamedTuple):
    """A line of whose rung its buyer is to be told, with unit and project."""

    line: Installment
    booking: Booking
    days: int
    key: int
    """Of what was written down."""


def _rule(name: str) -> Any:
    """A number of the project's rules, or of the house."""
    return func.coalesce(cast(Project.rules[name].astext, Integer), getattr(_DEFAULTS, name))


def _rungs(name: str, nearest: Any, is_reached: Any) -> Any:
    """The rung of the project's ladder that a line stands on: `nearest` of those that are reached."""
    kept = func.coalesce(Project.rules[name], cast(list(getattr(_DEFAULTS, name)), JSONB))
    rung = func.jsonb_array_elements_text(kept).table_valued("value").render_derived()
    step = cast(rung.c.value, Integer)
    return select(nearest(step).label("days")).where(is_reached(step)).correlate(Project, Installment).lateral("rung")


_SOON = _rungs("due_soon_days", func.min, lambda step: _DAYS_LEFT <= step)
_LATE = _rungs("overdue_days", func.max, lambda step: _DAYS_LATE >= step)


def _taking(kind: ReminderKind, rung: Any, *where: Any) -> Any:
    """Lines that stand on a rung which has not been said, as far as the caps of their projects allow; written down, and answered."""
    days, said = cast(rung.c.days, Integer), Reminder.__table__.alias("said")
    was_said = exists().where(said.c.installment_id == Installment.id, said.c.kind == kind.value, said.c.days == days)
    whose = (Installment.builder_id, Installment.project_id, Installment.booking_id, Installment.customer_id)
    place = func.row_number().over(partition_by=Installment.booking_id, order_by=(Installment.due_date, Installment.id))
    caps = (_rule("reminders_per_week").label("per_week"), _rule("reminders_per_month").label("per_month"))
    standing = (
        select(*whose, Installment.id.label("installment_id"), days.label("days"), place.label("place"), *caps)
        .select_from(Installment)
        .join(Booking, Booking.id == Installment.booking_id)
        .join(Project, Project.id == Installment.project_id)
        .join(rung, rung.c.days.is_not(None))
        .where(_STANDS, ~_IS_PAUSED, ~was_said, *where)
        .subquery("standing")
    )
    row = standing.c

    def fits(cap: Any, period: str) -> Any:
        lately = select(func.count()).where(
            said.c.booking_id == row.booking_id, said.c.created_at > func.now() - text(f"interval '{period}'")
        )
        return row.place + lately.correlate(standing).scalar_subquery() <= cap

    chosen = select(
        row.builder_id, row.project_id, row.booking_id, row.customer_id, row.installment_id, literal(kind.value, Text), row.days
    )
    chosen = chosen.where(fits(row.per_week, "7 days"), fits(row.per_month, "30 days")).order_by(row.installment_id)
    names = ["builder_id", "project_id", "booking_id", "customer_id", "installment_id", "kind", "days"]
    rows = chosen.limit(bindparam("most", type_=Integer))
    kept = insert(Reminder).from_select(names, rows, include_defaults=False).on_conflict_do_nothing()
    return kept.returning(Reminder.id, Reminder.installment_id, Reminder.days).cte("kept")


def _told(kept: Any) -> Any:
    """With all that a notice names."""
    return (
        select(Installment, Booking, kept.c.days, kept.c.id)
        .join(kept, kept.c.installment_id == Installment.id)
        .join(Booking, Booking.id == Installment.booking_id)
        .join(Booking.unit)
        .join(Unit.project)
        .options(contains_eager(Booking.unit).contains_eager(Unit.project))
        .order_by(Installment.id)
    )


_TAKE = {
    ReminderKind.due_soon: _told(
        _taking(
            ReminderKind.due_soon,
            _SOON,
            Installment.due_date.between(func.current_date() - 1, func.current_date() + LOOKED_AHEAD + 1),
            _DAYS_LEFT >= 0,
            or_(IS_OWED, _HAS_ITS_DAY),
            _KNOWN_ON <= Installment.due_date - _SOON.c.days,
        )
    ),
    ReminderKind.overdue: _told(
        _taking(
            ReminderKind.overdue,
            _LATE,
            Installment.due_date.between(func.current_date() - LOOKED_BACK, func.current_date()),
            IS_OWED,
        )
    ),
}


async def take(session: AsyncSession, kind: ReminderKind, most: int) -> Sequence[Reminded]:
    """What is to be said now and has not been: written down as said. One process at a time, so that no cap is passed by two."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('realestate.dunning'))"))
    return [Reminded(*row) for row in await session.execute(_TAKE[kind], {"most": most})]


_AT_RISK = _rule("at_risk_days")
_IS_LATE = and_(IS_OWED, Installment.due_date < func.current_date(), _DAYS_LATE >= _AT_RISK)


async def mark_at_risk(session: AsyncSession, most: int) -> Sequence[Reminded]:
    """Mark bookings that have owed a line for too long, each with its oldest such line."""
    worst = (
        select(Installment.id.label("line_id"), Installment.booking_id, _DAYS_LATE.label("days"))
        .ext(distinct_on(Installment.booking_id))
        .join(Booking, Booking.id == Installment.booking_id)
        .join(Project, Project.id == Installment.project_id)
        .where(_IS_LATE, _STANDS, ~Booking.at_risk, ~_IS_PAUSED)
        .order_by(Installment.booking_id, Installment.due_date, Installment.id)
        .limit(most)
        .subquery("worst")
    )
    mark = update(Booking).where(Booking.id == worst.c.booking_id, ~Booking.at_risk).values(at_risk=True)
    marked = mark.returning(worst.c.line_id.label("installment_id"), worst.c.days, Booking.id).cte("marked")
    return [Reminded(*row) for row in await session.execute(_told(marked))]


async def clear_risk(session: AsyncSession) -> Sequence[Booking]:
    """Take the mark from bookings that owe nothing for so long any more, or have ended."""
    late = exists().where(Installment.booking_id == Booking.id, Project.id == Booking.project_id, _IS_LATE)
    cleared = update(Booking).where(Booking.at_risk, or_(~late, ~_STANDS)).values(at_risk=False).returning(Booking.id).cte("cleared")
    return (await session.scalars(select(Booking).join(cleared, cleared.c.id == Booking.id).order_by(Booking.id))).all()


async def find_pause(session: AsyncSession, booking_id: int) -> DunningPause | None:
    """The one that has not been lifted, locked. Lock the booking first."""
    wanted = select(DunningPause).where(DunningPause.booking_id == booking_id, DunningPause.lifted_at.is_(None))
    return await session.scalar(wanted.with_for_update())
