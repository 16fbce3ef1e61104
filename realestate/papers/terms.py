"""What agreements and letters of allotment have in common: parties, unit, price and schedule, as both sides read them."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from realestate.models.bookings import PartyRole
from realestate.models.money import PlanTrigger
from realestate.papers.sheets import Sheets
from realestate.papers.writing import day, in_currency, money, number, plain, said, words
from realestate.schemas.agreements import AgreementTerms, LineOfAgreement, PartyOfAgreement, PriceLineOfAgreement

ROLES = {PartyRole.owner: "Buyer", PartyRole.co_applicant: "Co-buyer"}


def parties(terms: AgreementTerms) -> list[tuple[str, str]]:
    """The seller, then everybody who buys."""
    builder, is_shared = terms.unit.project.builder, len(terms.parties) > 1
    licence, represented = f"Licence {builder.license_number}", f"Represented by {builder.full_name}"
    seller = [builder.company_name, builder.address, licence, rera(builder.rera_number), builder.phone, represented]
    return [("Seller", said(seller)), *((ROLES[party.role], said(_person(party, is_shared))) for party in terms.parties)]


def unit(terms: AgreementTerms) -> list[tuple[str, str]]:
    """What is sold."""
    unit, project = terms.unit, terms.unit.project
    place = said((f"{project.project_name}, {project.location}", project.location_zipcode), " ")
    which = [unit.unit_number, f"tower {unit.tower}" if unit.tower else None, f"floor {unit.floor_number}"]
    sort = [unit.unit_type, f"facing {words(unit.facing)}" if unit.facing else None]
    areas = (
        ("Carpet area", unit.area_sqft, "sqft"),
        ("Built-up area", unit.built_up_area, unit.area_unit),
        ("Super area", unit.super_area, unit.area_unit),
    )
    rows: list[tuple[str, str]] = [
        ("Project", said([place, rera(project.rera_number)])),
        ("Unit", said(which, ", ")),
        ("Type", said(sort, ", ")),
    ]
    rows += [(name, f"{number(size)} {measure}") for name, size, measure in areas if size]
    return rows + ([("Parking spaces", str(unit.parking_spaces))] if unit.parking_spaces else [])


def prices(sheets: Sheets, heading: str, terms: AgreementTerms, beyond: list[PriceLineOfAgreement] | None = None) -> None:
    """What the price consists of and, apart from it, what is paid `beyond` it."""
    sheets.heading(heading, in_currency(terms.currency))
    columns = (("For", 1), ("Amount", 0))
    rows = [(line.name, money(line.amount, terms.currency)) for line in terms.cost_sheet.lines]
    sheets.amounts(columns, rows, ("Total price", money(terms.total_amount, terms.currency)))
    if beyond:
        sheets.ln(3)
        total = sum((line.amount for line in beyond), terms.total_amount)
        rows = [(line.name, money(line.amount, terms.currency)) for line in beyond]
        sheets.amounts((("Beyond the price", 1), ("Amount", 0)), rows, ("Total with the price", money(total, terms.currency)))


def schedule(sheets: Sheets, heading: str, terms: AgreementTerms, taxes: Sequence[Decimal] = ()) -> None:
    """Line by line, what it waits for or when it is due; with the tax that is in it where that is known."""
    sheets.heading(heading, in_currency(terms.currency))
    if any(taxes):
        _taxed_schedule(sheets, terms, taxes)
        return
    rows = [(str(line.seq), line.name, _due(line), money(line.amount, terms.currency)) for line in terms.schedule]
    total = money(sum((line.amount for line in terms.schedule), Decimal(0)), terms.currency)
    sheets.amounts((("No.", 0), ("Instalment", 3), ("Falls due", 4), ("Amount", 0)), rows, ("", "Total", "", total))


def _taxed_schedule(sheets: Sheets, terms: AgreementTerms, taxes: Sequence[Decimal]) -> None:
    amount = partial(plain, currency=terms.currency)
    rows = [
        (str(line.seq), line.name, _due(line), amount(tax), amount(line.amount)) for line, tax in zip(terms.schedule, taxes, strict=True)
    ]
    sums = map(amount, (sum(taxes, Decimal(0)), sum((line.amount for line in terms.schedule), Decimal(0))))
    columns = (("No.", 0), ("Instalment", 3), ("Falls due", 4), ("Of which tax", 0), ("Amount", 0))
    sheets.amounts(columns, rows, ("", "Total", "", *sums), numbers=2)


def rera(number: str | None) -> str | None:
    return f"RERA {number}" if number else None


def _person(party: PartyOfAgreement, is_shared: bool) -> list[str | None]:
    assert party.customer, "seen to before"
    share = f"Share {number(party.share / 10_000)}\u00a0%" if is_shared else None
    return [party.customer.full_name, party.customer.address, party.customer.phone, party.customer.email, share]


def _due(line: LineOfAgreement) -> str:
    """The day, or what makes it fall due."""
    if line.due_date:
        return day(line.due_date)
    days, phase = line.trigger.get("due_in_days"), line.trigger.get("phase_key")
    match line.trigger.get("trigger"):
        case PlanTrigger.on_agreement:
            return f"{days} days after the agreement is signed"
        case PlanTrigger.on_milestone:
            return f"{days} days after the demand, with {words(str(phase))} at {line.trigger.get('threshold_pct')}\u00a0%"
        case PlanTrigger.on_possession:
            return f"{days} days after possession is offered"
    return "when it is asked for"
