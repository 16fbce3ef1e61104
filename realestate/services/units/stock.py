"""Many units at once: prices that change together, and towers from a template. All of it, or nothing."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Invalid
from realestate.models.money import round_cents
from realestate.models.notifications import Event
from realestate.models.projects import Project
from realestate.models.units import NOT_TAKEN, AreaUnit, SalesChannel, Unit, UnitStatus
from realestate.schemas.units.prices import Repriced, RepricingCreate, RepricingOut
from realestate.schemas.units.stock import MOST_UNITS, GenerationCreate, GenerationOut, StackTemplate, UnitMade
from realestate.services import audit
from realestate.services.units.steps import tell_price

SHOWN = 200
"""Of what was done, in the answer."""
PLAIN: dict[str, Any] = {
    "floor_number": 0,
    "bathrooms": 0,
    "balconies": 0,
    "parking_spaces": 0,
    "area_unit": AreaUnit.sqft,
    "sales_channel": SalesChannel.direct,
    "features": [],
    "price_lines": [],
    "price_history": [],
}
"""What a unit is of which nothing else is said: as the table has it."""


async def reprice(session: AsyncSession, member: Identity, project_id: int, said: RepricingCreate, dry_run: bool) -> RepricingOut:
    """New base prices for all units of a project that fit and are not taken. Invalid OUT_OF_RANGE where nothing would be left."""
    project = await crud.projects.pin(session, project_id)
    chosen = await crud.stock.pin(session, project, said.only.model_dump() if said.only else {})
    free, moment = [unit for unit in chosen if unit.status in NOT_TAKEN], await crud.clock.now(session)
    before = {unit.id: unit.price for unit in free}
    for unit in free:
        unit.move_base(_new_base(unit, said), moment, member.me)
    changed = [unit for unit in free if unit.price != before[unit.id]]
    if changed and not dry_run:
        await crud.stock.change(session, changed)
        await tell_prices(session, [(unit, before[unit.id]) for unit in changed])
        audit.record(session, "units.repriced", project, units=len(changed), **said.model_dump(mode="json"))
    rows = [Repriced(id=one.id, tower=one.tower, unit_number=one.unit_number, old=before[one.id], new=one.price) for one in changed[:SHOWN]]
    return RepricingOut(
        dry_run=dry_run,
        matched=len(chosen),
        repriced=len(changed),
        unchanged=len(free) - len(changed),
        taken=len(chosen) - len(free),
        total_before=sum(before.values(), Decimal(0)),
        total_after=sum((unit.price for unit in free), Decimal(0)),
        units=rows,
    )


def _new_base(unit: Unit, said: RepricingCreate) -> Decimal:
    base = unit.cost_sheet.base
    base = base + said.amount if said.amount is not None else base * (100 + (said.percent or Decimal(0))) / 100
    base = (base / said.round_to).quantize(Decimal(1), ROUND_HALF_UP) * said.round_to if said.round_to else round_cents(base)
    if not 0 < base <= 10**13:
        name = f"{unit.tower}-{unit.unit_number}" if unit.tower else unit.unit_number
        raise Invalid.field("amount" if said.amount is not None else "percent", f"Unit {name} would cost {base:,.2f}.", "OUT_OF_RANGE")
    return base


async def tell_prices(session: AsyncSession, changed: Sequence[tuple[Unit, Decimal]]) -> None:
    """Of units that somebody follows it is told, and of all of them noted, what they cost and what before."""
    async with as_system(session):  # who follows what is no business of a team's
        followed = await crud.favourites.followed(session, [unit.id for unit, _ in changed])
    for unit, price in changed:
        if unit.id in followed:
            tell_price(session, unit, price)
        else:
            audit.record(session, Event.unit_price_changed.value, unit, price=str(unit.price), before=str(price))


async def generate(session: AsyncSession, project_id: int, said: GenerationCreate, dry_run: bool) -> GenerationOut:
    """The units of a tower. Conflict UNIT_NUMBER_TAKEN, with the `clashes`, where some are there already."""
    project = await crud.projects.pin(session, project_id)
    units = _all_of(said, project)
    taken = {unit.unit_number for unit in await crud.stock.pin(session, project, {}) if unit.tower == said.tower}
    clashes = [unit.unit_number for unit in units if unit.unit_number in taken][:SHOWN]
    if not dry_run:
        if clashes:
            raise Conflict("UNIT_NUMBER_TAKEN", f"{len(clashes)} of these numbers are taken: {', '.join(clashes[:5])}.", clashes=clashes)
        await keep(session, project, units)
    made = [UnitMade.model_validate(unit) for unit in units[:SHOWN]]
    total = sum((unit.price for unit in units), Decimal(0))
    return GenerationOut(dry_run=dry_run, created=0 if clashes else len(units), total_price=total, clashes=clashes, units=made)


async def keep(session: AsyncSession, project: Project, units: list[Unit]) -> None:
    """Write new units down, and into the book."""
    await crud.stock.add(session, project, units)
    for unit in units:
        audit.record(session, "unit.created", unit, unit_number=unit.unit_number)


def first_status(project: Project, said: UnitStatus | None) -> UnitStatus:
    """On sale at once where its project is published, unless somebody says otherwise."""
    return UnitStatus.available if project.is_published and said is not UnitStatus.unreleased else UnitStatus.unreleased


def _all_of(said: GenerationCreate, project: Project) -> list[Unit]:
    if len(said.floors) * len(said.stacks) > MOST_UNITS:
        raise Invalid.field("stacks", f"At most {MOST_UNITS:,} units can be made at once.", "TOO_MANY_ROWS")
    units = list(_each(said, project))
    numbers = [unit.unit_number for unit in units]
    if twice := next((number for number in numbers if numbers.count(number) > 1), None) if len(set(numbers)) < len(numbers) else None:
        raise Invalid.field("number_pattern", f"This makes the number {twice} twice.", "DUPLICATE")
    if longest := next((number for number in numbers if len(number) > 40), None):
        raise Invalid.field("number_pattern", f"The number {longest} is longer than 40 characters.", "STRING_TOO_LONG")
    return units


def _each(said: GenerationCreate, project: Project) -> Iterator[Unit]:
    for storey, floor in enumerate(said.floors):
        for stack in said.stacks:
            yield _unit(said, stack, floor, stack.price + storey * said.price_step_per_floor, project)


def _unit(said: GenerationCreate, stack: StackTemplate, floor: int, price: Decimal, project: Project) -> Unit:
    number = _number(said.number_pattern, {"tower": said.tower or "", "floor": str(floor), "stack": stack.stack})
    values = PLAIN | {"bedrooms": stack.unit_type.bedrooms} | stack.model_dump(exclude_unset=True) | {"floor_number": floor, "price": price}
    return Unit(**values, tower=said.tower, unit_number=number, status=first_status(project, said.status), builder_id=project.builder_id)


def _number(pattern: str, words: dict[str, str]) -> str:
    """`{floor}{stack:02}` on floor 7 and stack 3 is 703."""
    return re.sub(r"\{(\w+)(?::0(\d))?\}", lambda found: words[found[1]].zfill(int(found[2] or 0)), pattern)
