"""What becomes of a unit that is let go of: it goes to whoever waits for it, one after the other, else where the project's policy says.

An offer is a hold of the unit at today's price. Who lets it pass loses their place and may join the list again.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import as_system
from realestate.models.base import as_said
from realestate.models.notifications import Event
from realestate.models.policies import Policy, ReturnTo
from realestate.models.units import Hold, Unit, UnitStatus
from realestate.services import policies
from realestate.services.notifications import notify

KEPT_BACK = "Until the refunds of {} are through."


async def vacate(session: AsyncSession, unit: Unit, event: str, now: datetime, refunds_of: str | None = None) -> None:
    """End the claim on a unit (`end_hold`, `end_booking`), locked and with its project. `refunds_of`: the booking whose refunds the policy
    may want to be through before anybody else has the unit."""
    async with as_system(session):  # a customer does not see what becomes free in a project that has been withdrawn
        unit.free(event)
        policy = await policies.of(session, unit.project)
        if refunds_of and policy.hold_until_refund:
            unit.block(KEPT_BACK.format(refunds_of))
        else:
            await _pass_on(session, unit, policy, now, event)
        await session.flush()


async def end_keeping_back(session: AsyncSession, unit: Unit, refunds_of: str, now: datetime) -> None:
    """The last refund is through: if the unit, locked, waits for that, it is for somebody else."""
    if unit.status is UnitStatus.blocked and unit.status_reason == KEPT_BACK.format(refunds_of):
        async with as_system(session):
            unit.unblock()
            await _pass_on(session, unit, await policies.of(session, unit.project), now, "end_booking")
            await session.flush()
        tell_followers(session, unit)


async def offer(session: AsyncSession, unit: Unit, now: datetime) -> None:
    """The team has put the unit, locked, on sale again: those who wait come first."""
    async with as_system(session):
        await _offer(session, unit, await policies.of(session, unit.project), now)


async def _pass_on(session: AsyncSession, unit: Unit, policy: Policy, now: datetime, event: str) -> None:
    if not await _offer(session, unit, policy, now) and event == "end_booking" and policy.return_to is ReturnTo.unreleased:
        unit.take("withdraw")


def tell_followers(session: AsyncSession, unit: Unit) -> None:
    """That it is on sale, after a booking of it has ended; unless somebody who waited has it, or nobody."""
    if unit.status is UnitStatus.available:
        notify(session, Event.unit_released, unit, part=unit.version, **unit.names)


async def extend_offer(session: AsyncSession, hold: Hold) -> None:
    """If the hold is what somebody has been offered who waits: they have so much longer."""
    if hold.booking_id is not None:
        async with as_system(session):
            (await crud.bookings.get(session, hold.booking_id)).offered_until = hold.expires_at


async def end_offer(session: AsyncSession, hold: Hold) -> None:
    """If the hold was what somebody had been offered who waited: their wait is over."""
    if hold.booking_id is None:
        return
    async with as_system(session):
        booking = await crud.bookings.get(session, hold.booking_id)
        booking.miss_offer()
        unit = await crud.units.get(session, hold.unit_id)
        notify(session, Event.booking_offer_missed, booking, number=booking.booking_number, **unit.names)


async def _offer(session: AsyncSession, unit: Unit, policy: Policy, now: datetime) -> bool:
    """Whether somebody waits, who then has it for some hours."""
    booking = await crud.claims.find_next_waiting(session, unit.id) if unit.is_published else None
    if booking is None:
        return False
    until = now + timedelta(hours=policy.offer_hours)
    unit.hold(booking.customer_id, booking.customer_id, until)
    place = {"builder_id": unit.builder_id, "project_id": unit.project_id, "unit_id": unit.id, "booking_id": booking.id}
    price = {"price": unit.price, "price_lines": unit.price_lines}
    session.add(Hold(**place, **price, customer_id=booking.customer_id, created_by=booking.customer_id, expires_at=until))
    booking.offered_until = until
    await session.flush()
    said = {"number": booking.booking_number, **unit.names, "until": f"{until:%d %b %Y, %H:%M} UTC"}
    notify(session, Event.booking_offered, booking, part=as_said(until), **said)
    return True
