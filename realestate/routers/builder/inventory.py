"""Many units of a project at once: from a file, from a template, at new prices."""

from typing import Annotated

from fastapi import Form, Query, UploadFile

from realestate.dependencies import BuilderSession
from realestate.dependencies.guards import Planner
from realestate.problems import problems
from realestate.routing import MEGABYTE, Router
from realestate.schemas.base import Id, Input
from realestate.schemas.units import RepricingCreate, RepricingOut
from realestate.schemas.units.stock import GenerationCreate, GenerationOut, ImportOut
from realestate.services import units
from realestate.uploads import MULTIPART

router = Router(prefix="/api/projects/{project_id}/units", tags=["units (builder)"])

DryRun = Annotated[bool, Query(description="only say what would be done")]
LARGEST_LIST = 5 * MEGABYTE


class UnitFile(Input):
    """CSV with a first row of names: unit_number, and any of a unit's other fields."""

    file: UploadFile


ListOfUnits = Annotated[UnitFile, Form(media_type=MULTIPART)]


@router.post("/import", response_model=ImportOut, max_body_size=LARGEST_LIST, responses=problems(404, 409))
async def import_units(project_id: Id, said: ListOfUnits, member: Planner, session: BuilderSession, dry_run: DryRun = True) -> ImportOut:
    """Add units and change those that are there, found by tower and number; an empty cell leaves what is. Only tried out unless `dry_run=false`.

    All rows or none: 422 `IMPORT_INVALID` names each `row`, field and reason. At most 10,000 rows. UTF-8 or Windows-1252, commas, semicolons
    or tabs; `features` are separated by `|`. What a booking shows of a unit cannot change, nor can its state.
    """
    return await units.bring(session, member, project_id, await said.file.read(), dry_run)


@router.post("/generate", response_model=GenerationOut, responses=problems(404, 409))
async def generate_units(
    project_id: Id, said: GenerationCreate, _: Planner, session: BuilderSession, dry_run: DryRun = False
) -> GenerationOut:
    """Make a tower from a template. `dry_run=true` shows it, with the numbers that clash; else those are 409 `UNIT_NUMBER_TAKEN`."""
    return await units.generate(session, project_id, said, dry_run)


@router.post("/repricing", response_model=RepricingOut, responses=problems(404, 409))
async def reprice_units(
    project_id: Id, said: RepricingCreate, member: Planner, session: BuilderSession, dry_run: DryRun = False
) -> RepricingOut:
    """Raise or lower base prices by a percentage or an amount, for `only` some units; taxes follow. Units that are taken keep their price.

    Each change goes into the unit's history, and those who follow it are told. `dry_run=true` only shows what would change.
    """
    return await units.reprice(session, member, project_id, said, dry_run)
