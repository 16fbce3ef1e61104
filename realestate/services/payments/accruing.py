"""Interest on what a buyer pays late: worked out whenever somebody looks, charged when its line is paid in full, when a month is closed, and
when the booking ends. What has been charged stays; it is counted against what comes out later, so that no day is ever charged twice."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.models.bookings import Booking
from realestate.models.interest import interest
from realestate.models.payments import Installment, InstallmentKind, InstallmentStatus
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.services.payments.allocating import reallocate
from realestate.services.payments.charging import charge
from realestate.services.payments.timing import Paid, paid_over_time

I = InstallmentStatus
LET_GO = (I.cancelled, I.waived)


class Line(Protocol):
    """Of a schedule, or a charge: as the ledger has it, or as somebody reads it."""

    id: int
    kind: InstallmentKind
    amount: Decimal
    status: InstallmentStatus
    due_date: date | None
    demanded_at: datetime | None
    interest_of_id: int | None


class Accrued(NamedTuple):
    """So much more interest than has been charged on a line."""

    line_id: int
    amount: Decimal


def accrued(lines: Sequence[Line], paid: Paid, rules: Rules, until: date) -> Iterator[Accrued]:
    """On every line of the schedule that was, or is, paid late. Of what is waived or taken back, none accrues; interest that was charged
    and then waived counts as charged, and what a credit note has taken back does not, nor what was charged before the line was demanded
    anew."""
    for line in lines if rules.interest_percent else ():
        if line.kind is InstallmentKind.installment and line.demanded_at and line.due_date and line.status not in LET_GO:
            whole = interest(line.amount, rules.interest_percent, line.due_date, rules.grace_days, paid.get(line.id, ()), until)
            postings = (one for one in lines if one.interest_of_id == line.id and one.status is not I.cancelled)
            charged = sum((one.amount for one in postings if one.demanded_at and one.demanded_at >= line.demanded_at), Decimal(0))
            if whole > charged:
                yield Accrued(line.id, whole - charged)


async def _look(session: AsyncSession, booking: Booking, project: Project, until: date) -> tuple[Sequence[Installment], list[Accrued]]:
    """All lines of a booking, and what has accrued on them; nothing where none bears interest."""
    rules = Rules.of(project.rules, booking.interest_terms)
    if not rules.interest_percent:
        return [], []
    lines, moved = await crud.payments.all_lines(session, booking.id), await crud.payments.moved(session, booking.id)
    kept = ((one.payment_id, one.installment_id, one.amount) for one in await crud.payments.allocations(session, booking.id))
    return lines, list(accrued(lines, paid_over_time(moved, lines, kept, rules.allocation_order), rules, until))


async def owed(session: AsyncSession, booking: Booking, project: Project, until: date) -> Decimal:
    """What has accrued up to a day and has not been charged."""
    _, late = await _look(session, booking, project, until)
    return sum((one.amount for one in late), Decimal(0))


async def post(
    session: AsyncSession, booking: Booking, project: Project, now: datetime, until: date, *, of_paid: bool = False
) -> list[Installment]:
    """Charge what has accrued up to a day, on each line by itself; `of_paid`: on those alone that are paid in full. Lock the booking first;
    even so a key of line and number lets only one of two through. Reallocate afterwards."""
    lines, late = await _look(session, booking, project, until)
    by_id, charged = {line.id: line for line in lines}, []
    for line_id, amount in late:
        line = by_id[line_id]
        if of_paid and line.status is not I.paid:
            continue
        said = {"interest_of_id": line.id, "interest_no": 1 + sum(one.interest_of_id == line.id for one in lines), "interest_until": until}
        name = f"Interest on '{line.name}' until {until:%d %b %Y}"
        charged.append(await charge(session, booking, project, name, amount, now, InstallmentKind.interest, **said))
    return charged


async def square(
    session: AsyncSession, booking: Booking, project: Project, now: datetime, lines: Sequence[Installment] | None = None
) -> None:
    """Let every receipt meet what is owed; where that has paid a line in full, and late, charge the interest, which what is left may pay."""
    await reallocate(session, booking, lines)
    if await post(session, booking, project, now, project.date_at(now), of_paid=True):
        await reallocate(session, booking)


async def close(session: AsyncSession, booking: Booking, project: Project, now: datetime, until: date) -> list[Installment]:
    """Charge all that has accrued up to a day."""
    charged = await post(session, booking, project, now, until)
    if charged:
        await reallocate(session, booking)
    return charged
