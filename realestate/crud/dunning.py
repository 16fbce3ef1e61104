"""Who is to be reminded of what: the bookings, page by page, and for one of them a statement that also writes down that it has been said."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Integer, Text, and_, bindparam, cast, exists, func, literal, or_, select, text, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager

from realestate.models.bookings import OWING, Booking
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
_DAYS_LEFT = type_coerce(Installment.due_date - TODAY_THERE, Integer)
_DAYS_LATE = type_coerce(LATE_BEFORE - Installment.due_date, Integer)
_KNOWN_ON = cast(func.timezone(Project.timezone, func.coalesce(Installment.demanded_at, Installment.created_at)), TODAY_THERE.type)
_HAS_ITS_DAY = and_(Installment.status == InstallmentStatus.scheduled, TRIGGER == PlanTrigger.on_date.value)
"""Not yet demanded, and due on a day of its own: one that a credit note has put off is due some days after its new demand."""
_IS_PAUSED = exists().where(DunningPause.booking_id == Booking.id, DunningPause.lifted_at.is_(None), DunningPause.until >= TODAY_THERE)
_DEFAULTS = Rules()
_ONE = bindparam("booking_id", type_=BigInteger)


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


def _standing(kind: ReminderKind, rung: Any, *where: Any) -> Any:
    """Lines that stand on a rung which has not been said, as far as the caps of their projects allow."""
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
        .where(Booking.status.in_(OWING), ~_IS_PAUSED, ~was_said, *where)
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
    return chosen.where(fits(row.per_week, "7 days"), fits(row.per_month, "30 days"))


def _taking(standing: Any) -> Any:
    """Those of one booking, written down, and answered."""
    names = ["builder_id", "project_id", "booking_id", "customer_id", "installment_id", "kind", "days"]
    rows = standing.where(standing.selected_columns.booking_id == _ONE)
    kept = insert(Reminder).from_select(names, rows, include_defaults=False).on_conflict_do_nothing()
    return _told(kept.returning(Reminder.id, Reminder.installment_id, Reminder.days).cte("kept"))


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


_STANDING = {
    ReminderKind.due_soon: _standing(
        ReminderKind.due_soon,
        _SOON,
        Installment.due_date.between(func.current_date() - 1, func.current_date() + LOOKED_AHEAD + 1),
        _DAYS_LEFT >= 0,
        or_(IS_OWED, _HAS_ITS_DAY),
        _KNOWN_ON <= Installment.due_date - _SOON.c.days,
    ),
    ReminderKind.overdue: _standing(
        ReminderKind.overdue,
        _LATE,
        Installment.due_date.between(func.current_date() - LOOKED_BACK, func.current_date()),
        IS_OWED,
    ),
}
_TAKE = {kind: _taking(standing) for kind, standing in _STANDING.items()}


async def to_remind(kind: ReminderKind, session: AsyncSession, most: int, after: int | None = None) -> Sequence[int]:
    """Bookings of which something is to be said now and has not been; not locked."""
    standing = _STANDING[kind].subquery()
    return await _page(session, select(standing.c.booking_id), standing.c.booking_id, most, after)


async def take(session: AsyncSession, kind: ReminderKind, booking_id: int) -> Sequence[Reminded]:
    """What is to be said of one of them: written down as said. Lock the booking first, so that no cap is passed by two."""
    return [Reminded(*row) for row in await session.execute(_TAKE[kind], {"booking_id": booking_id})]


_AT_RISK = _rule("at_risk_days")
_IS_LATE = and_(IS_OWED, Installment.due_date < func.current_date(), _DAYS_LATE >= _AT_RISK)


_WORST = (
    select(Installment.id.label("line_id"), Installment.booking_id, _DAYS_LATE.label("days"))
    .join(Booking, Booking.id == Installment.booking_id)
    .join(Project, Project.id == Installment.project_id)
    .where(_IS_LATE, Booking.status.in_(OWING), ~Booking.at_risk, ~_IS_PAUSED)
)
_OUT_OF_RISK = select(Booking.id).where(
    Booking.at_risk,
    or_(~exists().where(Installment.booking_id == Booking.id, Project.id == Booking.project_id, _IS_LATE), Booking.status.not_in(OWING)),
)


async def to_warn(session: AsyncSession, most: int, after: int | None = None) -> Sequence[int]:
    """Bookings that have owed a line for too long and are not marked; not locked."""
    return await _page(session, _WORST.with_only_columns(Installment.booking_id), Installment.booking_id, most, after)


async def mark_at_risk(session: AsyncSession, booking_id: int) -> Sequence[Reminded]:
    """Mark one of them, with its oldest such line. Lock the booking first."""
    oldest = _WORST.where(Installment.booking_id == _ONE).order_by(Installment.due_date, Installment.id).limit(1).subquery("worst")
    mark = update(Booking).where(Booking.id == oldest.c.booking_id).values(at_risk=True)
    marked = mark.returning(oldest.c.line_id.label("installment_id"), oldest.c.days, Booking.id).cte("marked")
    return [Reminded(*row) for row in await session.execute(_told(marked), {"booking_id": booking_id})]


async def out_of_risk(session: AsyncSession, most: int, after: int | None = None) -> Sequence[int]:
    """Bookings that are marked, and owe nothing for so long any more or have ended; not locked."""
    return await _page(session, _OUT_OF_RISK, Booking.id, most, after)


async def is_out_of_risk(session: AsyncSession, booking_id: int) -> bool:
    return await session.scalar(_OUT_OF_RISK.where(Booking.id == booking_id)) is not None


async def _page(session: AsyncSession, bookings: Any, id: Any, most: int, after: int | None) -> Sequence[int]:
    return (await session.scalars(bookings.where(id > (after or 0)).distinct().order_by(id).limit(most))).all()


async def find_pause(session: AsyncSession, booking_id: int) -> DunningPause | None:
    """The one that has not been lifted, locked. Lock the booking first."""
    wanted = select(DunningPause).where(DunningPause.booking_id == booking_id, DunningPause.lifted_at.is_(None))
    return await session.scalar(wanted.with_for_update())
