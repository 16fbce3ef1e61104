"""What agreements and letters of allotment have in common: parties, unit, price and schedule, as both sides read them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import repeat
from typing import Any

from realestate.models.bookings import PartyRole
from realestate.models.money import PlanTrigger
from realestate.papers.sheets import Sheets
from realestate.papers.writing import day, in_currency, money, number, plain, said, words
from realestate.schemas.agreements import AgreementTerms, PartyOfAgreement
from realestate.schemas.papers import PaperHome, PaperPlace

Item = tuple[str, Decimal]
TAX = (("Of which tax", 0),)
ROLES = {PartyRole.owner: "Buyer", PartyRole.co_applicant: "Joint buyer"}
ALLOTTEES = {PartyRole.owner: "Allottee", PartyRole.co_applicant: "Joint allottee"}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of a payment plan as it is printed."""

    seq: int
    name: str
    due: str
    tax: Decimal
    amount: Decimal


def parties(terms: AgreementTerms, roles: Mapping[PartyRole, str] = ROLES) -> list[tuple[str, str]]:
    """The seller, then everybody who buys, with their shares where there are several."""
    builder, is_shared = terms.unit.project.builder, len(terms.parties) > 1
    licence, represented = f"Licence {builder.license_number}", f"Represented by {builder.full_name}"
    seller = [builder.company_name, builder.address, licence, rera(builder.rera_number), builder.phone, represented]
    return [("Seller", said(seller)), *((roles[party.role], said(_person(party, is_shared))) for party in terms.parties)]


def unit(unit: PaperHome, project: PaperPlace) -> list[tuple[str, str]]:
    """What is sold."""
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


def prices(sheets: Sheets, heading: str, currency: str, price: Decimal, lines: Iterable[Item], beyond: Sequence[Item] = ()) -> None:
    """What the price consists of and, apart from it, what is paid `beyond` it."""
    amount = partial(money, currency=currency)
    rows = [(name, amount(part)) for name, part in lines]
    sheets.amounts((("For", 1), ("Amount", 0)), rows, ("Total price", amount(price)), heading, in_currency(currency))
    if beyond:
        sheets.ln(3)
        total = amount(sum((part for _, part in beyond), price))
        rows = [(name, amount(part)) for name, part in beyond]
        sheets.amounts((("Beyond the price", 1), ("Amount", 0)), rows, ("Total with the price", total))


def schedule(sheets: Sheets, heading: str, currency: str, lines: Sequence[PlanLine], room: float = 0) -> None:
    """Line by line, what it waits for or when it is due; with the tax that is in it where there is one."""
    is_taxed = any(line.tax for line in lines)
    amount = partial(plain if is_taxed else money, currency=currency)
    sums = [amount(sum((line.amount for line in lines), Decimal(0)))]
    if is_taxed:
        sums.insert(0, amount(sum((line.tax for line in lines), Decimal(0))))
    rows = [
        (str(line.seq), line.name, line.due, *((amount(line.tax), amount(line.amount)) if is_taxed else (amount(line.amount),)))
        for line in lines
    ]
    columns = (("No.", 0), ("Instalment", 3), ("Falls due", 4), *TAX[:is_taxed], ("Amount", 0))
    sheets.amounts(columns, rows, ("", "Total", "", *sums), heading, in_currency(currency), len(sums), room)


def plan(terms: AgreementTerms, taxes: Iterable[Decimal] = repeat(Decimal(0))) -> list[PlanLine]:
    """The schedule of a booking."""
    lines = zip(terms.schedule, taxes, strict=False)
    return [
        PlanLine(line.seq, line.name, day(line.due_date) if line.due_date else waits(line.trigger), tax, line.amount) for line, tax in lines
    ]


def waits(trigger: Mapping[str, Any]) -> str:
    """What makes a line fall due that has no date yet."""
    days, phase = trigger.get("due_in_days"), trigger.get("phase_key")
    match trigger.get("trigger"):
        case PlanTrigger.on_agreement:
            return f"{days} days after the agreement is signed"
        case PlanTrigger.on_milestone:
            return f"{days} days after the demand, with {words(str(phase))} at {trigger.get('threshold_pct')}\u00a0%"
        case PlanTrigger.on_possession:
            return f"{days} days after possession is offered"
    return "when it is asked for"


def rera(number: str | None) -> str | None:
    return f"RERA {number}" if number else None


def _person(party: PartyOfAgreement, is_shared: bool) -> list[str | None]:
    assert party.customer, "seen to before"
    share = f"Share {number(party.share / 10_000)}\u00a0%" if is_shared else None
    return [party.customer.full_name, party.customer.address, party.customer.phone, party.customer.email, share]
