"""Projects, as visitors, customers and their builder's team know them."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AnyReader, BuilderSession, ExpectedVersion, answer, asked
from realestate.dependencies.guards import Planner
from realestate.problems import CONDITIONAL, problems
from realestate.reading import TEAM
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.catalogue import Grid, ProjectFilter, ProjectSearch, UnitFilter
from realestate.schemas.projects import ProjectCreate, ProjectDetail, ProjectPage, ProjectUpdate, TeamProjectDetail, TeamProjectPage
from realestate.schemas.units import Availability, ProjectFacets, TeamAvailability, TeamUnit, UnitOut
from realestate.services import projects
from realestate.views.projects import PROJECT, PROJECT_FACETS, PROJECTS
from realestate.views.units import AVAILABILITY, TEAM_UNITS_OF_PROJECT, UNITS_OF_PROJECT

router = Router(prefix="/api/projects", tags=["projects"])


@router.get("", response_model=ProjectPage | TeamProjectPage)
async def list_projects(search: Annotated[ProjectSearch, asked(ProjectSearch)], read: AnyReader) -> Response:
    """What is published; a builder's token sees its own projects, drafts included, and no others."""
    return await read.page(PROJECTS, search)


@router.get("/facets", response_model=ProjectFacets)
async def count_projects(wanted: Annotated[ProjectFilter, asked(ProjectFilter)], read: AnyReader) -> Response:
    """How many projects a search with the same parameters would find: by city, type, status and lowest price."""
    return await read.feed(PROJECT_FACETS, wanted)


@router.get("/{project_id}/availability", response_model=Availability | TeamAvailability, responses=CONDITIONAL)
async def get_project_availability(project_id: Id, wanted: Annotated[Grid, asked(Grid)], read: AnyReader) -> Response:
    """All units of a project by tower, floor and stack, for a plan to click on. What others hold or have booked is `not_available`."""
    return await read.one(AVAILABILITY, project_id, tower=wanted.tower)


@router.get("/{project_id}", response_model=ProjectDetail | TeamProjectDetail, responses=CONDITIONAL)
async def get_project(project_id: Id, read: AnyReader) -> Response:
    """One project with its builder and counts of its units by status and type."""
    return await read.one(PROJECT, project_id)


@router.get("/{project_id}/units", response_model=list[UnitOut] | list[TeamUnit])
async def list_project_units(project_id: Id, wanted: Annotated[UnitFilter, asked(UnitFilter)], read: AnyReader) -> Response:
    """All units of a project by tower and floor. What others hold or have booked is `not_available`."""
    view = TEAM_UNITS_OF_PROJECT if read.identity.role in TEAM else UNITS_OF_PROJECT
    return await read.all(view, project_id=project_id, **wanted.__dict__)


@router.post("", response_model=TeamProjectDetail, status_code=201, responses=problems(409))
async def create_project(said: ProjectCreate, member: Planner, session: BuilderSession) -> Response:
    """Published at once, unless it shall be a draft or the company has not been verified yet (409 `BUILDER_NOT_ACTIVE`)."""
    project = await projects.create(session, member, said)
    return await answer(session, PROJECT, project.id, 201)


@router.patch("/{project_id}", response_model=TeamProjectDetail, responses=problems(409, 412))
async def update_project(
    project_id: Id, said: ProjectUpdate, version: ExpectedVersion, member: Planner, session: BuilderSession
) -> Response:
    """Change what is sent and leave the rest, also of `rules`, where null takes back the default. Its rules of money need `settings:write`.

    409 `CURRENCY_FIXED` once there are units, whose prices then also make the price range.
    """
    await projects.change(session, member, project_id, version, said)
    return await answer(session, PROJECT, project_id)


@router.delete("/{project_id}", response_model=Said, responses=problems(409, 412))
async def delete_project(project_id: Id, version: ExpectedVersion, _: Planner, session: BuilderSession) -> Said:
    """With its units. 409 `PROJECT_IN_USE`, with how many bookings, holds, appointments and conversations it is `blocked_by`."""
    await projects.delete(session, project_id, version)
    return Said(message="The project has been deleted.")


@router.post("/{project_id}/publication", response_model=TeamProjectDetail, responses=problems(409))
async def publish_project(project_id: Id, _: Planner, session: BuilderSession) -> Response:
    """Show it to everybody; repeatable. 409 `BUILDER_NOT_ACTIVE` while the company has not been verified."""
    await projects.publish(session, project_id)
    return await answer(session, PROJECT, project_id)


@router.delete("/{project_id}/publication", response_model=TeamProjectDetail, responses=problems(412))
async def unpublish_project(project_id: Id, version: ExpectedVersion, _: Planner, session: BuilderSession) -> Response:
    """Make it a draft again; repeatable. Units keep their states, holds and bookings go on."""
    await projects.unpublish(session, project_id, version)
    return await answer(session, PROJECT, project_id)
