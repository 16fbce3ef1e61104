"""Finding a booking for a step, locked in the order unit → booking, and by whom the step may be taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden, NotFound
from realestate.models.accounts import Role, TeamRole
from realestate.models.base import Versions, as_said, no_such_step
from realestate.models.bookings import STEPS, Booking, BookingStatus, Who
from realestate.models.units import Unit
from realestate.services import endings, vacancies

_SAY_WHO = text("SELECT set_config('app.acting_role', :role, true)")


class Found(NamedTuple):
    """A booking and its unit, locked, and the database's time."""

    booking: Booking
    unit: Unit
    now: datetime

    @property
    def names(self) -> dict[str, str]:
        """What people call them."""
        return {"number": self.booking.booking_number, **self.unit.names}

    @property
    def part(self) -> str:
        """Tells this time from others at which the same is told (`services.notifications`)."""
        return as_said(self.now)


def who(identity: Identity) -> Who | None:
    """As which of those whom the steps name somebody acts; None: the system, which does what it must."""
    if identity.role is Role.worker:
        return None
    return TeamRole(identity.team_role) if identity.team_role else identity.role


def check_owner(identity: Identity, booking: Booking) -> None:
    """Co-applicants see a booking and pay; everything else is for its owner of record."""
    if identity.role is Role.customer and booking.customer_id != identity.me:
        raise Forbidden("OWNER_ONLY", "Only the owner of record of this booking may do this.")


async def peek(session: AsyncSession, booking_id: int, event: str, version: Versions | None = None) -> Booking:
    """The booking, not locked. Stale, or Conflict: what is refused anyway is refused before anything is locked, for a customer cannot
    lock a unit that is out of its hands."""
    identity = session.info["identity"]
    seen = await crud.bookings.peek(session, booking_id)
    check_owner(identity, seen)
    seen.expect(version)
    if event in STEPS:
        seen.check(event, who(identity))
    return seen


async def fetch(session: AsyncSession, booking_id: int, event: str, version: Versions | None = None) -> Found:
    """The booking for a step of the caller's own. Conflict when it is expired by the clock."""
    seen = await peek(session, booking_id, event, version)
    try:
        return await lock(session, seen, event, version)
    except (NotFound, Conflict):  # out of the caller's hands since: say what became of the booking, not of the unit
        (await crud.bookings.reread(session, booking_id)).check(event, who(session.info["identity"]))
        raise


@asynccontextmanager
async def together(session: AsyncSession, booking_id: int, event: str, version: Versions | None = None) -> AsyncIterator[Found]:
    """What binds both sides, though one of them says it: it is looked at in the caller's name and written by the system."""
    seen = await peek(session, booking_id, event, version)
    async with on_behalf(session):
        yield await lock(session, seen, event, version)


@asynccontextmanager
async def on_behalf(session: AsyncSession) -> AsyncIterator[None]:
    """Written by the system, as a step of the side that says it: so it stands in the timeline (`tenancy.moves`)."""
    identity: Identity = session.info["identity"]
    async with as_system(session):
        await session.execute(_SAY_WHO, {"role": identity.role.value})
        yield
        await session.flush()
        await session.execute(_SAY_WHO, {"role": ""})


async def lock(session: AsyncSession, seen: Booking, event: str, version: Versions | None = None) -> Found:
    """Unit, then booking. Conflict when the step is not there any more, or it is expired by the clock."""
    unit, _, now = await crud.units.lock(session, seen.unit_id)
    booking = await crud.bookings.get(session, seen.id)
    booking.expect(version)
    if booking.has_lapsed(now):
        raise no_such_step("booking", BookingStatus.expired, event, [])
    if event in STEPS:
        booking.check(event)
    return Found(booking, unit, now)


async def let_go(session: AsyncSession, found: Found, refunds_of: str | None = None) -> None:
    """What hangs on it ends too (`services.endings`), and the unit is for somebody else."""
    booking, unit, now = found
    async with as_system(session):  # who comes, and who follows what, is no business of whoever ends it
        await endings.close(session, booking, unit.project)
        await vacancies.vacate(session, unit, "end_booking", now, refunds_of)
        vacancies.tell_followers(session, unit)
