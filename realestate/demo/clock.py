"""Time travel for the demo data: the services' own verbs, as if on an earlier day."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from realestate import crud
from realestate.crud.units import Claim
from realestate.models.base import Timestamped
from realestate.models.bookings import Booking
from realestate.models.units import Hold, UnitStatus

Lock = Callable[[AsyncSession, int], Awaitable[Claim]]


class Clock:
    """The moment that it is for one session. Services take the time from the unit that they lock, rows get theirs when written."""

    def __init__(self, session: AsyncSession, moment: datetime, lock: Lock) -> None:
        self.session, self.moment, self._lock = session, moment, lock

    async def lock(self, session: AsyncSession, unit_id: int) -> Claim:
        """`crud.units.lock`, at the clock's moment."""
        claim = await self._lock(session, unit_id)
        if session is not self.session:
            return claim
        unit, end = claim.unit, claim.unit.hold_expires_at
        is_over = unit.status in (UnitStatus.held, UnitStatus.reserved) and end is not None and end <= self.moment
        return Claim(unit, is_over, self.moment)

    def stamp(self, session: Session, *_: Any) -> None:
        """What the database would fill in by its own clock."""
        for row in session.new:
            if isinstance(row, Timestamped):
                row.created_at = row.updated_at = self.moment
            if isinstance(row, Booking):
                row.booking_date = self.moment
        for row in session.dirty:
            if isinstance(row, Timestamped) and session.is_modified(row):
                row.updated_at = self.moment
                flag_modified(row, "updated_at")  # also when that is what it says already, or the column's onupdate steps in
                if isinstance(row, Hold) and row.ended_by:
                    row.ended_at = self.moment


@contextmanager
def turned_back(session: AsyncSession, moment: datetime) -> Iterator[Clock]:
    """Let a session live in the past. All others keep the database's time."""
    lock = crud.units.lock
    clock = Clock(session, moment, lock)
    event.listen(session.sync_session, "before_flush", clock.stamp)
    crud.units.lock = clock.lock
    try:
        yield clock
    finally:
        crud.units.lock = lock
        event.remove(session.sync_session, "before_flush", clock.stamp)
