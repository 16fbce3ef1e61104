"""A statement of account as PDF."""

from datetime import date

from realestate.papers.receipts import parties
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import day, money
from realestate.schemas.papers import PaperBooking
from realestate.schemas.statements import Statement

COLUMNS = (("Date", 22), ("What", 48), ("Number", 32), ("Debit", 24), ("Credit", 24), ("Balance", 26))


def draw_statement(said: tuple[Statement, PaperBooking]) -> bytes:
    """Every entry, and what is owed in the end."""
    statement, booking = said
    project = booking.unit.project
    title = f"Statement of account {statement.booking_number}"
    marks = Marks("Statement of account", project.project_name, f"As of {day(statement.as_of)}", f"Booking {statement.booking_number}")
    sheets = Sheets(title, project.builder.company_name, marks)
    sheets.title_block("Statement of account", f"Booking {statement.booking_number}  ·  as of {day(statement.as_of)}", project.project_name)
    sheets.heading("Between")
    sheets.facts(parties(booking))
    sheets.heading(f"Account in {statement.currency}")
    rows = [("", "Opening balance", "", "", "", f"{statement.opening_balance:,.2f}")]
    for entry in statement.entries:
        debit, credit = (f"{amount:,.2f}" if amount else "" for amount in (entry.debit, entry.credit))
        rows.append((_short(entry.date), entry.description, entry.reference or "", debit, credit, f"{entry.balance:,.2f}"))
    sums = (f"{statement.total_debits:,.2f}", f"{statement.total_credits:,.2f}", f"{statement.closing_balance:,.2f}")
    sheets.amounts(COLUMNS, rows, ("", "Closing balance", "", *sums))
    if statement.interest_accrued:
        sheets.ln(4)
        sheets.paragraph(f"Interest that has accrued and has not been charged: {money(statement.interest_accrued, statement.currency)}.")
    return bytes(sheets.output())


def _short(day: date) -> str:
    return f"{day:%d %b %Y}"
