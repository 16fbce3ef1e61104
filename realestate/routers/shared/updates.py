"""News from the site, as its audiences read it and the builder's team writes it."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import AnyReader, BuilderSession, ExpectedVersion, answer, asked
from realestate.dependencies.guards import Reporter
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.updates import TeamUpdate, UpdateCreate, UpdateOut, UpdateSearch, UpdateUpdate
from realestate.services import updates
from realestate.views.progress import UPDATE, UPDATES, UPDATES_AFTER

router = Router(prefix="/api", tags=["progress"])


@router.get("/projects/{project_id}/updates", response_model=list[UpdateOut] | list[TeamUpdate])
async def list_project_updates(project_id: Id, search: Annotated[UpdateSearch, asked(UpdateSearch)], read: AnyReader) -> Response:
    """Newest first, for the team its drafts before them; with `after`, oldest first from that `seq` on, so that paging misses none."""
    view = UPDATES if search.after is None else UPDATES_AFTER
    return await read.all(view, project_id=project_id, **search.__dict__)


@router.post("/projects/{project_id}/updates", response_model=TeamUpdate, status_code=201, responses=problems(404))
async def create_update(project_id: Id, said: UpdateCreate, member: Reporter, session: BuilderSession) -> Response:
    """Published at once unless `is_published` is false. Whoever has a firm booking in the project is told, unless it is internal."""
    update = await updates.post(session, member, project_id, said)
    return await answer(session, UPDATE, update.id, 201)


@router.get("/updates/{update_id}", response_model=UpdateOut | TeamUpdate, responses=CONDITIONAL)
async def get_update(update_id: Id, read: AnyReader) -> Response:
    """One update."""
    return await read.one(UPDATE, update_id)


@router.patch("/updates/{update_id}", response_model=TeamUpdate, responses=problems(409, 412))
async def change_update(update_id: Id, said: UpdateUpdate, version: ExpectedVersion, member: Reporter, session: BuilderSession) -> Response:
    """Edit it, publish a draft, or take back what was published. 409 `UPDATE_RETRACTED` after that."""
    await updates.change(session, member, update_id, version, said)
    return await answer(session, UPDATE, update_id)


@router.delete("/updates/{update_id}", response_model=Said, responses=problems(409, 412))
async def delete_update(update_id: Id, version: ExpectedVersion, _: Reporter, session: BuilderSession) -> Said:
    """A draft is deleted. What was published is taken back: nobody but the team can read it any more."""
    was_draft = await updates.remove(session, update_id, version)
    return Said(message="The draft has been deleted." if was_draft else "The update has been taken back.")
