"""Conversations, as both sides know them."""

from typing import Annotated

from fastapi import Depends, Response

from realestate import crud
from realestate.database import Identity
from realestate.dependencies import CurrentParty, PartyReader, PartySession, answer, asked
from realestate.dependencies.guards import may
from realestate.errors import Forbidden
from realestate.models.accounts import Permission, Role
from realestate.models.documents import DocumentKind
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.documents import DocumentOut
from realestate.schemas.messages import (
    ConversationPage,
    ConversationRead,
    ConversationSearch,
    MessageCreate,
    MessageOut,
    MessagePage,
    MessageSearch,
    ReadReceipt,
    ScheduledMessageCreate,
    ScheduledMessageOut,
    UnreadMessages,
)
from realestate.services import documents, messages
from realestate.uploads import LARGEST_DOCUMENT, Attachment
from realestate.views.documents import DOCUMENT
from realestate.views.messages import (
    CONVERSATION,
    CONVERSATIONS,
    MESSAGE,
    MESSAGES,
    SCHEDULED_MESSAGE,
    SCHEDULED_MESSAGES,
    UNREAD_MESSAGES,
)

router = Router(prefix="/api/messages", tags=["messages"])

_may_reply = may(Permission.messages_reply).dependency


async def _writer(party: CurrentParty) -> Identity:
    return party if party.role is Role.customer else await _may_reply(party)


Writer = Annotated[Identity, Depends(_writer)]
"""A customer, or a member of a builder's team who may reply."""


@router.get("", response_model=MessagePage)
async def list_messages(search: Annotated[MessageSearch, asked(MessageSearch)], read: PartyReader) -> Response:
    """Newest first; with `after`, oldest first from there on, so that paging by the last id misses none of a conversation."""
    return await read.page(MESSAGES, search)


@router.post("", response_model=MessageOut, status_code=201, responses=problems(404, 409))
async def send_message(said: MessageCreate, writer: Writer, session: PartySession) -> Response:
    """Say something about a project, in the one conversation that a customer and its builder have about it; the other side is told.

    Customers write about projects that they see, a team to customers it knows. 409 `NO_CONVERSATION` for a note before any message.
    """
    return await answer(session, MESSAGE, await messages.send(session, writer, said), 201)


@router.get("/conversations", response_model=ConversationPage)
async def list_conversations(search: Annotated[ConversationSearch, asked(ConversationSearch)], read: PartyReader) -> Response:
    """One per customer and project, the latest first, with what is unread on the caller's side."""
    return await read.page(CONVERSATIONS, search)


@router.get("/conversation/{customer_id}/{project_id}", response_model=MessagePage)
async def get_conversation(
    customer_id: Id, project_id: Id, search: Annotated[ConversationRead, asked(ConversationRead)], party: CurrentParty, read: PartyReader
) -> Response:
    """What was said, newest last; page 1 has the latest. Customers ask for their own id (403 otherwise)."""
    if party.role is Role.customer and party.user_id != customer_id:
        raise Forbidden("NOT_YOUR_ID", "You may only read your own conversations.")
    return await read.page(CONVERSATION, search, customer_id=customer_id, project_id=project_id)


@router.patch("/conversation/{conversation_id}/read", response_model=ReadReceipt)
async def read_conversation(conversation_id: Id, _: Writer, session: PartySession) -> ReadReceipt:
    """Opened: what the other side has said is read from now on, and it can see when. Repeatable."""
    count = await crud.messages.mark_read(session, conversation_id)
    return ReadReceipt(message="The conversation is read.", count=count)


@router.get("/unread-count", response_model=UnreadMessages)
async def count_unread_messages(read: PartyReader) -> Response:
    """How much of what the other side has said is unread, in all conversations."""
    return await read.summary(UNREAD_MESSAGES)


@router.post("/upload-attachment", response_model=DocumentOut, status_code=201, max_body_size=LARGEST_DOCUMENT, responses=problems(409))
async def upload_attachment(writer: Writer, upload: Attachment, session: PartySession) -> Response:
    """A file for a message that will name its `id`; until then only the caller's side sees it. See `POST /api/documents`."""
    document = await documents.receive(session, writer, upload, DocumentKind.attachment)
    return await answer(session, DOCUMENT, document.id, 201)


@router.get("/scheduled", response_model=list[ScheduledMessageOut])
async def list_scheduled_messages(read: PartyReader) -> Response:
    """What the caller's side is to say later, the next first."""
    return await read.all(SCHEDULED_MESSAGES)


@router.post("/scheduled", response_model=ScheduledMessageOut, status_code=201, responses=problems(404))
async def schedule_message(said: ScheduledMessageCreate, writer: Writer, session: PartySession) -> Response:
    """Say something later. Until `send_at` the other side can see nothing of it; then it is a message like any other."""
    return await answer(session, SCHEDULED_MESSAGE, await messages.schedule(session, writer, said), 201)


@router.delete("/scheduled/{scheduled_message_id}", response_model=Said)
async def cancel_scheduled_message(scheduled_message_id: Id, _: Writer, session: PartySession) -> Said:
    """Never say it. 404 once it has been sent."""
    await crud.messages.cancel(session, scheduled_message_id)
    return Said(message="The message will not be sent.")


@router.get("/{message_id}", response_model=MessageOut, responses=CONDITIONAL)
async def get_message(message_id: Id, read: PartyReader) -> Response:
    """One message, and whether the other side has read it."""
    return await read.one(MESSAGE, message_id)


@router.delete("/{message_id}", response_model=MessageOut, responses=problems(409))
async def take_back_message(message_id: Id, writer: Writer, session: PartySession) -> Response:
    """Take back one's own words within 15 minutes, unless they have been read: 409 `ALREADY_READ`, `TOO_LATE_TO_TAKE_BACK`."""
    await messages.take_back(session, writer, message_id)
    return await answer(session, MESSAGE, message_id)
