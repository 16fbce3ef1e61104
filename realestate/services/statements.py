"""Statements of account: what the ledger says, in the order of its days. The same rows make the same statement, on every paper."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud, reading
from realestate.errors import Conflict
from realestate.models.bookings import ACTIVE
from realestate.models.interest import stays
from realestate.models.payments import CLEARED, InstallmentStatus, PaymentKind, PaymentStatus
from realestate.models.rules import Rules
from realestate.schemas.statements import Statement, StatementBasis, StatementEntry
from realestate.services import payments
from realestate.services.bookings.standing import policy_of
from realestate.services.payments.accruing import accrued
from realestate.services.payments.crediting import WAITS_FOR_KEYS, delay
from realestate.services.payments.timing import paid_over_time
from realestate.views.statements import STATEMENT

I = InstallmentStatus
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for a formula, also in its wide form."""
ZERO = Decimal(0)
CREDITED = {
    PaymentKind.receipt: "Received",
    PaymentKind.tds_credit: "Tax credit",
    PaymentKind.interest_credit: "Interest for late possession",
}
Move = tuple[date, int, str, str | None, Decimal, Decimal]
"""When, in which order of a day, what, its number, debit, credit."""


def compose(basis: StatementBasis, now: datetime, since: date | None = None) -> Statement:
    zone = ZoneInfo(basis.unit.project.timezone)
    today = now.astimezone(zone).date()
    moves = sorted([*_owed(basis, zone), *_taken_back(basis, zone), *_moved(basis, zone)], key=lambda move: move[:2])
    before = [move for move in moves if since and move[0] < since]
    opening = sum((debit - credit for *_, debit, credit in before), ZERO)
    entries, balance = [], opening
    for day, _, what, number, debit, credit in moves[len(before) :]:
        balance += debit - credit
        entries.append(StatementEntry(date=day, description=what, reference=number, debit=debit, credit=credit, balance=balance))
    return Statement(
        booking_number=basis.booking_number,
        currency=basis.currency,
        as_of=today,
        opening_balance=opening,
        total_debits=sum((entry.debit for entry in entries), ZERO),
        total_credits=sum((entry.credit for entry in entries), ZERO),
        closing_balance=balance,
        interest_accrued=_interest_accrued(basis, today),
        builder_interest_accrued=_builder_interest_accrued(basis, today),
        entries=entries,
    )


async def close(session: AsyncSession, booking_id: int) -> Statement:
    """Charge what has accrued until today, and say how the account stands then. Conflict BOOKING_NOT_ACTIVE."""
    unit, _, now = await crud.units.lock(session, (await crud.bookings.peek(session, booking_id)).unit_id)
    booking = await crud.bookings.get(session, booking_id)
    if booking.status not in ACTIVE:
        raise Conflict("BOOKING_NOT_ACTIVE", f"Nothing accrues on a booking that is {booking.status}.")
    await payments.close(session, booking, unit.project, now, unit.project.date_at(now))
    said = await reading.read_back(session, STATEMENT.query(session.info["identity"].role), id=booking_id)
    assert said is not None, "it has just been locked"
    return compose(StatementBasis.model_validate(json.loads(said.partition(b":")[2])), now)


def _interest_accrued(basis: StatementBasis, today: date) -> Decimal:
    """Of the buyer, as far as it has not been charged."""
    rules = Rules.of(basis.unit.project.rules, basis.interest_terms)
    moved = [one for one in basis.payments if one.payment_status in CLEARED]
    kept = ((one.id, part.installment_id, part.amount) for one in moved for part in one.allocations)
    paid = paid_over_time(moved, basis.installments, kept, rules.allocation_order)
    return sum((one.amount for one in accrued(basis.installments, paid, rules, today)), ZERO)


def _builder_interest_accrued(basis: StatementBasis, today: date) -> Decimal:
    """As far as it has not been credited."""
    moved = [one for one in basis.payments if one.payment_status in CLEARED]
    credited = sum((one.amount for one in moved if one.kind is PaymentKind.interest_credit), ZERO)
    if (basis.previous_status or basis.status) not in WAITS_FOR_KEYS:
        return ZERO
    grace_days = Rules.of(basis.unit.project.rules, basis.interest_terms).grace_days
    return delay(stays(moved), credited, policy_of(basis).interest_percent, grace_days, basis.promised_possession_date, today)


def as_csv(statement: Statement) -> str:
    """The same, for a spreadsheet: amounts are plain numbers, texts are no formulas."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["date", "description", "reference", "debit", "credit", "balance"])
    write([statement.entries[0].date if statement.entries else statement.as_of, "Opening balance", "", "", "", statement.opening_balance])
    for entry in statement.entries:
        texts = [text_cell(entry.description), text_cell(entry.reference or "")]
        write([entry.date, *texts, entry.debit or "", entry.credit or "", entry.balance])
    write([statement.as_of, "Closing balance", "", statement.total_debits, statement.total_credits, statement.closing_balance])
    for what, debit, credit in statement.outside_the_balance:
        write([statement.as_of, what, "", debit or "", credit or "", ""])
    return out.getvalue()


def text_cell(said: str) -> str:
    """Never a formula."""
    return f"'{said}" if said.startswith(DANGEROUS) else said


def _owed(basis: StatementBasis, zone: ZoneInfo) -> Iterator[Move]:
    for line in basis.installments:
        if line.demanded_at is None or line.status is I.cancelled and not line.allocated:
            continue
        amount = line.allocated if line.status is I.cancelled else line.amount
        yield line.demanded_at.astimezone(zone).date(), 0, line.name, line.demand_no, amount, ZERO
        if line.waived_at:
            yield line.waived_at.astimezone(zone).date(), 2, f"Waived: {line.name}", line.demand_no, ZERO, line.amount - line.allocated


def _taken_back(basis: StatementBasis, zone: ZoneInfo) -> Iterator[Move]:
    for note in basis.credit_notes:
        yield note.demanded_at.astimezone(zone).date(), 0, note.name, note.demand_no, note.amount, ZERO
        yield note.created_at.astimezone(zone).date(), 2, f"Taken back: {note.name}", note.credit_no, ZERO, note.amount


def _moved(basis: StatementBasis, zone: ZoneInfo) -> Iterator[Move]:
    for payment in basis.payments:
        number = payment.receipt_no or payment.transaction_id
        if payment.kind is PaymentKind.refund:
            if payment.payment_status is PaymentStatus.completed:
                yield payment.payment_date, 3, "Paid back", number, payment.amount, ZERO
        elif payment.payment_status in CLEARED or payment.cleared_at:
            yield payment.payment_date, 1, CREDITED[payment.kind], number, ZERO, payment.amount
            if payment.bounced_at:
                yield payment.bounced_at.astimezone(zone).date(), 3, "Bounced", number, payment.amount, ZERO
