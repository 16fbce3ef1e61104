"""Letters of allotment as PDF: a unit is kept for its buyer, at which price, on which plan, and for how long they may think again."""

from zoneinfo import ZoneInfo

from realestate.papers import terms as said_of
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.terms import ALLOTTEES
from realestate.papers.writing import day, moment, money
from realestate.schemas.allotments import AllotmentLetter, AllotmentTerms

DEAR = (
    "We are pleased to allot the unit below to {}, at the price and on the plan of this letter. It is taken from sale, and nobody else can "
    "book it while this booking stands."
)
ONE, SEVERAL = "the allottee named below", "the allottees named below, jointly and in the shares that stand with their names"
TERMS = (
    "The token is part of the first instalment and is not asked for again.",
    "Instalments are demanded in writing when they fall due; what waits for work is demanded with the certificate of that work.",
    "Both sides sign an agreement for sale, which then takes the place of this letter.",
    "What is given back to who leaves follows from the policy that holds for the project; a quote of it can be asked for at any time.",
    "The number at the foot of each page is the SHA-256 of this letter's terms: letters that carry the same number say the same.",
    "This letter is made by a computer and is valid without a signature.",
)


def draw_letter(letter: AllotmentLetter) -> bytes:
    """The same bytes each time: a letter is never changed."""
    terms, project = letter.terms, letter.terms.unit.project
    digest = f"SHA-256 of the terms: {letter.content_hash}"
    marks = Marks("Letter of allotment", project.project_name, f"{letter.number}, booking {terms.booking_number}", digest)
    sheets = Sheets(f"Letter of allotment {letter.number}", project.builder.company_name, marks, letter.issued_at)
    issued = day(letter.issued_at.astimezone(ZoneInfo(project.timezone)))
    about = f"{letter.number}  ·  {issued}  ·  Booking {terms.booking_number}"
    sheets.title_block("Letter of allotment", about, f"{project.project_name}, {project.location}")
    sheets.ln(3)
    sheets.paragraph(DEAR.format(SEVERAL if len(terms.parties) > 1 else ONE))
    sheets.facts(said_of.parties(terms, ALLOTTEES), "1. Parties")
    sheets.facts(said_of.unit(terms.unit, project), "2. The unit")
    lines, beyond = ([(line.name, line.amount) for line in part] for part in (terms.cost_sheet.lines, terms.cost_sheet.outside_plan))
    said_of.prices(sheets, "3. Cost sheet", terms.currency, terms.total_amount, lines, beyond)
    said_of.schedule(sheets, "4. Payment plan", terms.currency, said_of.plan(terms, [line.tax_amount for line in terms.schedule]))
    sheets.facts(_dates(terms), "5. Dates and token")
    sheets.heading("6. Terms")
    sheets.clauses("6", TERMS)
    return bytes(sheets.output())


def _dates(terms: AllotmentTerms) -> list[tuple[str, str]]:
    zone = ZoneInfo(terms.unit.project.timezone)
    free = terms.cooling_off_until if terms.cooling_off_until != terms.confirmed_at else None
    leaving = f"{moment(free.astimezone(zone))}: until then nothing is kept" if free else ""
    return [
        ("Booked", day(terms.booking_date.astimezone(zone))),
        ("Allotted", day(terms.confirmed_at.astimezone(zone)) if terms.confirmed_at else "with this letter"),
        *([("Free to leave until", leaving)] if leaving else []),
        ("Possession promised", day(terms.promised_possession_date) if terms.promised_possession_date else "not yet promised"),
        ("Token", money(terms.token_amount, terms.currency)),
    ]
