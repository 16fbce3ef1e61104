"""The record of a handover as PDF: when the keys went over, what was checked, what was not right, and whether anything is owed."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from realestate.papers.receipts import parties
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import capital, dawn, day, in_currency, moment, money, said, words
from realestate.schemas.handovers import HandoverBasis, SnagOnPaper

NO_DUES = "Nothing that has been demanded of this booking is still to be paid."
DUES = "What has been demanded since and is still to be paid stands above."
NO_SNAGS = "Nothing was reported that was not right."


def draw_handover(record: tuple[HandoverBasis, date]) -> bytes:
    """As of a day: what is mended or paid after the keys is in it too."""
    basis, as_of = record
    project, title = basis.unit.project, f"Handover record {basis.booking_number}"
    marks = Marks("Handover record", project.project_name, f"Handover record as of {day(as_of)}", f"Booking {basis.booking_number}")
    sheets = Sheets(title, project.builder.company_name, marks, dawn(as_of))
    about = f"Booking {basis.booking_number}  ·  as of {day(as_of)}"
    sheets.title_block("Handover record", about, f"{project.project_name}, {project.location}")
    sheets.facts(parties(basis), "Between")
    steps = (
        ("Possession offered", basis.possession_offered_at),
        ("Taken by the buyer", basis.acknowledged_at),
        ("Keys", basis.handed_over_at),
    )
    sheets.facts([(name, _when(at, ZoneInfo(project.timezone))) for name, at in steps], "Dates")
    if basis.handover_checklist:
        done = [(capital(words(item)), "done" if is_done else "not done") for item, is_done in basis.handover_checklist.items()]
        sheets.facts(done, "Checklist")
    if basis.snags:
        sheets.facts([(_state(snag), said((snag.title, snag.response))) for snag in basis.snags], "What was not right")
    else:
        sheets.heading("What was not right")
        sheets.paragraph(NO_SNAGS)
    sums = (("Price", basis.total_amount), ("Paid", basis.paid_amount), ("Still to be paid", basis.pending_amount))
    sheets.facts([(name, money(amount, basis.currency)) for name, amount in sums], "Account", in_currency(basis.currency))
    sheets.ln(3)
    sheets.paragraph(DUES if basis.pending_amount else NO_DUES, "B")
    return bytes(sheets.output())


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return moment(at.astimezone(zone)) if at else "not yet"


def _state(snag: SnagOnPaper) -> str:
    return f"{capital(words(snag.status.value))}{', blocking' if snag.is_blocking else ''}"
