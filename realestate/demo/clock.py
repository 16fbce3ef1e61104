"""Time travel for the demo data: the services' own verbs, as if on an earlier day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from realestate.models.agreements import Agreement
from realestate.models.base import Timestamped
from realestate.models.bookings import Booking, BookingMove, BookingParty, Signature
from realestate.models.jobs import Task
from realestate.models.payments import Installment
from realestate.models.units import Hold, Unit

GENTLY = timedelta(seconds=5)
"""Between the jobs that the seed leaves behind."""


class Clock:
    """The moment that it is for one session. Services take the time from the unit that they lock, rows get theirs when written."""

    def __init__(self, session: AsyncSession, moment: datetime) -> None:
        self.session = session
        self.moment = moment

    @property
    def moment(self) -> datetime:
        moment: datetime = self.session.info["now"]  # where crud.units.lock takes the time from
        return moment

    @moment.setter
    def moment(self, moment: datetime) -> None:
        self.session.info["now"] = moment

    def stamp(self, session: Session, *_: Any) -> None:
        """What the database would fill in by its own clock."""
        for row in session.new:
            if isinstance(row, Timestamped):
                row.created_at = row.updated_at = self.moment
            if isinstance(row, Booking):
                row.booking_date = self.moment
            if isinstance(row, Agreement):
                row.generated_at = self.moment
            if isinstance(row, Signature):
                row.signed_at = self.moment
        for row in session.dirty:
            if isinstance(row, Timestamped) and session.is_modified(row):
                row.updated_at = self.moment
                flag_modified(row, "updated_at")  # also when that is what it says already, or the column's onupdate steps in
                if isinstance(row, Hold) and row.ended_by:
                    row.ended_at = self.moment


async def backdate(session: AsyncSession, booking: Booking) -> None:
    """A reserve is one statement below the session, so that the database has dated its rows: to the session's own moment with them."""
    then = {"created_at": session.info["now"], "updated_at": session.info["now"]}
    await session.execute(update(Booking).where(Booking.id == booking.id).values(then))
    await session.execute(update(BookingMove).where(BookingMove.booking_id == booking.id).values(at=then["updated_at"]))
    for model in (BookingParty, Installment):
        await session.execute(update(model).where(model.booking_id == booking.id).values(then))
    await session.execute(update(Unit).where(Unit.id == booking.unit_id).values(updated_at=then["updated_at"]))


@contextmanager
def turned_back(session: AsyncSession, moment: datetime) -> Iterator[Clock]:
    """Let a session live in the past. All others keep the database's time."""
    clock = Clock(session, moment)
    event.listen(session.sync_session, "before_flush", clock.stamp)
    try:
        yield clock
    finally:
        event.remove(session.sync_session, "before_flush", clock.stamp)
        del session.info["now"]


def spread(session: AsyncSession) -> None:
    """Papers are drawn one after another: who has just started wants to look round, not to wait for a hundred of them."""
    drawings = (job for job in session.info["jobs"] if job["task"] == Task.draw_agreement.value)
    for n, job in enumerate(drawings, 1):
        job["at"] = (datetime.now(UTC) + GENTLY * n).isoformat()
