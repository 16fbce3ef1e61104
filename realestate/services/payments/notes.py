"""Credit notes: a demand that was a mistake is taken back while nothing of it is paid, and with it the interest on its delay."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.bookings import ACTIVE, Booking
from realestate.models.notifications import Event
from realestate.models.payments import CreditNote, Installment, InstallmentKind, InstallmentStatus, Series
from realestate.models.projects import Project
from realestate.services.notifications import notify
from realestate.services.payments.firing import lift_notice, would_fire
from realestate.services.payments.numbering import number

OF_LINE = ("builder_id", "project_id", "booking_id", "customer_id", "name", "amount", "tax_amount")
OF_DEMAND = ("demand_no", "demanded_at", "due_date")


async def take_back(session: AsyncSession, member: Identity, line_id: int, reason: str, again_on: date | None) -> CreditNote:
    """Number a note and add it; the database undoes the demand with it. Interest that was charged on the line goes before it, each by a
    note of its own.

    Conflict NOT_CREDITABLE for what was not demanded, is paid in part, itself or in its interest, or was agreed on as the price of a change;
    STILL_DUE where the line of a plan would be demanded again at once, and no later day is said.
    """
    booking = await crud.bookings.get(session, await crud.demands.booking_id_of(session, line_id))
    line = await crud.demands.get(session, line_id)
    if booking.status not in ACTIVE:
        raise Conflict("BOOKING_NOT_ACTIVE", f"Nothing is demanded of a booking that is {booking.status}.")
    charged = await crud.demands.interest_of(session, line.id)
    for one in (line, *charged):
        _expect_creditable(one)
    today = (await session.get_one(Project, booking.project_id)).date_at(await crud.clock.now(session))
    if again_on and (line.kind is not InstallmentKind.installment or again_on <= today):
        raise Invalid.field("again_on", "A day to come, of a line of the plan.")
    if line.kind is InstallmentKind.installment and again_on is None and await would_fire(session, booking, line):
        raise Conflict("STILL_DUE", "What this line waits for has come: say on which day it is to be demanded again.")
    for one in charged:
        await _add(session, member, booking, one, today, reason)
    note = await _add(session, member, booking, line, today, reason, again_on)
    await lift_notice(session, booking)
    return note


def _expect_creditable(line: Installment) -> None:
    if line.demand_no is None or line.status is not InstallmentStatus.demanded or line.change_request_id:
        said = (
            "Only a demand of which nothing has been paid, nor of the interest on it, is taken back, and not the agreed price of a change."
        )
        raise Conflict("NOT_CREDITABLE", said)


async def _add(
    session: AsyncSession, member: Identity, booking: Booking, line: Installment, today: date, reason: str, again_on: date | None = None
) -> CreditNote:
    note = CreditNote(
        **{name: getattr(line, name) for name in (*OF_LINE, *OF_DEMAND)},
        installment_id=line.id,
        credit_no=await number(session, booking, Series.credit_note, today),
        currency=booking.currency,
        again_on=again_on,
        reason=reason,
        created_by=member.me,
    )
    session.add(note)
    await session.flush()
    await session.refresh(line)
    facts = {"number": booking.booking_number, "line": note.name, "demand": note.demand_no, "note": note.credit_no, "reason": reason}
    notify(session, Event.demand_credited, line, part=note.id, **facts, amount=f"{note.currency} {note.amount:,.2f}")
    return note
