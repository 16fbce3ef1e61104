"""Units and holds, as visitors, customers and their builder's team know them."""

from typing import Annotated

from fastapi import Depends, Header, Response

from realestate.database import Identity
from realestate.dependencies import (
    AnyReader,
    BuilderReader,
    BuilderSession,
    CurrentParty,
    ExpectedVersion,
    PartyReader,
    PartySession,
    answer,
    asked,
)
from realestate.dependencies.guards import Planner, Seller, may
from realestate.models.accounts import Permission, Role
from realestate.papers.quotes import draw_quote
from realestate.problems import CONDITIONAL, problems
from realestate.reading import TEAM
from realestate.routers.printing import PDF, Pdf, printed
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.catalogue import Comparison, History, UnitSearch
from realestate.schemas.units import (
    BlockCreate,
    ComparedUnit,
    HoldCreate,
    HoldExtensionCreate,
    HoldOut,
    QuoteOut,
    TeamComparedUnit,
    TeamUnitDetail,
    TeamUnitPage,
    UnitAct,
    UnitCostSheet,
    UnitCreate,
    UnitDetail,
    UnitPage,
    UnitQuoteCreate,
    UnitUpdate,
)
from realestate.services import units
from realestate.views.units import COMPARED, COST_SHEET, HISTORY, HOLDS, TEAM_UNITS, UNIT, UNITS, quote_basis

router = Router(prefix="/api/units", tags=["units"])

_may_hold = may(Permission.units_hold).dependency


async def _holder(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else await _may_hold(party)


Accept = Annotated[str, Header()]
Holder = Annotated[Identity, Depends(_holder)]
"""A customer, or a member of a builder's team who may hold for one."""


@router.get("", response_model=UnitPage | TeamUnitPage)
async def list_units(search: Annotated[UnitSearch, asked(UnitSearch)], read: AnyReader) -> Response:
    """Units of all projects on show; a builder's token sees its own units and no others.

    `lat`, `lng` and `radius_km` mean the place of their project. `facets=true` counts what the same search finds by type, bedrooms,
    status and price.
    """
    return await read.page(TEAM_UNITS if read.identity.role in TEAM else UNITS, search)


@router.get("/compare", response_model=list[ComparedUnit] | list[TeamComparedUnit])
async def compare_units(wanted: Annotated[Comparison, asked(Comparison)], read: AnyReader) -> Response:
    """Up to four units side by side, in the order of their ids; one that the caller may not see is left out."""
    return await read.all(COMPARED, ids=wanted.ids)


@router.get("/{unit_id}", response_model=UnitDetail | TeamUnitDetail, responses=CONDITIONAL)
async def get_unit(unit_id: Id, read: AnyReader) -> Response:
    """One unit with its project. What others hold or have booked is `not_available`."""
    return await read.one(UNIT, unit_id)


@router.get("/{unit_id}/cost-sheet", response_model=UnitCostSheet, responses=CONDITIONAL)
async def get_cost_sheet(unit_id: Id, read: AnyReader, accept: Accept = "application/json") -> Response:
    """What a unit costs, line by line; the lines sum exactly to the total, those in the plan to the price. `Accept: application/pdf`, or
    the ending `.pdf`, says the same on paper."""
    if "application/pdf" in accept:
        return await get_cost_sheet_pdf(unit_id, read)
    return await read.one(COST_SHEET, unit_id)


@router.get("/{unit_id}/cost-sheet.pdf", response_class=Pdf, responses=PDF)
async def get_cost_sheet_pdf(unit_id: Id, read: AnyReader) -> Response:
    """The same on paper, as of today. It is no offer."""
    paper = units.cost_sheet_paper(await read.data(quote_basis(read.identity.role), unit_id=unit_id))
    return await printed(draw_quote, paper, f"Cost sheet {paper.unit.unit_number}.pdf", read.identity)


@router.post("", response_model=TeamUnitDetail, status_code=201, responses=problems(404, 409))
async def create_unit(said: UnitCreate, _: Planner, session: BuilderSession) -> Response:
    """On sale at once where its project is published, unless `status` is `unreleased`. 409 `UNIT_NUMBER_TAKEN`."""
    unit = await units.create(session, said)
    return await answer(session, UNIT, unit.id, 201)


@router.patch("/{unit_id}", response_model=TeamUnitDetail, responses=problems(409, 412))
async def update_unit(unit_id: Id, said: UnitUpdate, version: ExpectedVersion, member: Planner, session: BuilderSession) -> Response:
    """Change what is sent and leave the rest. A new price is not that of holds and bookings, which keep theirs.

    What a booking says of its unit is fixed while the unit is taken: price, number, tower, floor, type and areas (422 `UNIT_TAKEN`).
    """
    await units.change(session, member, unit_id, version, said)
    return await answer(session, UNIT, unit_id)


@router.delete("/{unit_id}", response_model=Said, responses=problems(409, 412))
async def delete_unit(unit_id: Id, version: ExpectedVersion, _: Planner, session: BuilderSession) -> Said:
    """Only a unit that nobody has ever held or booked: 409 `UNIT_HAS_HOLDS`, `UNIT_HAS_BOOKINGS`."""
    await units.delete(session, unit_id, version)
    return Said(message="The unit has been deleted.")


@router.post("/{unit_id}/release", response_model=TeamUnitDetail, responses=problems(409))
async def release_unit(unit_id: Id, _: Planner, session: BuilderSession) -> Response:
    """Put an unreleased unit on sale. 409 `PROJECT_NOT_PUBLISHED`, `INVALID_TRANSITION`."""
    await units.release(session, unit_id)
    return await answer(session, UNIT, unit_id)


@router.delete("/{unit_id}/release", response_model=TeamUnitDetail, responses=problems(409, 412))
async def withdraw_unit(unit_id: Id, version: ExpectedVersion, _: Planner, session: BuilderSession) -> Response:
    """Take an available unit off sale and out of sight. 409 `INVALID_TRANSITION`."""
    await units.withdraw(session, unit_id, version)
    return await answer(session, UNIT, unit_id)


@router.post("/{unit_id}/block", response_model=TeamUnitDetail, responses=problems(409))
async def block_unit(unit_id: Id, why: BlockCreate, _: Planner, session: BuilderSession) -> Response:
    """Take an available unit off the market for a reason: a model flat, litigation, a mortgage. 409 `INVALID_TRANSITION`."""
    await units.block(session, unit_id, why.reason)
    return await answer(session, UNIT, unit_id)


@router.delete("/{unit_id}/block", response_model=TeamUnitDetail, responses=problems(409, 412))
async def unblock_unit(unit_id: Id, version: ExpectedVersion, _: Planner, session: BuilderSession) -> Response:
    """Back on the market. 409 `INVALID_TRANSITION`."""
    await units.unblock(session, unit_id, version)
    return await answer(session, UNIT, unit_id)


@router.post("/{unit_id}/hold", response_model=UnitDetail | TeamUnitDetail, responses=problems(409))
async def hold_unit(unit_id: Id, holder: Holder, session: PartySession, for_whom: HoldCreate | None = None) -> Response:
    """Keep a unit at today's price for a while: customers for themselves, a builder's sales team for one of its leads, on its terms.

    409 `UNIT_NOT_AVAILABLE`, `ALREADY_YOURS`, `HOLD_LIMIT` (two units of a project at a time), `HOLD_TOO_OFTEN` (twice a unit in half an hour).
    """
    await units.hold(session, holder, unit_id, **(for_whom or HoldCreate()).model_dump())
    return await answer(session, UNIT, unit_id)


@router.delete("/{unit_id}/hold", response_model=Said, responses=problems(409, 412))
async def release_hold(unit_id: Id, version: ExpectedVersion, holder: Holder, session: PartySession) -> Said:
    """Let go of a hold, as its holder or for the builder. 409 `NOT_HELD` when none is running (`INVALID_TRANSITION` to the team)."""
    await units.end_hold(session, holder, unit_id, version)
    return Said(message="The hold has been released.")


@router.post("/{unit_id}/hold/extension", response_model=TeamUnitDetail, responses=problems(409, 412))
async def extend_hold(
    unit_id: Id, version: ExpectedVersion, _: Seller, session: BuilderSession, longer: HoldExtensionCreate | None = None
) -> Response:
    """Keep a unit longer for whoever holds it, once, and within the longest time of a hold (both are rules of the project).

    409 `EXTENSION_LIMIT`, `HOLD_TOO_LONG` (with the `latest` end), `INVALID_TRANSITION` when nobody holds it.
    """
    await units.extend_hold(session, unit_id, version, longer.hours if longer else None)
    return await answer(session, UNIT, unit_id)


@router.get("/{unit_id}/holds", response_model=list[HoldOut])
async def list_holds(unit_id: Id, read: PartyReader) -> Response:
    """Each time that a unit was held, the latest first, with the price and what it consisted of; customers see their own."""
    return await read.all(HOLDS, unit_id=unit_id)


@router.get("/{unit_id}/history", response_model=list[UnitAct])
async def list_unit_history(unit_id: Id, wanted: Annotated[History, asked(History)], _: Planner, read: BuilderReader) -> Response:
    """What was done to a unit, its holds and its bookings, and by whom, the latest first; of holds and bookings, as far as one sees those."""
    return await read.all(HISTORY, unit_id=unit_id, limit=wanted.limit)


@router.post("/{unit_id}/quote", response_model=QuoteOut, responses=problems(409))
async def quote_unit(
    unit_id: Id, read: AnyReader, wanted: UnitQuoteCreate | None = None, accept: Accept = "application/json"
) -> QuoteOut | Response:
    """What a unit would cost if it were booked today: a dated schedule for each plan. It keeps nothing and promises nothing.

    Lines whose work is certified already are due at once; of a hold of one's own, the frozen price counts. 409 `PLAN_NOT_OFFERED`.
    `Accept: application/pdf` says the same on paper, and so does `GET …/quote.pdf`.
    """
    if "application/pdf" in accept:
        return await get_quote_pdf(unit_id, wanted or UnitQuoteCreate(), read)
    return units.quote(await read.data(quote_basis(read.identity.role), unit_id=unit_id), wanted.payment_plan if wanted else None)


@router.get("/{unit_id}/quote.pdf", response_class=Pdf, responses=PDF | problems(409))
async def get_quote_pdf(unit_id: Id, wanted: Annotated[UnitQuoteCreate, asked(UnitQuoteCreate)], read: AnyReader) -> Response:
    """The same on paper, of one plan or of all: dated, and no offer."""
    paper = units.quote_paper(await read.data(quote_basis(read.identity.role), unit_id=unit_id), wanted.payment_plan)
    return await printed(draw_quote, paper, f"Quote {paper.unit.unit_number}.pdf", read.identity)
