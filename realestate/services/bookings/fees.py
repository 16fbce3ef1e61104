"""What it costs to take a booking over: asked for when somebody has come to do so, and paid before the builder agrees, or owed afterwards."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Conflict
from realestate.models.bookings import Booking
from realestate.models.money import round_cents
from realestate.models.payments import Installment, InstallmentKind, InstallmentStatus
from realestate.models.projects import Project
from realestate.services import payments, policies

FEE = "Transfer fee"


async def ask(session: AsyncSession, booking: Booking, project: Project) -> None:
    """Charge it, once however many come. Lock the booking first, and speak as the system."""
    policy = await policies.of(session, project)
    lines = await crud.payments.schedule(session, booking.id)
    if policy.transfer_fee_first and policy.transfer_fee_percent > 0 and fee_among(lines) is None:
        await charge(session, booking, project, policy.transfer_fee_percent)
        await payments.reallocate(session, booking)


async def drop(session: AsyncSession, booking: Booking) -> None:
    """Nobody takes it over: a fee of which nothing has been paid is not owed any more. Lock the booking first, and speak as the system."""
    fee = fee_among(await crud.payments.schedule(session, booking.id))
    if fee and fee.allocated == 0:
        fee.status = InstallmentStatus.cancelled
        await session.flush()


async def charge(session: AsyncSession, booking: Booking, project: Project, percent: Decimal) -> None:
    """Of the price, as one more line."""
    amount = round_cents(booking.total_amount * percent / 100)
    await payments.charge(session, booking, project, FEE, amount, await crud.clock.now(session))


def check(booking: Booking, lines: Sequence[Installment]) -> None:
    """Conflict FEE_UNPAID while something of it is still to come."""
    fee = fee_among([line for line in lines if line.status is not InstallmentStatus.waived])
    if fee and fee.outstanding > 0:
        left = f"{booking.currency} {fee.outstanding:,.2f}"
        raise Conflict("FEE_UNPAID", f"{left} of the transfer fee is to be paid first.", outstanding=fee.outstanding)


def fee_among(lines: Sequence[Installment]) -> Installment | None:
    """That of the booking itself; one that it has brought along names the booking before (`named_after`)."""
    return next((line for line in lines if line.kind is InstallmentKind.charge and line.name == FEE), None)


def named_after(line: Installment, before: Booking) -> str:
    """How a line is called in the booking that goes on from another."""
    return f"{FEE} of {before.booking_number}" if fee_among([line]) else line.name
