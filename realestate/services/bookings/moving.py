"""A booking that goes on as another one, in somebody else's name or for another unit: what both have in common."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict
from realestate.models.bookings import Booking, BookingParty, PartyRole
from realestate.models.money import round_cents
from realestate.models.payments import Installment, InstallmentKind, InstallmentStatus
from realestate.services import allotments, payments
from realestate.services.bookings import fees
from realestate.services.bookings.carrying import carry
from realestate.services.bookings.finding import Found

LINE = ("kind", "name", "amount", "tax_amount", "trigger", "due_date", "demanded_at", "proof", "waived_at", "change_request_id")
OWED_APART = (InstallmentKind.charge, InstallmentKind.interest)
Party = tuple[int, PartyRole, int]
"""Whose, as what, which share."""


async def enter(session: AsyncSession, new: Booking, parties: Collection[Party], now: datetime) -> None:
    """Write it down, with a letter of allotment of its own and its parties."""
    new.booking_date = now
    session.add(new)
    await session.flush()
    if new.confirmed_at:
        new.allotment_no = f"AL-{new.id:06d}"
    place = {"builder_id": new.builder_id, "project_id": new.project_id, "booking_id": new.id, "owner_id": new.customer_id}
    session.add_all(BookingParty(**place, customer_id=id, role=role, share=share) for id, role, share in parties)
    await session.flush()


async def move_money(session: AsyncSession, by: Identity, new: Found, old: Booking) -> None:
    """All that has come, to the lines that there are by now; of the old ones nothing is owed any more."""
    await session.flush()
    await carry(session, by, old, new.booking, new.unit.project, new.now)
    await crud.payments.cancel_schedule(session, old.id)
    await payments.settle(session, new.booking, new.unit.project, new.now)
    if new.booking.allotment_no:
        await allotments.issue(session, new.booking, new.now)


async def check_money(session: AsyncSession, booking_id: int) -> None:
    """Conflict PAYMENT_PENDING."""
    if await crud.payments.is_on_its_way(session, booking_id):
        raise Conflict("PAYMENT_PENDING", "Money for this booking is on its way; wait until it has cleared.")


# ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def copy_lines(session: AsyncSession, new: Booking, old: Booking, lines: Sequence[Installment]) -> None:
    """The same lines in the new name, with what has been waived of them; interest follows its line, so that no day is charged twice.
    Numbers of demands stay with the old ones, which were asked for."""
    spare = max(line.seq for line in lines)
    copies: dict[int, Installment] = {}
    there = {None, *(line.id for line in lines)}
    for line in sorted(lines, key=lambda one: one.interest_of_id is not None):
        if line.interest_of_id not in there:  # waived, of a line that has been planned anew since
            continue
        for copy in _parts(new, old, line):
            if copy.seq is None:
                copy.seq = spare = spare + 1
            if line.interest_of_id is not None:
                await session.flush()
                copy.interest_of_id = copies[line.interest_of_id].id
                copy.interest_no, copy.interest_until = line.interest_no, line.interest_until
            copies.setdefault(line.id, copy)
            session.add(copy)
    await session.flush()


def _parts(new: Booking, old: Booking, line: Installment) -> Iterator[Installment]:
    """One; of a line that was waived when some of it had been paid, that part, and the rest as a line of its own."""
    copy = _copy(new, old, line)
    copy.seq = line.seq
    if line.status is not InstallmentStatus.waived or line.allocated in (0, line.amount) or line.kind is not InstallmentKind.installment:
        yield copy
        return
    rest = _copy(new, old, line)
    copy.status, copy.waived_at = InstallmentStatus.demanded, None
    copy.amount, copy.tax_amount = line.allocated, round_cents(line.tax_amount * line.allocated / line.amount)
    rest.amount, rest.tax_amount = line.amount - copy.amount, line.tax_amount - copy.tax_amount
    yield copy
    yield rest


def _copy(new: Booking, old: Booking, line: Installment) -> Installment:
    said = {name: getattr(line, name) for name in LINE} | {"name": fees.named_after(line, old)}
    is_waived = line.status is InstallmentStatus.waived
    status = InstallmentStatus.waived if is_waived else InstallmentStatus.demanded if line.demanded_at else InstallmentStatus.scheduled
    return Installment(**said, **place_of(new), status=status)


async def copy_charges(session: AsyncSession, new: Booking, lines: Sequence[Installment], seq: int, begun: Collection[int]) -> None:
    """What was owed beyond the price goes along, from number `seq` on: charges and interest. But for the fee of a transfer that is not to
    be, and for changes of the other home that nobody has begun with."""
    for line in lines:
        is_dropped = fees.fee_among([line]) or line.change_request_id is not None and line.change_request_id not in begun
        if line.kind not in OWED_APART or line.status in (InstallmentStatus.waived, InstallmentStatus.cancelled) or is_dropped:
            continue
        said = {name: getattr(line, name) for name in LINE if name not in ("kind", "change_request_id")}
        status = InstallmentStatus.demanded if line.demanded_at else InstallmentStatus.scheduled
        session.add(Installment(**said, **place_of(new), kind=line.kind, seq=seq, status=status))
        seq += 1
    await session.flush()


def place_of(new: Booking) -> dict[str, int]:
    return {"builder_id": new.builder_id, "project_id": new.project_id, "booking_id": new.id, "customer_id": new.customer_id}
