"""Receipts and demand notices as PDF, one page each."""

from datetime import datetime
from decimal import Decimal

from realestate.models.payments import PaymentKind, PaymentStatus
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.terms import rera
from realestate.papers.writing import dawn, day, in_currency, money, said, words
from realestate.schemas.papers import CreditNoteBasis, DemandBasis, PaperBooking, ReceiptBasis

CREDITED = "Interest on what you have paid, because possession comes later than was promised. It pays what is due as money would."
CREDIT = "Certified tax that the buyer has paid on the seller's account; no money has changed hands."
RECEIVED = "Received with thanks. This receipt is made by a computer and is valid without a signature."
BOUNCED = "The payment has bounced: nothing has been received by it, and this receipt is not valid any more."
NOTE_ROOM = 17.0
"""Millimetres that a note below a table takes."""
PAPERS = {
    PaymentKind.receipt: ("Receipt", RECEIVED),
    PaymentKind.tds_credit: ("Tax credit", CREDIT),
    PaymentKind.interest_credit: ("Interest credit", CREDITED),
}
TAKEN_BACK = "Nothing of the demand above has to be paid. It has been taken off your account."
ASKED = "Please pay by the day above. Money that comes later may bear interest as agreed."


def draw_receipt(basis: ReceiptBasis) -> bytes:
    """Who has paid what for which booking, and which lines it pays."""
    booking = basis.booking
    title, note = PAPERS[basis.kind]
    across = "BOUNCED" if basis.payment_status is PaymentStatus.bounced else None
    sheets = _sheets(title, str(basis.receipt_no), booking, basis.cleared_at or dawn(basis.payment_date), across)
    sheets.facts(
        [
            ("Amount", money(basis.amount, booking.currency)),
            ("Received on", day(basis.payment_date)),
            ("By", words(basis.payment_method.value)),
            *([("Reference", basis.transaction_id)] if basis.transaction_id else []),
            *([("Bounced", basis.reason or "")] if across else []),
        ],
        "Amount",
        in_currency(booking.currency),
    )
    if basis.allocations:
        parts = [(one.line.name, one.line.demand_no or "", one.principal + one.tax + one.interest) for one in basis.allocations]
        left = basis.amount - sum((amount for *_, amount in parts), Decimal(0))
        rows = [(name, number, money(amount, booking.currency)) for name, number, amount in parts]
        rows += [("Credit for what is asked for next", "", money(left, booking.currency))] if left else []
        total = ("Total", "", money(basis.amount, booking.currency))
        sheets.amounts((("Line", 1), ("Demand", 0), ("Amount", 0)), rows, total, "What it pays", room=NOTE_ROOM)
    sheets.ln(6)
    sheets.paragraph(BOUNCED if across else note)
    return bytes(sheets.output())


def draw_notice(basis: DemandBasis) -> bytes:
    """What is to be paid by when, and why now."""
    booking = basis.booking
    assert basis.demanded_at, "seen to before"
    sheets = _sheets("Demand notice", str(basis.demand_no), booking, basis.demanded_at)
    rows = [
        ("For", basis.name),
        ("Amount", money(basis.amount, booking.currency)),
        *([("Of which tax", money(basis.tax_amount, booking.currency))] if basis.tax_amount else []),
        *([("Paid so far", money(basis.paid_amount, booking.currency))] if basis.paid_amount else []),
        ("To be paid", money(basis.outstanding, booking.currency)),
        ("By", day(basis.due_date) if basis.due_date else "at once"),
    ]
    sheets.facts(rows, "What is due", in_currency(booking.currency))
    if proof := basis.proof:
        facts = [("Work", proof.phase_name), ("Milestone", f"{proof.threshold_pct} %, reached with {proof.percentage:g} %")]
        facts += [("Certified", f"{day(proof.certified_at.date())} by {proof.certified_by or 'the company'}")] if proof.certified_at else []
        sheets.facts(facts, "Why now")
    sheets.ln(6)
    sheets.paragraph(ASKED)
    return bytes(sheets.output())


def draw_credit_note(basis: CreditNoteBasis) -> bytes:
    """Which demand is taken back, and why."""
    booking = basis.booking
    sheets = _sheets("Credit note", basis.credit_no, booking, basis.created_at)
    rows = [
        ("Demand", f"{basis.demand_no} of {day(basis.demanded_at.date())}"),
        ("For", basis.name),
        ("Amount", money(basis.amount, booking.currency)),
        *([("Of which tax", money(basis.tax_amount, booking.currency))] if basis.tax_amount else []),
        ("Because", basis.reason),
        *([("Asked for again on", day(basis.again_on))] if basis.again_on else []),
    ]
    sheets.facts(rows, "What is taken back", in_currency(booking.currency))
    sheets.ln(6)
    sheets.paragraph(TAKEN_BACK)
    return bytes(sheets.output())


def _sheets(title: str, number: str, booking: PaperBooking, made_at: datetime, across: str | None = None) -> Sheets:
    project = booking.unit.project
    marks = Marks(title, project.project_name, f"{title} {number}", f"Booking {booking.booking_number}", across)
    sheets = Sheets(f"{title} {number}", project.builder.company_name, marks, made_at)
    sheets.title_block(title, f"{number}  ·  Booking {booking.booking_number}", f"{project.project_name}, {project.location}")
    sheets.facts(parties(booking), "Between")
    return sheets


def parties(booking: PaperBooking) -> list[tuple[str, str]]:
    """Who asks or receives, who pays, and for what."""
    unit, builder, buyer = booking.unit, booking.unit.project.builder, booking.customer
    licence, registered = f"Licence {builder.license_number}", rera(unit.project.rera_number or builder.rera_number)
    seller = [builder.company_name, builder.address, licence, registered, builder.phone]
    which = f"{unit.unit_number}, tower {unit.tower}" if unit.tower else unit.unit_number
    paid_by = [buyer.full_name, buyer.address, buyer.phone, buyer.email] if buyer else ["as named in the booking"]
    return [("Seller", said(seller)), ("Buyer", said(paid_by)), ("Unit", which)]
