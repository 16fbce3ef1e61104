"""3D models in the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import NotFound
from realestate.models.base import Versions
from realestate.models.documents import Document, DocumentSubject
from realestate.models.models3d import Model3D


async def project_id_of(session: AsyncSession, model_id: int) -> int:
    """Its project, which never changes: to be locked before the model."""
    project_id = await session.scalar(select(Model3D.project_id).where(Model3D.id == model_id))
    if project_id is None:
        raise NotFound
    return project_id


async def lock(session: AsyncSession, model_id: int, version: Versions | None = None) -> Model3D:
    """The model, ours until commit; Stale when it is no longer the version that the caller has read. Lock its project first."""
    wanted = select(Model3D).where(Model3D.id == model_id).with_for_update().execution_options(populate_existing=True)
    model = await session.scalar(wanted)
    if model is None:
        raise NotFound
    model.expect(version)
    return model


async def editions(session: AsyncSession, model_id: int) -> Sequence[Document]:
    """All files that it has had, the present one first."""
    files = select(Document).where(Document.subject == DocumentSubject.model3d, Document.subject_id == model_id)
    return (await session.scalars(files.order_by(Document.edition.desc()))).all()
