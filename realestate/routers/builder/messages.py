"""The team's inbox: conversations filed, and answers given often."""

from typing import Annotated

from fastapi import Response

from realestate import crud
from realestate.database import Identity
from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import may
from realestate.models.accounts import Permission
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.base import Id, Said
from realestate.schemas.messages import (
    AssignmentCreate,
    CannedReplyCreate,
    CannedReplyOut,
    CannedReplySearch,
    CannedReplyUpdate,
    InboxPage,
    InboxSearch,
    SnoozeCreate,
    TeamConversation,
)
from realestate.services import messages
from realestate.views.messages import CANNED_REPLIES, CANNED_REPLY, FILED, INBOX

router = Router(prefix="/api/builder", tags=["messages (builder)"])

Replier = Annotated[Identity, may(Permission.messages_reply)]


@router.get("/conversations", response_model=InboxPage)
async def list_inbox(search: Annotated[InboxSearch, asked(InboxSearch)], read: BuilderReader) -> Response:
    """The company's conversations with how they are filed, the latest first, and figures over all of them."""
    return await read.page(INBOX, search)


@router.post("/conversations/{conversation_id}/assignment", response_model=TeamConversation)
async def assign_conversation(conversation_id: Id, said: AssignmentCreate, _: Replier, session: BuilderSession) -> Response:
    """Give it to a member who may reply, who alone is told of it from now on."""
    await messages.assign(session, conversation_id, said.assigned_to)
    return await answer(session, FILED, conversation_id)


@router.delete("/conversations/{conversation_id}/assignment", response_model=TeamConversation)
async def unassign_conversation(conversation_id: Id, _: Replier, session: BuilderSession) -> Response:
    """Back to the inbox of everybody who may reply."""
    await messages.assign(session, conversation_id, None)
    return await answer(session, FILED, conversation_id)


@router.post("/conversations/{conversation_id}/closure", response_model=TeamConversation, responses=problems(409))
async def close_conversation(conversation_id: Id, _: Replier, session: BuilderSession) -> Response:
    """Done with, until the customer writes again. 409 `INVALID_TRANSITION`."""
    await messages.close(session, conversation_id)
    return await answer(session, FILED, conversation_id)


@router.delete("/conversations/{conversation_id}/closure", response_model=TeamConversation, responses=problems(409))
async def reopen_conversation(conversation_id: Id, _: Replier, session: BuilderSession) -> Response:
    """Not done with, or snoozed no longer. 409 `INVALID_TRANSITION` when it is open."""
    await messages.reopen(session, conversation_id)
    return await answer(session, FILED, conversation_id)


@router.post("/conversations/{conversation_id}/snooze", response_model=TeamConversation, responses=problems(409))
async def snooze_conversation(conversation_id: Id, said: SnoozeCreate, _: Replier, session: BuilderSession) -> Response:
    """Out of the way until some time, or until the customer writes. 409 `INVALID_TRANSITION` once it is closed."""
    await messages.snooze(session, conversation_id, said.until)
    return await answer(session, FILED, conversation_id)


@router.get("/canned-replies", response_model=list[CannedReplyOut])
async def list_canned_replies(search: Annotated[CannedReplySearch, asked(CannedReplySearch)], read: BuilderReader) -> Response:
    """By title; with `conversation_id`, filled in for it."""
    return await read.all(CANNED_REPLIES, conversation_id=search.conversation_id)


@router.post("/canned-replies", response_model=CannedReplyOut, status_code=201, responses=problems(409))
async def create_canned_reply(said: CannedReplyCreate, member: Replier, session: BuilderSession) -> Response:
    """Keep an answer for the whole team. 409 `TITLE_TAKEN`."""
    reply = await crud.canned_replies.create(session, member.builder_id, said.title, said.content)
    return await answer(session, CANNED_REPLY, reply.id, 201)


@router.patch("/canned-replies/{canned_reply_id}", response_model=CannedReplyOut, responses=problems(409))
async def update_canned_reply(canned_reply_id: Id, said: CannedReplyUpdate, _: Replier, session: BuilderSession) -> Response:
    """Change what is sent and leave the rest. 409 `TITLE_TAKEN`."""
    await crud.canned_replies.update(session, canned_reply_id, said.model_dump(exclude_none=True))
    return await answer(session, CANNED_REPLY, canned_reply_id)


@router.delete("/canned-replies/{canned_reply_id}", response_model=Said)
async def delete_canned_reply(canned_reply_id: Id, _: Replier, session: BuilderSession) -> Said:
    """For the whole team."""
    await crud.canned_replies.delete(session, canned_reply_id)
    return Said(message="The canned reply has been deleted.")
