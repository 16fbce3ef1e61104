"""What a unit costs, and what each plan would ask for when, as PDF: dated, and no offer."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from realestate.models.money import PlanTrigger
from realestate.papers import terms as said_of
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.terms import PlanLine
from realestate.papers.writing import dawn, day, moment, money, number, said
from realestate.schemas.papers import PaperBuilder
from realestate.schemas.units.prices import CostSheetOut, PriceLineOut
from realestate.schemas.units.quotes import ProjectOfQuote, QuotedLine, QuotedPlan, QuoteOut, UnitOfQuote

NO_OFFER = (
    "This paper informs. It is not an offer and no part of a contract: it keeps nothing and promises nothing, and does not say that the "
    "unit can still be had. Prices, plans and what is due change until the unit is booked."
)
OF_TODAY = "The prices are those of {}. The price of a day is kept by a hold or a booking of that day."
HELD = "A hold keeps this price until {}."
DATES = "The dates are those of a booking on the same day; what has none falls due when that happens which it waits for."
CAUGHT_UP = "{}: who joins now catches up"

FACTS_ROOM = 28.0
"""Millimetres that what is said below a plan takes."""


@dataclass(frozen=True, slots=True)
class QuotePaper:
    """Of a unit on a day: its cost sheet and, in a quote, what the plans would ask for."""

    unit: UnitOfQuote
    project: ProjectOfQuote
    seller: PaperBuilder
    as_of: date
    cost_sheet: CostSheetOut
    quote: QuoteOut | None = None


def draw_quote(paper: QuotePaper) -> bytes:
    """The same bytes all day, as long as nothing changes."""
    unit, project = paper.unit, paper.project
    title = "Quote" if paper.quote else "Cost sheet"
    which = f"Unit {unit.unit_number}, tower {unit.tower}" if unit.tower else f"Unit {unit.unit_number}"
    marks = Marks(title, project.project_name, f"{title} of {day(paper.as_of)}, not an offer", which)
    sheets = Sheets(f"{title}: {which}, {project.project_name}", paper.seller.company_name, marks, dawn(paper.as_of))
    sheets.title_block(title, f"{which}  ·  {day(paper.as_of)}", f"{project.project_name}, {project.location}")
    sheets.ln(3)
    sheets.paragraph(NO_OFFER, "B")
    sheets.ln(2)
    sheets.paragraph(_validity(paper))
    sheets.facts([("Seller", said(_seller(paper.seller))), *said_of.unit(unit, project)], "The unit")
    kept, beyond = ([(_name(line), line.amount) for line in paper.cost_sheet.lines if line.in_plan is inside] for inside in (True, False))
    said_of.prices(sheets, "Cost sheet", project.currency, paper.cost_sheet.price, kept, beyond)
    for plan in paper.quote.plans if paper.quote else ():
        _plan(sheets, plan, project.currency)
    return bytes(sheets.output())


def _validity(paper: QuotePaper) -> str:
    if paper.quote is None:
        return OF_TODAY.format(day(paper.as_of))
    until = paper.quote.held_until
    kept = HELD.format(moment(until.astimezone(ZoneInfo(paper.project.timezone)))) if until else OF_TODAY.format(day(paper.as_of))
    return f"{kept} {DATES}"


def _seller(builder: PaperBuilder) -> list[str | None]:
    return [builder.company_name, builder.address, f"Licence {builder.license_number}", said_of.rera(builder.rera_number), builder.phone]


def _name(line: PriceLineOut) -> str:
    """With the rate of a tax, and what becomes of money that is not the price of anything."""
    rate = f", {number(line.percent)}\u00a0%" if line.percent is not None else ""
    ends = said(("goes on to others" if line.pass_through else None, "comes back" if line.refundable else None), ", ")
    return f"{line.name}{rate} ({ends})" if ends else f"{line.name}{rate}"


def _plan(sheets: Sheets, plan: QuotedPlan, currency: str) -> None:
    """Line by line; then what is to be paid at once, and what for work that was done before."""
    amount = partial(money, currency=currency)
    lines = [PlanLine(line.seq, line.name, _due(line), line.tax_amount, line.amount) for line in plan.lines]
    said_of.schedule(sheets, plan.name, currency, lines, FACTS_ROOM)
    sheets.ln(3)
    passed = sum((line.amount for line in plan.lines if line.is_passed), Decimal(0))
    sheets.facts(
        [
            ("Token", f"{amount(plan.token_amount)}, paid first, as part of line 1"),
            ("Due at once", amount(plan.due_at_once) if plan.due_at_once else "only the token"),
            *([("Work done already", CAUGHT_UP.format(amount(passed)))] if passed else []),
        ]
    )


def _due(line: QuotedLine) -> str:
    if line.due_date:
        when = day(line.due_date)
    elif line.is_passed or line.trigger is PlanTrigger.on_booking:
        when = "once the agreement is signed"
    else:
        when = said_of.waits(line.model_dump())
    return f"{when}, as the work is done" if line.is_passed else when
