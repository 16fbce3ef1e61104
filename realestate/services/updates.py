"""News from the site. Each verb: fetch (project, then update, locked), change, tell; the forecast of possession follows."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import NotFound
from realestate.models.base import Versions
from realestate.models.documents import Audience, DocumentSubject
from realestate.models.notifications import Event
from realestate.models.progress import ConstructionUpdate, UpdateAudience
from realestate.models.projects import Project
from realestate.schemas.updates import UpdateCreate, UpdateUpdate
from realestate.services import audit, documents, projects
from realestate.services.documents import Place
from realestate.services.notifications import notify

APART = {"is_published", "document_ids"}
"""What is said of an update, but not one of its fields."""


async def post(session: AsyncSession, member: Identity, project_id: int, said: UpdateCreate) -> ConstructionUpdate:
    """Write it down, and publish it unless it shall be a draft."""
    project = await crud.projects.pin(session, project_id)
    update = ConstructionUpdate(
        builder_id=project.builder_id,
        project_id=project.id,
        project_is_published=project.is_published,
        posted_by=member.me,
        audience=UpdateAudience.public,
        estimated_delay_days=0,
        seq=None,
        published_at=None,
        retracted_at=None,
    )
    await _revise(session, update, said.model_dump(exclude_unset=True, exclude=APART))
    if said.is_published:
        await _publish(session, update)
    session.add(update)
    await session.flush()
    audit.record(session, "update.written", update, title=update.update_title)
    await _attach(session, member, update, said)
    await _follow(session, update, project, was_told=False, counted=0)
    return update


async def change(session: AsyncSession, member: Identity, update_id: int, version: Versions | None, said: UpdateUpdate) -> None:
    """Edit it, also after it was published; publish a draft, or take back what was published. Conflict UPDATE_RETRACTED after that."""
    update, project = await crud.progress.lock(session, ConstructionUpdate, update_id)
    update.expect(version)
    was_told, counted = update.is_told, update.counted_delay
    await _revise(session, update, said.model_dump(exclude_unset=True, exclude=APART))
    if said.is_published and not update.published_at:
        await _publish(session, update)
    if said.is_published is False and update.published_at:
        update.retract(await crud.clock.now(session))
    audit.record(session, "update.changed", update, fields=sorted(said.model_fields_set))
    await _attach(session, member, update, said)
    await _follow(session, update, project, was_told, counted)


async def remove(session: AsyncSession, update_id: int, version: Versions | None) -> bool:
    """Delete a draft; take back what was published, because people have read it. Whether it was a draft."""
    update, project = await crud.progress.lock(session, ConstructionUpdate, update_id)
    update.expect(version)
    if update.published_at:
        was_told, counted = update.is_told, update.counted_delay
        update.retract(await crud.clock.now(session))
        audit.record(session, "update.retracted", update, title=update.update_title)
        await _follow(session, update, project, was_told, counted)
        return False
    audit.record(session, "update.removed", update, title=update.update_title)
    await crud.documents.free(session, DocumentSubject.update, update.id)
    await session.delete(update)
    return True


async def _revise(session: AsyncSession, update: ConstructionUpdate, said: dict[str, Any]) -> None:
    phase = said.get("progress_id")
    if phase and not await crud.progress.has_phase(session, update.project_id, phase):
        raise NotFound(detail="There is no such phase in this project.")
    update.revise(said)


async def _attach(session: AsyncSession, member: Identity, update: ConstructionUpdate, said: UpdateCreate | UpdateUpdate) -> None:
    if said.document_ids:
        place = Place(DocumentSubject.update, update.id, update.builder_id, update.project_id, update.readers)
        await documents.attach(session, member, said.document_ids, place)


async def _publish(session: AsyncSession, update: ConstructionUpdate) -> None:
    update.publish(await crud.progress.next_seq(session, update.project_id), await crud.clock.now(session))


async def _follow(session: AsyncSession, update: ConstructionUpdate, project: Project, was_told: bool, counted: int) -> None:
    """Its documents have its readers. What customers may now read is told to them once, and moves the forecast by what it counts more or
    less than before."""
    await session.flush()
    is_published = update.project_is_published if update.readers is Audience.public else None
    await crud.documents.show(session, DocumentSubject.update, update.id, update.readers, is_published)
    if update.is_told and not was_told:
        notify(session, Event.update_published, update, project=project.project_name, title=update.update_title)
    before = project.expected_possession
    project.shift_possession(update.counted_delay - counted)
    await projects.tell_of_shift(session, project, before)
