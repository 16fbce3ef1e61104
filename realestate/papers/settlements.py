"""What leaving a booking comes to, as PDF: a quote while it is only asked, a statement once it is settled."""

from datetime import date
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from realestate.models.payments import CLEARED, PaymentKind
from realestate.papers.receipts import parties
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import dawn, day, in_currency, money, words
from realestate.schemas.cancellations import CancellationQuote, SettlementOnPaper
from realestate.schemas.papers import PaperBooking

MONEY = (PaymentKind.receipt, PaymentKind.tds_credit)
"""What counts as paid: not the interest that the seller has credited."""
QUOTED = (
    "A quote: what leaving would come to on the day above. Nothing has been asked for or agreed by it, and its amounts change with the "
    "day, with what is paid, and with how far the works have come."
)
SETTLED = (
    "The settlement stands since the booking was cancelled. Each refund goes back by the receipt that it is of, once it has been approved."
)
NOT_LAW = "Where the figures come from: {}. A company or a project may have set others within the law; none of this is legal advice."


def draw_settlement(said: tuple[CancellationQuote, SettlementOnPaper, date]) -> bytes:
    """As of a day: every item, what it follows from, what has been received and what goes back."""
    quote, basis, as_of = said
    booking = basis.as_paper
    project, title = booking.unit.project, "Cancellation statement" if quote.is_settled else "Cancellation quote"
    marks = Marks(
        title,
        project.project_name,
        f"{title} as of {day(as_of)}",
        f"Booking {booking.booking_number}",
        None if quote.is_settled else "QUOTE",
    )
    sheets = Sheets(f"{title} {booking.booking_number}", project.builder.company_name, marks, dawn(as_of))
    sheets.title_block(title, f"Booking {booking.booking_number}  ·  as of {day(as_of)}", f"{project.project_name}, {project.location}")
    sheets.ln(2)
    sheets.paragraph(SETTLED if quote.is_settled else QUOTED, "" if quote.is_settled else "B")
    sheets.facts(parties(booking), "Between")
    _settlement(sheets, quote)
    sheets.facts(_reasons(quote, basis), "Why")
    sheets.ln(3)
    sheets.paragraph(NOT_LAW.format(quote.policy_source))
    _received(sheets, quote, basis, booking)
    return bytes(sheets.output())


def _settlement(sheets: Sheets, quote: CancellationQuote) -> None:
    """The equation, line by line."""
    amount = partial(money, currency=quote.currency)
    less = [
        (f"Kept by the seller: {quote.retention_rule}", quote.retention),
        ("Taxes that do not come back", quote.non_refundable_taxes),
        ("Paid on for the buyer", quote.pass_through_spent),
        ("Interest for late payment", quote.interest_due),
        ("Other charges", quote.other_charges),
        ("Tax credited, which the tax office gives back", quote.tax_credits),
    ]
    rows = [("Paid and cleared", amount(quote.paid_cleared)), *((f"less  {name}", amount(-taken)) for name, taken in less)]
    rows += [("plus  Interest that the seller owes", amount(quote.builder_interest_owed))]
    sheets.amounts(
        (("Item", 1), ("Amount", 0)), rows, ("To be paid back", amount(quote.refundable)), "Settlement", in_currency(quote.currency)
    )


def _reasons(quote: CancellationQuote, basis: SettlementOnPaper) -> list[tuple[str, str]]:
    asked, zone = basis.cancellation or {}, ZoneInfo(basis.unit.project.timezone)
    days = quote.refund_due_after_resale_days
    resale = f" or, if that is earlier, {days} days after the unit is sold again" if days is not None else ""
    return [
        ("Cause", words(quote.cause.value)),
        *([("Reason given", asked["reason"])] if asked.get("reason") else []),
        ("Price", money(quote.price, quote.currency)),
        *([("Free to leave until", day(quote.cooling_off_until.astimezone(zone)))] if quote.cooling_off_until else []),
        ("To be paid back by", f"{day(quote.refund_due_by)}{resale}"),
        *([("Interest on what is late", money(late, quote.currency))] if (late := quote.refund_interest_accrued) else []),
    ]


def _received(sheets: Sheets, quote: CancellationQuote, basis: SettlementOnPaper, booking: PaperBooking) -> None:
    """Receipt by receipt, what came and what goes back; the difference to what counts is what went back, or bounced, at another time."""
    amount, columns = partial(money, currency=quote.currency), (("Receipt", 0), ("Date", 0), ("By", 1), ("Amount", 0))
    came = [one for one in basis.payments if one.kind in MONEY and one.status in CLEARED]
    rest = quote.paid_cleared - sum((one.amount for one in came), Decimal(0))
    rows = [(one.receipt_no or "", day(one.payment_date), words(one.payment_method.value), amount(one.amount)) for one in came]
    rows += [("", "", "Gone back before" if rest < 0 else "Bounced since", amount(rest))] if rest else []
    total = ("", "", "Paid and cleared", amount(quote.paid_cleared))
    sheets.amounts(columns, rows, total, "Money received", in_currency(quote.currency))
    if refunds := [one for one in basis.payments if one.kind is PaymentKind.refund] if quote.is_settled else []:
        numbers = {one.id: one.receipt_no or "" for one in basis.payments}
        back = [(numbers.get(one.refund_of_id or 0, ""), words(one.status.value), amount(one.amount)) for one in refunds]
        sum_of_refunds = ("", "Going back", amount(sum((one.amount for one in refunds if one.is_going_back), Decimal(0))))
        sheets.amounts((("Of receipt", 0), ("State", 1), ("Amount", 0)), back, sum_of_refunds, "Refunds", in_currency(quote.currency))
