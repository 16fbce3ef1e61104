"""Agreements as PDF, on A4: parties, unit, price, schedule, dates and a place to sign."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from realestate.models.bookings import PartyRole
from realestate.models.money import PlanTrigger
from realestate.papers.sheets import Marks, Sheets
from realestate.papers.writing import day, money, words
from realestate.schemas.agreements import AgreementTerms, LineOfAgreement, PartyOfAgreement

ROLES = {PartyRole.owner: "Buyer", PartyRole.co_applicant: "Co-buyer"}

STANDING = (
    "The seller sells and the buyer buys the unit at the price and on the schedule above. Changes that are agreed later are addenda to "
    "this agreement. The number at the foot of each page is the SHA-256 of these terms: papers that carry the same number say the same."
)


@dataclass(frozen=True, slots=True)
class Paper:
    """One edition of an agreement. `is_kept` when it is the one that there is already."""

    number: str
    edition: int
    is_draft: bool
    agreed_on: date | None
    content_hash: str
    terms: AgreementTerms
    is_kept: bool


def draw(paper: Paper) -> bytes:
    """The PDF. Takes some tenths of a second: not to be called in the event loop."""
    terms, project = paper.terms, paper.terms.unit.project
    sheets = Sheets(f"Agreement for sale {paper.number}, version {paper.edition}", project.builder.company_name, _marks(paper))
    about = f"{paper.number}  ·  Version {paper.edition}  ·  Booking {terms.booking_number}"
    sheets.title_block("Agreement for sale", about, f"{project.project_name}, {project.location}")
    if paper.is_draft:
        sheets.ln(2)
        sheets.paragraph("DRAFT, for reading: nobody has signed it yet.", "B")
    sheets.heading("1. Parties")
    sheets.facts(_parties(terms))
    sheets.heading("2. The unit")
    sheets.facts(_unit(terms))
    sheets.heading("3. Price")
    _prices(sheets, terms)
    sheets.heading("4. Payment schedule")
    _schedule(sheets, terms)
    sheets.heading("5. Dates")
    sheets.facts(_dates(paper))
    sheets.heading("6. What stands")
    sheets.paragraph(STANDING)
    sheets.signatures("7. Signatures", _signing(terms))
    return bytes(sheets.output())


def _marks(paper: Paper) -> Marks:
    version = f"{paper.number}, version {paper.edition}{', draft' if paper.is_draft else ''}"
    digest = f"SHA-256 of the terms: {paper.content_hash}"
    return Marks("Agreement for sale", paper.terms.unit.project.project_name, version, digest, "DRAFT" if paper.is_draft else None)


def _parties(terms: AgreementTerms) -> list[tuple[str, str]]:
    builder, is_shared = terms.unit.project.builder, len(terms.parties) > 1
    licence, represented = f"Licence {builder.license_number}", f"Represented by {builder.full_name}"
    seller = [builder.company_name, builder.address, licence, _rera(builder.rera_number), builder.phone, represented]
    return [("Seller", _said(seller)), *((ROLES[party.role], _said(_person(party, is_shared))) for party in terms.parties)]


def _person(party: PartyOfAgreement, is_shared: bool) -> list[str | None]:
    assert party.customer, "seen to before"
    share = f"Share {_number(party.share / 10_000)}\u00a0%" if is_shared else None
    return [party.customer.full_name, party.customer.address, party.customer.phone, party.customer.email, share]


def _unit(terms: AgreementTerms) -> list[tuple[str, str]]:
    unit, project = terms.unit, terms.unit.project
    place = _said((f"{project.project_name}, {project.location}", project.location_zipcode), " ")
    which = [unit.unit_number, f"tower {unit.tower}" if unit.tower else None, f"floor {unit.floor_number}"]
    sort = [unit.unit_type, f"facing {words(unit.facing)}" if unit.facing else None]
    areas = (
        ("Carpet area", unit.area_sqft, "sqft"),
        ("Built-up area", unit.built_up_area, unit.area_unit),
        ("Super area", unit.super_area, unit.area_unit),
    )
    rows: list[tuple[str, list[str | None]]] = [
        ("Project", [place, _rera(project.rera_number)]),
        ("Unit", [_said(which, ", ")]),
        ("Type", [_said(sort, ", ")]),
    ]
    rows += [(name, [f"{_number(size)} {measure}"]) for name, size, measure in areas if size]
    rows += [("Parking spaces", [str(unit.parking_spaces)])] if unit.parking_spaces else []
    return [(name, _said(said)) for name, said in rows]


def _dates(paper: Paper) -> list[tuple[str, str]]:
    zone = ZoneInfo(paper.terms.unit.project.timezone)
    booked, confirmed, promised = paper.terms.booking_date, paper.terms.confirmed_at, paper.terms.promised_possession_date
    return [
        ("Booked", day(booked.astimezone(zone))),
        ("Allotted", day(confirmed.astimezone(zone)) if confirmed else "not yet"),
        ("Possession promised", day(promised) if promised else "not yet promised"),
        ("Date of agreement", day(paper.agreed_on) if paper.agreed_on else "the day on which the last party signs"),
    ]


def _prices(sheets: Sheets, terms: AgreementTerms) -> None:
    rows = [(line.name, money(line.amount, terms.currency)) for line in terms.cost_sheet.lines]
    sheets.amounts((("For", 120), ("Amount", 50)), rows, ("Total price", money(terms.total_amount, terms.currency)))


def _schedule(sheets: Sheets, terms: AgreementTerms) -> None:
    rows = [(str(line.seq), line.name, _due(line), money(line.amount, terms.currency)) for line in terms.schedule]
    total = money(sum((line.amount for line in terms.schedule), Decimal(0)), terms.currency)
    sheets.amounts((("No.", 10), ("Instalment", 42), ("Falls due", 80), ("Amount", 38)), rows, ("", "Total", "", total))


def _due(line: LineOfAgreement) -> str:
    """The day, or what makes it fall due."""
    days, phase = line.trigger.get("due_in_days"), line.trigger.get("phase_key")
    match line.trigger.get("trigger"):
        case PlanTrigger.on_agreement:
            return f"{days} days after this agreement is signed"
        case PlanTrigger.on_milestone:
            return f"{days} days after the demand, with {words(str(phase))} at {line.trigger.get('threshold_pct')}\u00a0%"
        case PlanTrigger.on_possession:
            return f"{days} days after possession is offered"
    return day(line.due_date) if line.due_date else "when it is asked for"


def _signing(terms: AgreementTerms) -> list[str]:
    buyers = [f"{ROLES[party.role]}: {party.customer.full_name}" for party in terms.parties if party.customer]
    return [f"Seller: {terms.unit.project.builder.company_name}", *buyers]


# ── How things are written ──────────────────────────────────────────────────────────────────────────────────────────────────


def _number(value: float) -> str:
    return format_decimal(value, locale="en")


def _rera(number: str | None) -> str | None:
    return f"RERA {number}" if number else None


def _said(parts: Iterable[str | None], between: str = "\n") -> str:
    return between.join(filter(None, parts))
