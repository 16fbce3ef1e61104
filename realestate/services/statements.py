"""Statements of account: what the ledger says, in the order of its days. Pure: the same rows make the same statement, on every paper."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from realestate.models.interest import interest
from realestate.models.payments import CLEARED, OWED_FIRST, InstallmentStatus, PaymentKind, PaymentStatus
from realestate.models.rules import Rules
from realestate.schemas.statements import LineOfStatement, PaymentOfStatement, Statement, StatementBasis, StatementEntry

I = InstallmentStatus
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for a formula, also in its wide form."""
ZERO = Decimal(0)
Move = tuple[date, int, str, str | None, Decimal, Decimal]
"""When, in which order of a day, what, its number, debit, credit."""


def compose(basis: StatementBasis, now: datetime, since: date | None = None) -> Statement:
    zone = ZoneInfo(basis.unit.project.timezone)
    today = now.astimezone(zone).date()
    moves = sorted([*_owed(basis, zone), *_moved(basis, zone)], key=lambda move: move[:2])
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
        interest_accrued=accrued(basis, today),
        entries=entries,
    )


def accrued(basis: StatementBasis, today: date) -> Decimal:
    """Interest on every line of the schedule that was, or is, paid late."""
    rules = Rules.of(basis.unit.project.rules)
    if not rules.interest_percent:
        return ZERO
    paid: dict[int, list[tuple[date, Decimal]]] = {}
    for payment in basis.payments:
        for part in payment.allocations:
            paid.setdefault(part.installment_id, []).append((payment.payment_date, part.principal))
    late = (line for line in basis.installments if line.kind == OWED_FIRST[0] and line.demanded_at and line.due_date)
    live = (line for line in late if line.status not in (I.cancelled, I.waived))
    each = (
        interest(line.amount, rules.interest_percent, line.due_date, rules.grace_days, paid.get(line.id, ()), today)
        for line in live
        if line.due_date
    )
    return sum(each, ZERO)


def as_csv(statement: Statement) -> str:
    """The same, for a spreadsheet: amounts are plain numbers, texts are no formulas."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["date", "description", "reference", "debit", "credit", "balance"])
    write([statement.entries[0].date if statement.entries else statement.as_of, "Opening balance", "", "", "", statement.opening_balance])
    for entry in statement.entries:
        texts = [_text(entry.description), _text(entry.reference or "")]
        write([entry.date, *texts, entry.debit or "", entry.credit or "", entry.balance])
    write([statement.as_of, "Closing balance", "", statement.total_debits, statement.total_credits, statement.closing_balance])
    return out.getvalue()


def _text(said: str) -> str:
    return f"'{said}" if said.startswith(DANGEROUS) else said


def _owed(basis: StatementBasis, zone: ZoneInfo) -> Iterator[Move]:
    for line in basis.installments:
        if line.demanded_at is None or line.status is I.cancelled and not line.allocated:
            continue
        amount = line.allocated if line.status is I.cancelled else line.amount
        yield line.demanded_at.astimezone(zone).date(), 0, line.name, line.demand_no, amount, ZERO
        if line.status is I.waived:
            yield _later(line, zone), 2, f"Waived: {line.name}", line.demand_no, ZERO, line.amount - line.allocated


def _moved(basis: StatementBasis, zone: ZoneInfo) -> Iterator[Move]:
    for payment in basis.payments:
        number = payment.receipt_no or payment.transaction_id
        if payment.kind is PaymentKind.refund:
            if payment.payment_status is PaymentStatus.completed:
                yield payment.payment_date, 3, "Paid back", number, payment.amount, ZERO
        elif payment.payment_status in CLEARED or payment.cleared_at:
            what = "Tax credit" if payment.kind is PaymentKind.tds_credit else "Received"
            yield payment.payment_date, 1, what, number, ZERO, payment.amount
            if payment.payment_status is PaymentStatus.bounced:
                yield _later(payment, zone), 3, "Bounced", number, payment.amount, ZERO


def _later(row: LineOfStatement | PaymentOfStatement, zone: ZoneInfo) -> date:
    """The day of its last step."""
    return row.updated_at.astimezone(zone).date()
