"""Documents written down and given their place, and with it the people who see them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import Conflict, Forbidden, Invalid, NotFound
from realestate.models.accounts import Role
from realestate.models.documents import Audience, Document, DocumentKind, DocumentSubject, Side
from realestate.models.projects import Project
from realestate.schemas.documents import DocumentCreate
from realestate.services.documents.keeping import Upload

OF_PROJECT = (Audience.public, Audience.customers, Audience.booked, Audience.team)
FOLLOWING = (Audience.public, Audience.customers)
OF_BOOKING = (Audience.party, Audience.team)
LINK = re.compile(r"(?:https?://[^/?#]+)?/api/documents/([1-9][0-9]{0,17})(?:/file)?(?:\?[^#]*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """What a document is attached to, and who sees it there.

    `party` needs the customer (of a booking: its owner of record), and with `booking_id` its co-applicants see it too; `team` hides it
    from every customer, as in an internal note; the others are for whole projects. `project_id` also tells limited members of the team
    what is theirs to see: name it wherever there is one.
    """

    subject: DocumentSubject
    id: int
    builder_id: int
    project_id: int | None
    audience: Audience = Audience.party
    customer_id: int | None = None
    booking_id: int | None = None


async def create(session: AsyncSession, by: Identity, upload: Upload, said: DocumentCreate) -> Document:
    """Written down and, if it says where it belongs, attached there."""
    document = await receive(session, by, upload, said.kind)
    if place := await _place_of(session, by, said):
        await attach(session, by, [document.id], place)
    return document


async def receive(session: AsyncSession, by: Identity, upload: Upload, kind: DocumentKind) -> Document:
    """A draft that only its own side sees. Conflict QUOTA_EXCEEDED when its company, or its customer, has too much already."""
    is_customer = by.role is Role.customer
    document = Document(
        builder_id=by.builder_id,
        customer_id=by.me if is_customer else None,
        side=Side.customer if is_customer else Side.builder,
        uploaded_by=by.me,
        audience=Audience.party if is_customer else Audience.team,
        kind=kind,
        file_name=upload.file_name,
        media_type=upload.media_type,
        size=upload.kept.size,
        sha256=upload.kept.sha256,
        storage_key=upload.kept.key,
        thumbnail_key=upload.thumbnail.key if upload.thumbnail else None,
        thumbnail_size=upload.thumbnail.size if upload.thumbnail else 0,
    )
    session.add(document)
    await session.flush()
    upload.is_taken = True
    return document


async def attach(session: AsyncSession, by: Identity, document_ids: Collection[int], to: Place) -> Sequence[Document]:
    """Give drafts of the caller's side their place, for good. NotFound, or Conflict DOCUMENT_ATTACHED for one that has a place."""
    is_published = await _follow(session, to)
    documents = await crud.documents.lock_drafts(session, document_ids)
    for document in documents:
        document.builder_id, document.subject, document.subject_id = to.builder_id, to.subject, to.id
        document.audience, document.customer_id, document.booking_id = to.audience, to.customer_id, to.booking_id
        document.project_id, document.is_published = to.project_id, is_published
    await session.flush()
    return documents


async def _follow(session: AsyncSession, to: Place) -> bool | None:
    """Whether the project is published, which stays so until the commit; None where that does not matter."""
    if to.project_id is None or to.customer_id is not None:
        return None
    project = await crud.projects.pin(session, to.project_id)
    return project.is_published if to.audience in FOLLOWING else None


def show(document: Document, audience: Audience, project: Project) -> None:
    """To other people from now on, where it stands in a project. The project is pinned."""
    document.audience, document.is_published = audience, project.is_published if audience in FOLLOWING else None


def withdraw(document: Document) -> None:
    """What was the file of a model and is no more: the team keeps it."""
    document.model_id, document.audience, document.is_published = None, Audience.team, None


async def delete(session: AsyncSession, by: Identity, document_id: int) -> list[str]:
    """A draft, or what the team has put beside a project; the names of its objects, to be removed once this is committed."""
    document = await session.get(Document, document_id)
    if document is None:
        raise NotFound
    if document.side.value != by.role.value:
        raise Forbidden(detail="This is not yours to delete.")
    if document.subject not in (None, DocumentSubject.project):
        raise Conflict("DOCUMENT_ATTACHED", "This document belongs to something that others have seen, and stays.")
    await session.delete(document)
    await session.flush()
    return document.keys


def id_in_link(url: str) -> int:
    """The document that one of our own links, or its path, leads to."""
    match = LINK.fullmatch(url)
    if match is None:
        raise Invalid.field("attachment_url", "Input should be a link to a document that was uploaded here.")
    return int(match[1])


async def _place_of(session: AsyncSession, by: Identity, said: DocumentCreate) -> Place | None:
    if said.booking_id:
        booking = await crud.bookings.peek(session, said.booking_id)
        audience = _allowed(said.audience, OF_BOOKING if by.role is Role.builder else (Audience.party,))
        people = {"customer_id": booking.customer_id, "booking_id": booking.id}
        return Place(DocumentSubject.booking, booking.id, booking.builder_id, booking.project_id, audience, **people)
    if said.project_id:
        assert by.builder_id  # the route lets in nobody else
        audience = _allowed(said.audience, OF_PROJECT)
        return Place(DocumentSubject.project, said.project_id, by.builder_id, said.project_id, audience)
    return None


def _allowed(audience: Audience | None, choice: Sequence[Audience]) -> Audience:
    if audience not in (None, *choice):
        raise Invalid.field("audience", f"Here, input should be one of {', '.join(choice)}.")
    return audience or choice[0]
