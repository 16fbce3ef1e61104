"""What a builder does with 3D models. Each verb: fetch (project, then model, locked), change, keep book of it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Invalid
from realestate.models.base import Versions
from realestate.models.documents import Document, DocumentKind, DocumentSubject
from realestate.models.models3d import INTERACTIVE, Model3D
from realestate.models.projects import Project
from realestate.schemas.models3d import ModelCreate, ModelUpdate
from realestate.services import audit, documents
from realestate.services.documents import Place, Upload
from realestate.services.documents.gltf import FORMATS


async def create(session: AsyncSession, member: Identity, upload: Upload, said: ModelCreate) -> Model3D:
    """A model with its first file."""
    project = await crud.projects.pin(session, await _project_id(session, said))
    file_format = FORMATS[upload.media_type]
    model = Model3D(
        builder_id=project.builder_id,
        is_published=project.is_published,
        file_format=file_format,
        is_interactive=file_format in INTERACTIVE,
        file_size=upload.kept.size,
        sha256=upload.kept.sha256,
        **said.model_dump(include=set(ModelCreate.model_fields)) | {"project_id": project.id},
    )
    session.add(model)
    await session.flush()
    await _take_file(session, member, upload, model)
    audit.record(session, "model.created", project, **_facts(model))
    return model


async def replace_file(session: AsyncSession, member: Identity, upload: Upload, model_id: int, version: Versions | None) -> None:
    """A new edition; the file that it had stays with the team. Conflict SAME_FILE."""
    project, model = await _fetch(session, model_id, version)
    model.take_file(FORMATS[upload.media_type], upload.kept.size, upload.kept.sha256)
    last, *_ = await crud.models3d.editions(session, model.id)
    documents.withdraw(last)
    await session.flush()
    await _take_file(session, member, upload, model)
    audit.record(session, "model.replaced", project, **_facts(model))


async def change(session: AsyncSession, model_id: int, version: Versions | None, said: ModelUpdate) -> None:
    """What was said; its file is shown to whom its new state allows."""
    project, model = await _fetch(session, model_id, version)
    changes: dict[str, Any] = said.model_dump(exclude_unset=True)
    for name, value in changes.items():
        setattr(model, name, value)
    current, *_ = await crud.models3d.editions(session, model.id)
    documents.show(current, model.audience, project)
    audit.record(session, "model.changed", project, fields=sorted(changes), **_facts(model))


async def delete(session: AsyncSession, model_id: int, version: Versions | None) -> list[str]:
    """With every file that it has had; the names of their objects, to be removed once this is committed."""
    project, model = await _fetch(session, model_id, version)
    files = await crud.models3d.editions(session, model.id)
    for file in files:
        await session.delete(file)
    await session.flush()
    await session.delete(model)
    audit.record(session, "model.deleted", project, **_facts(model))
    return [key for file in files for key in file.keys]


async def _fetch(session: AsyncSession, model_id: int, version: Versions | None) -> tuple[Project, Model3D]:
    project = await crud.projects.pin(session, await crud.models3d.project_id_of(session, model_id))
    return project, await crud.models3d.lock(session, model_id, version)


async def _project_id(session: AsyncSession, said: ModelCreate) -> int:
    """Of the project that is named, or of the unit's."""
    if said.unit_id is None:
        if said.project_id is None:
            raise Invalid.field("project_id", "Say of which project, or of which unit.", "MISSING")
        return said.project_id
    unit = await crud.units.get(session, said.unit_id)
    if said.project_id not in (None, unit.project_id):
        raise Invalid.field("unit_id", "This unit is not in that project.")
    return unit.project_id


async def _take_file(session: AsyncSession, member: Identity, upload: Upload, model: Model3D) -> Document:
    document = await documents.receive(session, member, upload, DocumentKind.model)
    place = Place(DocumentSubject.model3d, model.id, model.builder_id, model.project_id, model.audience)
    await documents.attach(session, member, [document.id], place)
    document.model_id, document.edition = model.id, model.edition
    return document


def _facts(model: Model3D) -> dict[str, Any]:
    return {"model_id": model.id, "model_name": model.model_name, "edition": model.edition}
