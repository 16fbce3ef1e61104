"""Another schedule for what is not demanded yet. The team proposes it, the owner of record agrees to exactly that, the system writes it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid
from realestate.models.accounts import Role
from realestate.models.agreements import SIGNED
from realestate.models.base import as_said
from realestate.models.bookings import DEMANDED_OF, Booking
from realestate.models.money import split, split_tax
from realestate.models.notifications import Event
from realestate.models.payments import Installment, InstallmentStatus, PlanAmendment
from realestate.schemas.plan_amendments import PlanAmendmentCreate
from realestate.services import payments
from realestate.services.agreements import digest_of
from realestate.services.bookings.finding import Found, together
from realestate.services.notifications import notify

NONE = Decimal(0)
TRIGGER = ("name", "trigger", "phase_key", "threshold_pct", "due_in_days")
"""What a line of a schedule keeps of what was agreed on."""


async def propose(session: AsyncSession, member: Identity, booking_id: int, said: PlanAmendmentCreate) -> PlanAmendment:
    """Instead of what was proposed before. Conflict NOT_AMENDABLE, NOTHING_LEFT; NOT_WHAT_IS_LEFT, with the sum that is `expected`."""
    async with together(session, booking_id, "") as found:
        booking, unit, now = found
        _check_amendable(booking)
        lines = await crud.payments.lines_of_price(session, booking_id)
        replaced = [line for line in lines if line.status is InstallmentStatus.scheduled]
        planned = _planned(said, replaced, unit.project.date_at(now))
        before = await crud.plan_amendments.find_open(session, booking_id)
        if before:
            before.decide("withdraw", member.me, now)
            await session.flush()
        kept = [{"seq": line.seq, "name": line.name, "amount": float(line.amount)} for line in lines if line not in replaced]
        number = await crud.plan_amendments.next_number(session, booking_id)
        terms: dict[str, Any] = {"number": number, "currency": booking.currency, "kept": kept, "lines": planned}
        amendment = PlanAmendment(
            **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")},
            **terms,
            booking_id=booking_id,
            reason=said.reason,
            amount=_sum(replaced),
            tax_amount=sum((line.tax_amount for line in replaced), NONE),
            replaces=[line.id for line in replaced],
            content_hash=digest_of(terms | {"booking": booking.booking_number}),
            created_by=member.me,
        )
        session.add(amendment)
        await session.flush()
    _tell(session, Event.plan_proposed, booking, amendment, reason=said.reason)
    return amendment


async def agree(session: AsyncSession, customer: Identity, amendment_id: int, content_hash: str) -> PlanAmendment:
    """To what was read. Forbidden OWNER_ONLY; Conflict NOT_AMENDABLE, PROPOSAL_CHANGED, DAY_PASSED."""
    seen = await crud.plan_amendments.peek(session, amendment_id)
    async with together(session, seen.booking_id, "") as found:
        _check_amendable(found.booking)
        amendment = await crud.plan_amendments.get(session, amendment_id)
        number = (await crud.change_requests.next_numbers(session, found.booking))[0] if found.booking.status in SIGNED else None
        amendment.agree(content_hash, customer.me, found.now)
        if number:
            amendment.add_to_agreement(number, found.booking.booking_number, found.now)
        _check_days(amendment, found.unit.project.date_at(found.now))
        await _replace(session, found, amendment)
    _tell(session, Event.plan_agreed, found.booking, amendment, addendum=(amendment.addendum or {}).get("number", ""))
    return amendment


async def end(session: AsyncSession, by: Identity, amendment_id: int) -> PlanAmendment:
    """The team withdraws it, or the owner of record declines."""
    seen = await crud.plan_amendments.peek(session, amendment_id)
    async with together(session, seen.booking_id, "") as found:
        amendment = await crud.plan_amendments.get(session, amendment_id)
        amendment.decide("decline" if by.role is Role.customer else "withdraw", by.me, found.now)
        await session.flush()
    _tell(session, Event.plan_proposal_ended, found.booking, amendment, said=amendment.status.value)
    return amendment


async def _replace(session: AsyncSession, found: Found, amendment: PlanAmendment) -> None:
    """The old lines end, the new ones come, and what has become due is demanded, as of somebody who comes late."""
    booking, unit, now = found
    await session.flush()  # agreed to, before its lines end: else it would lapse with them
    for line in await crud.payments.lines_of_price(session, booking.id):
        if line.id in amendment.replaces:
            line.status, line.demand_state = InstallmentStatus.cancelled, None
    seq = await crud.demands.next_seq(session, booking.id)
    session.add_all(_installment(booking, at, said, now) for at, said in enumerate(amendment.lines, seq))
    booking.plan_snapshot = amendment.snapshot_after(booking.plan_snapshot)
    await session.flush()
    await payments.settle(session, booking, unit.project, now)


def _planned(said: PlanAmendmentCreate, replaced: Sequence[Installment], today: date) -> list[dict[str, Any]]:
    """The lines as they are kept: amounts that come to what is left, and taxes that come to its taxes."""
    left = _sum(replaced)
    if left <= 0:
        raise Conflict("NOTHING_LEFT", "Everything has been demanded already.")
    weights = [line.weight for line in said.lines if line.weight is not None]
    amounts = split(left, weights) if weights else [line.amount for line in said.lines if line.amount is not None]
    if sum(amounts, NONE) != left:
        raise Conflict("NOT_WHAT_IS_LEFT", f"The lines should come to {left:,.2f}, which is not demanded yet.", expected=left)
    if 0 in amounts:
        raise Invalid.field("lines", "Each line should come to something.", "OUT_OF_RANGE")
    if any(line.due_date and line.due_date < today for line in said.lines):
        raise Invalid.field("lines", "Each day should be one to come.", "OUT_OF_RANGE")
    taxes = split_tax(sum((line.tax_amount for line in replaced), NONE), amounts)
    return [
        line.model_dump(mode="json", exclude={"weight"}) | {"amount": float(amount), "tax_amount": float(tax)}
        for line, amount, tax in zip(said.lines, amounts, taxes, strict=True)
    ]


def _installment(booking: Booking, seq: int, said: dict[str, Any], now: datetime) -> Installment:
    return Installment(
        **{name: getattr(booking, name) for name in ("builder_id", "project_id", "customer_id")},
        booking_id=booking.id,
        seq=seq,
        name=said["name"],
        amount=Decimal(str(said["amount"])),
        tax_amount=Decimal(str(said["tax_amount"])),
        trigger={name: said[name] for name in TRIGGER} | {"planned_at": as_said(now)},
        due_date=said["due_date"] and date.fromisoformat(said["due_date"]),
    )


def _check_amendable(booking: Booking) -> None:
    if booking.status not in DEMANDED_OF:
        raise Conflict("NOT_AMENDABLE", f"The schedule of a booking that is {booking.status} is not planned anew.")


def _check_days(amendment: PlanAmendment, today: date) -> None:
    if any(line["due_date"] and date.fromisoformat(line["due_date"]) < today for line in amendment.lines):
        raise Conflict("DAY_PASSED", "A day of this proposal has passed; ask for another one.")


def _sum(lines: Sequence[Installment]) -> Decimal:
    return sum((line.amount for line in lines), NONE)


def _tell(session: AsyncSession, event: Event, booking: Booking, amendment: PlanAmendment, **facts: str) -> None:
    amount = f"{amendment.currency} {amendment.amount:,.2f}"
    notify(session, event, booking, part=amendment.id, number=booking.booking_number, amount=amount, lines=len(amendment.lines), **facts)
