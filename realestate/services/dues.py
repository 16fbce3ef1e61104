"""What the clock does to schedules: demands what has a date on its day, and closes the months of interest."""

from datetime import timedelta

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.services import payments
from realestate.services.jobs import every, one_by_one

DAY = timedelta(days=1)
MOST_AT_ONCE = 500


async def demand() -> int:
    """Demand the lines whose day has come; of how many bookings. Each in a transaction of its own, in any number of processes."""
    return await one_by_one(await every(crud.dues.due_bookings, MOST_AT_ONCE), _demand)


async def _demand(due: tuple[int, int]) -> bool:
    unit_id, booking_id = due
    async with transaction(WORKER) as session:
        unit, _, now = await crud.units.lock(session, unit_id)
        await payments.settle(session, await crud.bookings.get(session, booking_id), unit.project, now)
    return True


async def close() -> int:
    """Charge what late lines have accrued to the end of the last month, where the project stands; of how many bookings."""
    return await one_by_one(await every(crud.dues.unclosed_bookings, MOST_AT_ONCE), _close)


async def _close(late: tuple[int, int]) -> bool:
    unit_id, booking_id = late
    async with transaction(WORKER) as session:
        unit, _, now = await crud.units.lock(session, unit_id)
        booking = await crud.bookings.get(session, booking_id)
        until = unit.project.date_at(now).replace(day=1) - DAY
        return bool(await payments.close(session, booking, unit.project, now, until))
