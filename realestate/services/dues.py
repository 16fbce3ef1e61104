"""What the clock does to schedules: demands what has a date on its day, says before it that it comes, and after it that it is late."""

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.models.notifications import Event
from realestate.services import payments
from realestate.services.jobs import one_by_one
from realestate.services.notifications import notify

MOST_AT_ONCE = 500
MOST_OF_ONE_COMMIT = 200
MOST_NOTICES = 10_000
"""An hour: where there are more, at first, the rest follows."""


async def demand() -> int:
    """Demand the lines whose day has come; of how many bookings. Each in a transaction of its own, in any number of processes."""
    async with transaction(WORKER) as session:
        due = await crud.dues.due_bookings(session, MOST_AT_ONCE)
    return await one_by_one(due, _demand)


async def _demand(due: tuple[int, int]) -> bool:
    unit_id, booking_id = due
    async with transaction(WORKER) as session:
        unit, _, now = await crud.units.lock(session, unit_id)
        await payments.settle(session, await crud.bookings.get(session, booking_id), unit.project, now)
    return True


async def remind() -> int:
    """Tell buyers, and who keeps the books, a week and a day before a line is due, and again and again once it is late; how often.

    A booking that its buyer wants to be let out of is left in peace."""
    told = 0
    while told < MOST_NOTICES and (said := await _remind_some()):
        told += said
    return told


async def _remind_some() -> int:
    async with transaction(WORKER) as session:
        notices = await crud.dues.take_notices(session, MOST_OF_ONE_COMMIT)
        for line, booking, is_late, days in notices:
            facts = {"number": booking.booking_number, "line": line.name, "amount": f"{booking.currency} {line.outstanding:,.2f}"}
            event = Event.payment_overdue if is_late else Event.payment_due_soon
            notify(session, event, line, part=f"{days}d", **facts, **booking.unit.names, due=f"{line.due_date:%d %b %Y}")
    return len(notices)
