"""How far the work is, as visitors, customers and the builder's team know it."""

from typing import Annotated

from fastapi import Response

from realestate.database import Identity
from realestate.dependencies import AnyReader, BuilderSession, ExpectedVersion, answer
from realestate.dependencies.guards import Reporter, may
from realestate.models.accounts import Permission
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.progress import Certification, PhaseCreate, PhaseOut, PhaseUpdate, TeamPhase
from realestate.services import progress
from realestate.views.progress import PHASE, PHASES

router = Router(prefix="/api", tags=["progress"])

Certifier = Annotated[Identity, may(Permission.progress_certify)]


@router.get("/projects/{project_id}/progress", response_model=list[PhaseOut] | list[TeamPhase])
async def list_project_progress(project_id: Id, read: AnyReader) -> Response:
    """The phases of a project, of its towers and of the caller's own units, in their order. Of a phase that several of these define, the
    widest counts for `overall_progress`."""
    return await read.all(PHASES, project_id=project_id)


@router.post("/projects/{project_id}/progress", response_model=TeamPhase, status_code=201, responses=problems(404, 409))
async def create_phase(project_id: Id, said: PhaseCreate, member: Reporter, session: BuilderSession) -> Response:
    """A new phase. 409 `WEIGHTS_EXCEEDED`; `PHASE_EXISTS` for the same key in the same scope."""
    phase = await progress.add(session, member, project_id, said)
    return await answer(session, PHASE, phase.id, 201)


@router.get("/progress/{progress_id}", response_model=PhaseOut | TeamPhase, responses=CONDITIONAL)
async def get_phase(progress_id: Id, read: AnyReader) -> Response:
    """One phase; its team also reads the notes and the history."""
    return await read.one(PHASE, progress_id)


@router.patch("/progress/{progress_id}", response_model=TeamPhase, responses=problems(409, 412))
async def update_phase(progress_id: Id, said: PhaseUpdate, version: ExpectedVersion, member: Reporter, session: BuilderSession) -> Response:
    """Report how far it is, or describe it anew. What goes back needs a `reason`, is told to finance, and takes no demand back."""
    await progress.change(session, member, progress_id, version, said)
    return await answer(session, PHASE, progress_id)


@router.delete("/progress/{progress_id}", response_model=Said, responses=problems(409, 412))
async def delete_phase(progress_id: Id, version: ExpectedVersion, _: Reporter, session: BuilderSession) -> Said:
    """409 `PHASE_CERTIFIED` or `PHASE_HAS_UPDATES`: then hide it with `customer_visible`."""
    await progress.remove(session, progress_id, version)
    return Said(message="The phase has been deleted.")


@router.post("/progress/{progress_id}/certification", response_model=TeamPhase, status_code=201, responses=problems(409, 412))
async def certify_phase(
    progress_id: Id, said: Certification, version: ExpectedVersion, member: Certifier, session: BuilderSession
) -> Response:
    """Vouch for the percentage that is reported. 409 `NOTHING_TO_CERTIFY` when it is certified so far already."""
    await progress.certify(session, member, progress_id, version, said)
    return await answer(session, PHASE, progress_id, 201)
