"""Agreements as PDF, on A4: parties, unit, price, schedule, dates and a place to sign, or who has signed and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from realestate.papers import terms as said_of
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.terms import ROLES
from realestate.papers.writing import day, moment
from realestate.schemas.agreements import AgreementTerms, SignatureOfAgreement

STANDING = (
    "The seller sells and {} the unit at the price and on the schedule above. Changes that are agreed later are addenda to "
    "this agreement. The number at the foot of each page is the SHA-256 of these terms: papers that carry the same number say the same."
)
ONE, SEVERAL = "the buyer buys", "the buyers buy, jointly and in the shares that stand with their names,"
SIGNED = "Everybody below has signed these terms electronically; each signature names the number at the foot of this page."
SIGNED_SPACE = 4.0
"""Millimetres where nobody signs by hand any more."""
TO_SIGN = "Date and place:"


@dataclass(frozen=True, slots=True)
class Paper:
    """One edition of an agreement. `is_kept` when it is the one that there is already. `signatures`: of its terms, once all are there."""

    number: str
    edition: int
    is_draft: bool
    agreed_on: date | None
    content_hash: str
    terms: AgreementTerms
    is_kept: bool
    signatures: Sequence[SignatureOfAgreement] = ()


def draw(paper: Paper) -> bytes:
    """The PDF. Takes some tenths of a second: not to be called in the event loop."""
    terms, project = paper.terms, paper.terms.unit.project
    made_at = max([terms.booking_date, *(one.signed_at for one in paper.signatures)])
    sheets = Sheets(f"Agreement for sale {paper.number}, version {paper.edition}", project.builder.company_name, _marks(paper), made_at)
    about = f"{paper.number}  ·  Version {paper.edition}  ·  Booking {terms.booking_number}"
    sheets.title_block("Agreement for sale", about, f"{project.project_name}, {project.location}")
    if paper.is_draft:
        sheets.ln(2)
        sheets.paragraph("DRAFT, for reading: not everybody has signed it yet.", "B")
    sheets.facts(said_of.parties(terms), "1. Parties")
    sheets.facts(said_of.unit(terms.unit, project), "2. The unit")
    lines = [(line.name, line.amount) for line in terms.cost_sheet.lines]
    said_of.prices(sheets, "3. Price", terms.currency, terms.total_amount, lines)
    said_of.schedule(sheets, "4. Payment schedule", terms.currency, said_of.plan(terms))
    sheets.facts(_dates(paper), "5. Dates")
    sheets.heading("6. What stands")
    sheets.paragraph(STANDING.format(SEVERAL if len(terms.parties) > 1 else ONE))
    if paper.signatures:
        sheets.ln(2)
        sheets.paragraph(SIGNED)
    sheets.signatures("7. Signatures", _signing(paper), **({"space": SIGNED_SPACE} if paper.signatures else {}))
    return bytes(sheets.output())


def _marks(paper: Paper) -> Marks:
    version = f"{paper.number}, version {paper.edition}{', draft' if paper.is_draft else ''}"
    digest = f"SHA-256 of the terms: {paper.content_hash}"
    return Marks("Agreement for sale", paper.terms.unit.project.project_name, version, digest, "DRAFT" if paper.is_draft else None)


def _dates(paper: Paper) -> list[tuple[str, str]]:
    zone = ZoneInfo(paper.terms.unit.project.timezone)
    booked, confirmed, promised = paper.terms.booking_date, paper.terms.confirmed_at, paper.terms.promised_possession_date
    return [
        ("Booked", day(booked.astimezone(zone))),
        ("Allotted", day(confirmed.astimezone(zone)) if confirmed else "not yet"),
        ("Possession promised", day(promised) if promised else "not yet promised"),
        ("Date of agreement", day(paper.agreed_on) if paper.agreed_on else "the day on which the last party signs"),
    ]


def _signing(paper: Paper) -> list[tuple[str, str]]:
    """Who signs: a place for it or, once everybody has, by whom it was done and when."""
    zone, company = ZoneInfo(paper.terms.unit.project.timezone), f"Seller\n{paper.terms.unit.project.builder.company_name}"
    if paper.signatures:
        names = [f"{ROLES[one.role]}\n{one.full_name}" if one.role else f"{company}\n{one.full_name}" for one in paper.signatures]
        times = [f"Signed on {moment(one.signed_at.astimezone(zone))}" for one in paper.signatures]
        return list(zip(names, times, strict=True))
    buyers = [f"{ROLES[party.role]}\n{party.customer.full_name}" for party in paper.terms.parties if party.customer]
    return [(who, TO_SIGN) for who in (company, *buyers)]
