"""Receipts and demand notices as PDF, one page each."""

from decimal import Decimal

from realestate.models.payments import PaymentKind, PaymentStatus
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import day, money, words
from realestate.schemas.papers import DemandBasis, PaperBooking, ReceiptBasis

CREDIT = "Certified tax that the buyer has paid on the seller's account; no money has changed hands."
RECEIVED = "Received with thanks. This receipt is made by a computer and is valid without a signature."
ASKED = "Please pay by the day above. Money that comes later may bear interest as agreed."


def draw_receipt(basis: ReceiptBasis) -> bytes:
    """Who has paid what for which booking, and which lines it pays."""
    booking, is_credit = basis.booking, basis.kind is PaymentKind.tds_credit
    title = "Tax credit" if is_credit else "Receipt"
    across = "BOUNCED" if basis.payment_status is PaymentStatus.bounced else None
    sheets = _sheets(title, str(basis.receipt_no), booking, across)
    sheets.heading("Amount")
    sheets.facts(
        [
            ("Amount", money(basis.amount, booking.currency)),
            ("Received on", day(basis.payment_date)),
            ("By", words(basis.payment_method.value)),
            *([("Reference", basis.transaction_id)] if basis.transaction_id else []),
            *([("Bounced", basis.reason or "")] if across else []),
        ]
    )
    if basis.allocations:
        sheets.heading("What it pays")
        parts = [(one.line.name, one.line.demand_no or "", one.principal + one.tax + one.interest) for one in basis.allocations]
        left = basis.amount - sum((amount for *_, amount in parts), Decimal(0))
        rows = [(name, number, money(amount, booking.currency)) for name, number, amount in parts]
        rows += [("Credit for what is asked for next", "", money(left, booking.currency))] if left else []
        sheets.amounts((("Line", 90), ("Demand", 40), ("Amount", 40)), rows, ("Total", "", money(basis.amount, booking.currency)))
    sheets.ln(6)
    sheets.paragraph(CREDIT if is_credit else RECEIVED)
    return bytes(sheets.output())


def draw_notice(basis: DemandBasis) -> bytes:
    """What is to be paid by when, and why now."""
    booking = basis.booking
    sheets = _sheets("Demand notice", str(basis.demand_no), booking)
    sheets.heading("What is due")
    rows = [
        ("For", basis.name),
        ("Amount", money(basis.amount, booking.currency)),
        *([("Of which tax", money(basis.tax_amount, booking.currency))] if basis.tax_amount else []),
        *([("Paid so far", money(basis.paid_amount, booking.currency))] if basis.paid_amount else []),
        ("To be paid", money(basis.outstanding, booking.currency)),
        ("By", day(basis.due_date) if basis.due_date else "at once"),
    ]
    sheets.facts(rows)
    if proof := basis.proof:
        sheets.heading("Why now")
        facts = [("Work", proof.phase_name), ("Milestone", f"{proof.threshold_pct} %, reached with {proof.percentage:g} %")]
        facts += [("Certified", f"{day(proof.certified_at.date())} by {proof.certified_by or 'the company'}")] if proof.certified_at else []
        sheets.facts(facts)
    sheets.ln(6)
    sheets.paragraph(ASKED)
    return bytes(sheets.output())


def _sheets(title: str, number: str, booking: PaperBooking, across: str | None = None) -> Sheets:
    project = booking.unit.project
    marks = Marks(title, project.project_name, f"{title} {number}", f"Booking {booking.booking_number}", across)
    sheets = Sheets(f"{title} {number}", project.builder.company_name, marks)
    sheets.title_block(title, f"{number}  ·  Booking {booking.booking_number}", f"{project.project_name}, {project.location}")
    sheets.heading("Between")
    sheets.facts(parties(booking))
    return sheets


def parties(booking: PaperBooking) -> list[tuple[str, str]]:
    """Who asks or receives, who pays, and for what."""
    unit, builder, buyer = booking.unit, booking.unit.project.builder, booking.customer
    rera = unit.project.rera_number or builder.rera_number
    seller = [builder.company_name, builder.address, f"Licence {builder.license_number}", f"RERA {rera}" if rera else None, builder.phone]
    which = f"{unit.unit_number}, tower {unit.tower}" if unit.tower else unit.unit_number
    paid_by = [buyer.full_name, buyer.address, buyer.phone, buyer.email] if buyer else ["as named in the booking"]
    return [("Seller", "\n".join(filter(None, seller))), ("Buyer", "\n".join(filter(None, paid_by))), ("Unit", which)]
