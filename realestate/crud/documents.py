"""Documents in the database: found and locked."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.errors import Conflict, NotFound
from realestate.models.documents import Audience, Document, DocumentSubject


async def lock_drafts(session: AsyncSession, document_ids: Collection[int]) -> Sequence[Document]:
    """Documents that have no place yet, locked in the order of their ids. NotFound for what the caller does not see; Conflict
    DOCUMENT_ATTACHED for what has a place already, or is the other side's."""
    wanted = select(Document).where(Document.id.in_(document_ids)).order_by(Document.id)
    seen = (await session.scalars(wanted)).all()
    if len(seen) < len(set(document_ids)):
        raise NotFound(detail="There is no such document.")
    free = (
        await session.scalars(wanted.where(Document.subject.is_(None)).with_for_update().execution_options(populate_existing=True))
    ).all()
    if len(free) < len(seen):
        raise Conflict("DOCUMENT_ATTACHED", "This document already belongs somewhere; upload it again to use it twice.")
    return free


async def show(session: AsyncSession, subject: DocumentSubject, id: int, audience: Audience, is_published: bool | None) -> None:
    """Let what is attached to something be seen by whoever sees that now."""
    attached = update(Document).where(Document.subject == subject, Document.subject_id == id)
    await session.execute(attached.values(audience=audience, is_published=is_published), execution_options={"synchronize_session": False})


async def free(session: AsyncSession, subject: DocumentSubject, id: int) -> None:
    """What was attached to something that nobody has seen yet is a draft again."""
    attached = update(Document).where(Document.subject == subject, Document.subject_id == id)
    await session.execute(attached.values(subject=None, subject_id=None, project_id=None), execution_options={"synchronize_session": False})


async def find_kept(session: AsyncSession, keys: Collection[str]) -> set[str]:
    """Those of the names of objects that a document knows."""
    found = await session.execute(
        select(Document.storage_key, Document.thumbnail_key).where(or_(Document.storage_key.in_(keys), Document.thumbnail_key.in_(keys)))
    )
    return {key for row in found for key in row if key}
