"""A statement of account as PDF."""

from datetime import date
from functools import partial

from realestate.papers.receipts import parties
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import dawn, day, in_currency, money, plain
from realestate.schemas.papers import PaperBooking
from realestate.schemas.statements import Statement

COLUMNS = (("Date", 0), ("What", 1), ("Number", 0), ("Debit", 0), ("Credit", 0), ("Balance", 0))


def draw_statement(said: tuple[Statement, PaperBooking]) -> bytes:
    """Every entry, and what is owed in the end."""
    statement, booking = said
    project = booking.unit.project
    title = f"Statement of account {statement.booking_number}"
    marks = Marks("Statement of account", project.project_name, f"As of {day(statement.as_of)}", f"Booking {statement.booking_number}")
    sheets = Sheets(title, project.builder.company_name, marks, dawn(statement.as_of))
    sheets.title_block("Statement of account", f"Booking {statement.booking_number}  ·  as of {day(statement.as_of)}", project.project_name)
    sheets.facts(parties(booking), "Between")
    amount = partial(plain, currency=statement.currency)
    rows = [("", "Opening balance", "", "", "", amount(statement.opening_balance))]
    for entry in statement.entries:
        debit, credit = (amount(side) if side else "" for side in (entry.debit, entry.credit))
        rows.append((_short(entry.date), entry.description, entry.reference or "", debit, credit, amount(entry.balance)))
    sums = map(amount, (statement.total_debits, statement.total_credits, statement.closing_balance))
    sheets.amounts(COLUMNS, rows, ("", "Closing balance", "", *sums), "Account", in_currency(statement.currency), 3)
    for what, accrued, owed in statement.outside_the_balance:
        sheets.ln(4)
        sheets.paragraph(f"{what}: {money(accrued or owed, statement.currency)}.")
    return bytes(sheets.output())


def _short(day: date) -> str:
    return f"{day:%d\u00a0%b\u00a0%Y}"
