"""Documents: uploaded, found, opened."""

import time
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Request, Response
from fastapi.responses import StreamingResponse

from realestate.adapters import objects
from realestate.database import Identity
from realestate.dependencies import AnyReader, CurrentCustomer, CurrentParty, PartyReader, PartySession, answer, asked
from realestate.dependencies.guards import permit
from realestate.errors import Forbidden
from realestate.models.accounts import Permission, Role
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.documents import BookingDocumentPage, DocumentOut, DocumentPage, DocumentSearch, LinkQuestion
from realestate.services import documents
from realestate.services.documents import Opened
from realestate.uploads import LARGEST_DOCUMENT, DocumentSaid, DocumentUpload
from realestate.views.documents import DOCUMENT, DOCUMENTS_OF_BOOKING, DOCUMENTS_OF_CUSTOMER, DOCUMENTS_OF_PROJECT

router = Router(prefix="/api", tags=["documents"])


async def _uploader(party: CurrentParty, said: DocumentSaid) -> Identity:
    if party.role is Role.customer:
        if said.project_id:
            raise Forbidden("WRONG_ROLE", "Documents of a project are put there by its builder.")
        return party
    return permit(party, Permission.inventory_write if said.project_id else Permission.messages_reply)


Uploader = Annotated[Identity, Depends(_uploader)]
"""Somebody who may put a document where the form says."""
Asked = Annotated[DocumentSearch, asked(DocumentSearch)]


@router.post("/documents", response_model=DocumentOut, status_code=201, max_body_size=LARGEST_DOCUMENT, responses=problems(404, 409))
async def create_document(said: DocumentSaid, by: Uploader, upload: DocumentUpload, session: PartySession) -> Response:
    """Upload a file of at most 25 MB: an image, a PDF, an MP4 video or an office document without macros.

    With `booking_id` or `project_id` it goes there; without, it is a draft that only its own side sees until a message or a change
    request takes it. Images are made anew, upright and without what the camera wrote into them. 409 `QUOTA_EXCEEDED`.
    """
    document = await documents.create(session, by, upload, said)
    return await answer(session, DOCUMENT, document.id, 201)


@router.get("/bookings/{booking_id}/documents", response_model=BookingDocumentPage)
async def list_booking_documents(booking_id: Id, search: Asked, read: PartyReader) -> Response:
    """What both sides have put to a booking, newest first; beside it, in `papers`, the letters, notices and receipts that are drawn of it."""
    return await read.page(DOCUMENTS_OF_BOOKING, search, booking_id=booking_id)


@router.get("/projects/{project_id}/documents", response_model=DocumentPage)
async def list_project_documents(project_id: Id, search: Asked, read: AnyReader) -> Response:
    """Brochures, plans and approvals of a project, as far as they are for whoever asks, newest first."""
    return await read.page(DOCUMENTS_OF_PROJECT, search, project_id=project_id)


@router.get("/customer/documents", response_model=DocumentPage)
async def list_my_documents(customer: CurrentCustomer, search: Asked, read: PartyReader) -> Response:
    """Everything between a customer and its builders, its drafts too, newest first."""
    return await read.page(DOCUMENTS_OF_CUSTOMER, search, customer_id=customer.me)


@router.get("/documents/{document_id}", response_model=DocumentOut, responses=CONDITIONAL)
async def get_document(document_id: Id, read: AnyReader) -> Response:
    """What is known of a document, with a link that opens it without a token for an hour."""
    return await read.one(DOCUMENT, document_id)


@router.delete("/documents/{document_id}", response_model=Said, responses=problems(409))
async def delete_document(document_id: Id, by: CurrentParty, tasks: BackgroundTasks, session: PartySession) -> Said:
    """A draft of your side, or what the team has put beside a project. 409 `DOCUMENT_ATTACHED` for what others have been shown."""
    tasks.add_task(objects.delete, await documents.delete(session, by, document_id))  # runs when the row is gone for good
    return Said(message="The document has been deleted.")


# ── Files, by link ──────────────────────────────────────────────────────────────────────────────────────────────────────────

PUBLIC_FOR = 300
"""Seconds for which others may keep what a visitor sees."""
Link = Annotated[LinkQuestion, asked(LinkQuestion)]
BYTES: dict[int | str, dict[str, Any]] = {
    status: {"description": what, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
    for status, what in ((200, "The file."), (206, "The stretch of it that `Range` asks for."))
}


@router.get("/documents/{document_id}/file", response_class=StreamingResponse, responses=BYTES | CONDITIONAL | problems(403, 404))
async def open_document(document_id: Id, link: Link, request: Request) -> Response:
    """The file itself, to whoever has a link to it from one of our answers. The link works as long as its holder may see the document.

    What visitors may see needs nothing behind the question mark, so that its address can stand in a page for good.
    """
    return await send(await documents.open_file(document_id, link), _keep(link), request)


@router.get("/documents/{document_id}/thumbnail", response_class=StreamingResponse, responses=BYTES | CONDITIONAL | problems(403, 404))
async def open_document_thumbnail(document_id: Id, link: Link, request: Request) -> Response:
    """The thumbnail of an image, at most 512 pixels wide and high."""
    return await send(await documents.open_thumbnail(document_id, link), _keep(link), request)


def _keep(link: LinkQuestion) -> str:
    return f"private, max-age={link.ends - int(time.time())}" if link.ends else f"public, max-age={PUBLIC_FOR}"


async def send(file: Opened, cache: str, request: Request) -> Response:
    """Under its own type and no other, and so that nothing in it runs."""
    start, end = file.stretch(request.headers.get("range"))
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "Content-Disposition": file.disposition,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",  # portals show it from their own origin
        "ETag": f'"{file.etag}"',
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    headers["Content-Length"] = str(end - start)
    if is_part := end - start < file.size:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return StreamingResponse(await file.stream(start, end), 206 if is_part else 200, headers, file.media_type)
