"""Lines that are let go of: asked for by one, agreed to by another."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden
from realestate.models.bookings import ACTIVE, Booking
from realestate.models.money import round_cents
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentStatus, Waiver
from realestate.models.projects import Project
from realestate.services.notifications import notify
from realestate.services.payments.accruing import square
from realestate.services.payments.firing import lift_notice

OWED = (InstallmentStatus.demanded, InstallmentStatus.partially_paid)
SAME = ("builder_id", "project_id", "booking_id", "customer_id", "kind", "name", "trigger", "due_date", "demanded_at", "proof")


async def ask(session: AsyncSession, member: Identity, line_id: int, reason: str) -> Waiver:
    """Conflict NOT_WAIVABLE for what is not owed, or was agreed on as the price of a change."""
    booking = await crud.bookings.get(session, await crud.demands.booking_id_of(session, line_id))
    line = await crud.demands.get(session, line_id)
    _expect_waivable(line)
    waiver = Waiver(
        **{name: getattr(line, name) for name in ("builder_id", "project_id", "booking_id", "customer_id")},
        installment_id=line.id,
        amount=line.outstanding,
        currency=booking.currency,
        reason=reason,
        created_by=member.me,
    )
    session.add(waiver)
    await session.flush()
    notify(session, Event.waiver_requested, line, part=waiver.id, **_facts(booking, line, waiver))
    return waiver


async def approve(session: AsyncSession, member: Identity, waiver_id: int) -> Waiver:
    """By somebody else than who asked for it, over what was asked for: Forbidden MAKER_IS_CHECKER, Conflict REQUEST_CHANGED. What was paid of
    the line stays paid, or is owed again."""
    booking, line, waiver = await _fetch(session, waiver_id)
    waiver.may("approve")
    if member.me == waiver.created_by:
        raise Forbidden("MAKER_IS_CHECKER", "Somebody else has to decide on what you have asked for.")
    _expect_waivable(line)
    if line.outstanding != waiver.amount:
        said = f"By now {waiver.currency} {line.outstanding:,.2f} of it is open: refuse this, and ask for that."
        raise Conflict("REQUEST_CHANGED", said, amount=line.outstanding)
    now, facts = await crud.clock.now(session), _facts(booking, line, waiver)
    waiver.decide("approve", member.me, now)
    async with as_system(session):
        (await _left_of(session, line)).waive(now)
    if booking.status in ACTIVE:
        await square(session, booking, await session.get_one(Project, booking.project_id), now)
        await lift_notice(session, booking)
    notify(session, Event.line_waived, line, **facts)
    return waiver


async def _left_of(session: AsyncSession, line: Installment) -> Installment:
    """All of it; or what is left beside what has been paid, as a line of its own: should that money fail, no more is let go of for it."""
    if not line.allocated:
        return line
    lines = await crud.payments.all_lines(session, line.booking_id)
    left = Installment(**{name: getattr(line, name) for name in SAME}, seq=lines[-1].seq + 1, amount=line.outstanding)
    if line.interest_of_id is not None:  # it counts as charged, also when it is waived
        left.interest_of_id, left.interest_until = line.interest_of_id, line.interest_until
        left.interest_no = 1 + sum(one.interest_of_id == line.interest_of_id for one in lines)
    paid_tax = round_cents(line.tax_amount * line.allocated / line.amount)
    left.tax_amount = line.tax_amount - paid_tax
    line.change(line.allocated, paid_tax)
    session.add(left)
    return left


async def reject(session: AsyncSession, member: Identity, waiver_id: int, reason: str) -> Waiver:
    _, _, waiver = await _fetch(session, waiver_id)
    waiver.decide("reject", member.me, await crud.clock.now(session))
    waiver.rejection_reason = reason
    return waiver


def _expect_waivable(line: Installment) -> None:
    if line.status not in OWED or line.change_request_id is not None:
        raise Conflict("NOT_WAIVABLE", "Only what is owed can be waived, and not the agreed price of a change.")


async def _fetch(session: AsyncSession, waiver_id: int) -> tuple[Booking, Installment, Waiver]:
    """Locked in this order."""
    seen = await crud.waivers.peek(session, waiver_id)
    booking = await crud.bookings.get(session, seen.booking_id)
    line = await crud.demands.get(session, seen.installment_id)
    return booking, line, await crud.waivers.get(session, waiver_id)


def _facts(booking: Booking, line: Installment, waiver: Waiver) -> dict[str, str]:
    return {"number": booking.booking_number, "line": line.name, "amount": f"{waiver.currency} {line.outstanding:,.2f}"}
