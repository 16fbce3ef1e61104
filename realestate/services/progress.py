"""How far the work is. Each verb: fetch (project, then phase, locked), change, tell. The project's overall progress follows by itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Invalid, NotFound
from realestate.models.base import Versions, slugify
from realestate.models.documents import Audience, DocumentSubject
from realestate.models.notifications import Event
from realestate.models.progress import ProgressStatus, ProjectProgress
from realestate.models.progress.phase import Report
from realestate.models.projects import Project
from realestate.models.rules import Rules
from realestate.schemas.progress import Certification, PhaseCreate, PhaseUpdate
from realestate.services import audit, documents, payments
from realestate.services.documents import Place
from realestate.services.notifications import notify

REPORTED = {"progress_percentage", "status", "reason"}
"""What says how far a phase is; the rest describes it."""


async def add(session: AsyncSession, member: Identity, project_id: int, said: PhaseCreate) -> ProjectProgress:
    """A phase of a project, of one of its towers or of one of its units. Conflict WEIGHTS_EXCEEDED, PHASE_EXISTS."""
    project = await crud.projects.pin(session, project_id)
    await _check_scope(session, project, said)
    phase = ProjectProgress(
        builder_id=project.builder_id,
        project_id=project.id,
        is_published=project.is_published,
        phase_key=slugify(said.phase_name).replace("-", "_"),
        status=ProgressStatus.not_started,
        progress_percentage=Decimal(0),
        certified_percentage=Decimal(0),
        history=[],
    )
    fields = said.model_dump(exclude_unset=True)
    phase.revise({name: value for name, value in fields.items() if name not in REPORTED})
    session.add(phase)
    await session.flush()
    audit.record(session, "progress.added", phase, phase=phase.phase_name, scope=phase.scope)
    await _move(session, member, project, phase, fields)
    return phase


async def change(session: AsyncSession, member: Identity, progress_id: int, version: Versions | None, said: PhaseUpdate) -> None:
    """Describe it anew, or report how far it is. What goes back says why, is noted for finance, and takes no demand back."""
    phase, project = await crud.progress.lock(session, ProjectProgress, progress_id)
    phase.expect(version)
    fields = said.model_dump(exclude_unset=True)
    described = {name: value for name, value in fields.items() if name not in REPORTED}
    phase.revise(described)
    if described:
        audit.record(session, "progress.changed", phase, fields=sorted(described))
    await _move(session, member, project, phase, fields)


async def certify(session: AsyncSession, member: Identity, progress_id: int, version: Versions | None, said: Certification) -> None:
    """An engineer vouches for what is reported, with the certificate. Conflict NOTHING_TO_CERTIFY when it has been certified so far before."""
    phase, project = await crud.progress.lock(session, ProjectProgress, progress_id)
    phase.expect(version)
    now, before = await crud.clock.now(session), phase.certified_percentage
    phase.certify(Report(member.user_id, now, project.date_at(now), said.note))
    await session.flush()
    if said.document_ids:
        await documents.attach(session, member, said.document_ids, _place_of_certificate(phase))
    notify(session, Event.progress_certified, phase, part=phase.version, **_facts(project, phase))
    if Rules.of(project.rules).certificate_required:
        await crossed(session, project, phase, before, phase.certified_percentage)


async def remove(session: AsyncSession, progress_id: int, version: Versions | None) -> None:
    """Conflict PHASE_CERTIFIED once anything may have been demanded for it, PHASE_HAS_UPDATES when news refer to it."""
    phase, _ = await crud.progress.lock(session, ProjectProgress, progress_id)
    phase.expect(version)
    if phase.certified_percentage:
        raise Conflict("PHASE_CERTIFIED", "This phase has been certified: hide it instead of deleting it.")
    audit.record(session, "progress.removed", phase, phase=phase.phase_name)
    await session.delete(phase)
    await session.flush()


async def crossed(session: AsyncSession, project: Project, phase: ProjectProgress, before: Decimal, after: Decimal) -> None:
    """A phase counts as risen from `before` to `after` percent: called once for each rise, however many thresholds lie between them.
    The project is locked. The milestones that this passes are demanded, with everything else in the same transaction."""
    audit.record(session, "progress.crossed", phase, phase=phase.phase_key, before=_plain(before), after=_plain(after))
    await payments.demand_passed(session, project, phase, await crud.clock.now(session))


async def _move(session: AsyncSession, member: Identity, project: Project, phase: ProjectProgress, said: Mapping[str, Any]) -> None:
    now, before = await crud.clock.now(session), phase.progress_percentage
    report = Report(member.user_id, now, project.date_at(now), said.get("reason"))
    phase.move(said.get("progress_percentage"), said.get("status"), report)
    await session.flush()
    facts, after = _facts(project, phase), phase.progress_percentage
    if after > before:
        notify(session, Event.progress_phase_updated, phase, part=phase.version, **facts)
        if not Rules.of(project.rules).certificate_required:
            await crossed(session, project, phase, before, after)
    elif after < before:
        notify(session, Event.progress_corrected, phase, part=phase.version, **facts, before=_plain(before), reason=report.reason)


async def _check_scope(session: AsyncSession, project: Project, said: PhaseCreate) -> None:
    if said.tower and said.unit_id:
        raise Invalid.field("tower", "A phase is of a tower or of a unit, not of both.")
    if said.tower and not await crud.progress.has_tower(session, project, said.tower):
        raise Invalid.field("tower", "This project has no such tower.", "UNKNOWN_TOWER")
    if said.unit_id and not await crud.progress.has_unit(session, project.id, said.unit_id):
        raise NotFound(detail="There is no such unit in this project.")


def _place_of_certificate(phase: ProjectProgress) -> Place:
    """Where buyers find it, unless the phase is hidden or of one unit."""
    audience = Audience.booked if phase.customer_visible and not phase.unit_id else Audience.team
    return Place(DocumentSubject.progress, phase.id, phase.builder_id, phase.project_id, audience)


def _facts(project: Project, phase: ProjectProgress) -> dict[str, str]:
    return {"project": project.project_name, "phase": phase.phase_name, "percent": _plain(phase.progress_percentage)}


def _plain(percentage: Decimal) -> str:
    """40, not 40.00."""
    return f"{percentage.normalize():f}"
