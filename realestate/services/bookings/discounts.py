"""Something off the price: asked for by one of the team, decided by another; the schedule is split anew."""

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Forbidden
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.money import split, split_tax
from realestate.models.notifications import Event
from realestate.models.payments import ON_THEIR_WAY, Installment, InstallmentStatus
from realestate.models.units import granted
from realestate.schemas.particulars import DiscountCreate, DiscountDecision
from realestate.services import payments, policies
from realestate.services.bookings.finding import Found, together
from realestate.services.notifications import notify

OPEN = (BookingStatus.reserved, BookingStatus.token_paid)
"""Until the allotment says the price."""


async def ask(session: AsyncSession, member: Identity, booking_id: int, said: DiscountCreate) -> Booking:
    """Instead of what was asked for before. Within the policy's limit it is granted at once, else somebody else decides.

    Conflict TOO_LATE once the unit is allotted; EXCEEDS_OPEN or NOTHING_TO_SPREAD for more than could be granted now, DISCOUNT_STANDS for
    less than has been.
    """
    async with together(session, booking_id, "") as found:
        booking = found.booking
        _check_open(booking)
        await _check_amount(session, booking, said.amount)
        limit = (await policies.of(session, found.unit.project)).discount_limit_percent
        is_small = said.amount <= booking.total_amount * limit / 100
        asked = {"amount": float(said.amount), "reason": said.reason, "requested_by": member.me}
        booking.discount_request = None if is_small else asked
        if is_small:
            await _grant(session, found, said.amount, member)
        await session.flush()
    facts = {"number": booking.booking_number, "amount": f"{booking.currency} {said.amount:,.2f}", **found.unit.names}
    if is_small:
        notify(session, Event.discount_decided, booking, part=found.part, **facts, decision="granted")
    else:
        notify(session, Event.discount_requested, booking, part=found.part, **facts, reason=said.reason)
    return booking


async def decide(session: AsyncSession, member: Identity, booking_id: int, said: DiscountDecision) -> Booking:
    """On the amount that was read, by somebody else than who asked for it: Forbidden MAKER_IS_CHECKER.

    Conflict NO_REQUEST; REQUEST_CHANGED, with the `amount` that is asked for; TOO_LATE; EXCEEDS_OPEN; NOTHING_TO_SPREAD.
    """
    async with together(session, booking_id, "") as found:
        booking, asked = found.booking, found.booking.discount_request
        if asked is None:
            raise Conflict("NO_REQUEST", "Nobody has asked for a discount.")
        if said.approved and asked["requested_by"] == member.me:
            raise Forbidden("MAKER_IS_CHECKER", "Somebody else has to decide on a discount that you have asked for.")
        _check_open(booking)
        amount = Decimal(str(asked["amount"]))
        if amount != said.amount:
            raise Conflict("REQUEST_CHANGED", f"By now {booking.currency} {amount:,.2f} are asked for.", amount=amount)
        booking.discount_request = None
        if said.approved:
            await _grant(session, found, amount, member)
        await session.flush()
    facts = {"number": booking.booking_number, "amount": f"{booking.currency} {amount:,.2f}", **found.unit.names}
    decision = "granted" if said.approved else "refused"
    notify(session, Event.discount_decided, booking, part=found.part, **facts, decision=decision)
    return booking


async def _grant(session: AsyncSession, found: Found, amount: Decimal, member: Identity) -> None:
    """In all: instead of what was granted before. What has a demand number or was waived stays; each other line gives its part, and money
    that one has had too much of pays the next."""
    booking = found.booking
    total = await _check_amount(session, booking, amount)
    lines, fixed = await _spread_over(session, booking)
    parts = split(total - fixed, [line.amount for line in lines])
    taxes = split_tax(sum((line.tax_amount for line in lines), Decimal(0)), parts)
    beyond = {line.id for line, part in zip(lines, parts, strict=True) if line.allocated > part}
    if beyond:
        kept = await crud.payments.allocations(session, booking.id)
        await crud.payments.lift(session, [one.id for one in kept if one.installment_id in beyond])
        lines, _ = await _spread_over(session, booking)
    for line, part, tax in zip(lines, parts, taxes, strict=True):
        line.change(part, tax)
    booking.cost_sheet = granted(booking.cost_sheet, booking.discount, amount)
    booking.total_amount, booking.discount, booking.discount_approved_by = total, amount, member.me
    await session.flush()
    await payments.settle(session, booking, found.unit.project, found.now)


async def _spread_over(session: AsyncSession, booking: Booking) -> tuple[list[Installment], Decimal]:
    """The lines of the price that may still change, as they are by now, and what the others come to."""
    lines = await crud.payments.lines_of_price(session, booking.id)
    free = [line for line in lines if line.demand_no is None and line.status is not InstallmentStatus.waived]
    return free, sum((line.amount for line in lines if line not in free), Decimal(0))


async def _check_amount(session: AsyncSession, booking: Booking, amount: Decimal) -> Decimal:
    """The price that is left by so much in all. Conflict DISCOUNT_STANDS, EXCEEDS_OPEN, NOTHING_TO_SPREAD."""
    if amount < booking.discount:
        said = "What has been granted is not made smaller: the buyer counts on it."
        raise Conflict("DISCOUNT_STANDS", said, granted=booking.discount)
    total = booking.total_amount + booking.discount - amount
    lines, fixed = await _spread_over(session, booking)
    if not any(line.amount for line in lines):
        raise Conflict("NOTHING_TO_SPREAD", "Every line has been demanded or waived; take a demand back first.")
    if total <= fixed:
        raise Conflict("EXCEEDS_OPEN", "More than that has been demanded or waived already.")
    if total <= booking.token_amount:
        raise Conflict("EXCEEDS_OPEN", "This leaves less than the token to be paid.")
    if total + await crud.payments.charged(session, booking.id) < await crud.payments.total(session, booking.id, ON_THEIR_WAY):
        raise Conflict("EXCEEDS_OPEN", "More than would be left has been paid already.")
    return total


def _check_open(booking: Booking) -> None:
    if booking.status not in OPEN:
        raise Conflict("TOO_LATE", f"The price of a booking that is {booking.status} stands.")
