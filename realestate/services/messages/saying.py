"""Saying something. Fetch (the conversation, locked, or what is needed to begin one), add, tell."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.messages import Place
from realestate.database import Identity, as_system
from realestate.errors import Conflict, Forbidden, Invalid, NotFound
from realestate.models.accounts import LeadSource, Role
from realestate.models.documents import Audience, DocumentSubject, Side
from realestate.models.messages import Message
from realestate.models.notifications import Event
from realestate.schemas.messages import MessageCreate
from realestate.services import audit, documents
from realestate.services.leads import meet
from realestate.services.notifications import notify

KEPT = ("project_id", "booking_id", "parent_message_id", "subject", "content", "message_type", "priority", "is_internal")


async def send(session: AsyncSession, by: Identity, said: MessageCreate) -> int:
    """The id of the message. What is first said between a customer and a builder about a project begins their conversation.

    NotFound unless a customer sees the project, or the team knows the customer. Conflict NO_CONVERSATION for a note about nothing.
    """
    customer_id = customer_of(by, said)
    place = await crud.messages.lock_place(session, customer_id, said.project_id) or await begin(session, by, customer_id, said)
    await check_recipient(session, by, place, said)
    await _check_references(session, place, customer_id, said)
    values = {name: getattr(said, name) for name in KEPT} | {"builder_id": place.builder_id, "customer_id": customer_id}
    values |= {"sender_id": by.me, "sender_side": Side(by.role.value)}
    message_id = await crud.messages.add(session, **values)
    if message_id is None:  # begun by somebody else in this moment: go on with theirs
        await crud.messages.lock_place(session, customer_id, said.project_id)
        message_id = await crud.messages.add(session, **values)
    assert message_id is not None, "there is a conversation now"
    if attached := attached_to(said):
        audience = Audience.team if said.is_internal else Audience.party
        to = (DocumentSubject.message, message_id, place.builder_id, said.project_id, audience, customer_id)
        await documents.attach(session, by, attached, documents.Place(*to))
    _tell(session, by, place, Message(id=message_id), said)
    return message_id


def attached_to(said: MessageCreate) -> set[int]:
    """The documents that it names, by id or by link."""
    return {*said.attachment_ids, *([documents.id_in_link(said.attachment_url)] if said.attachment_url else [])}


async def take_back(session: AsyncSession, by: Identity, message_id: int) -> None:
    """While nobody has read it: its words and attachments are gone from the conversation."""
    message, now = await crud.messages.lock(session, message_id)
    message.take_back(by.me, now)
    async with as_system(session):  # to its people, what has been attached stays
        await crud.messages.delete_attachments(session, message_id)
    audit.record(session, "message_taken_back", message)


def customer_of(by: Identity, said: MessageCreate) -> int:
    """Whose conversation it is: a customer's own; the one that a team names."""
    if by.role is Role.customer:
        if said.customer_id not in (None, by.me):
            raise Forbidden("NOT_YOUR_ID", "You may only write for yourself.")
        if said.is_internal:
            raise Invalid.field("is_internal", "Only the builder's team keeps notes.")
        return by.me
    named = {said.customer_id, said.recipient_id} - {None}
    if len(named) != 1:
        raise Invalid.field("customer_id", "Say to which customer, once.", "MISSING")
    return int(named.pop() or 0)


async def begin(session: AsyncSession, by: Identity, customer_id: int, said: MessageCreate) -> Place:
    """Where nothing has been said yet: who writes first is met (see `services.leads`)."""
    place = await crud.messages.find_place(session, customer_id, said.project_id)
    await meet(session, by, place.builder_id, customer_id, LeadSource.message)
    if said.is_internal:
        raise Conflict("NO_CONVERSATION", "There is no conversation yet: begin it with a message that the customer can read.")
    return place


async def check_recipient(session: AsyncSession, by: Identity, place: Place, said: MessageCreate) -> None:
    """A customer may name somebody of the company, whom it cannot look up; who of the team answers is for the team to decide."""
    if by.role is not Role.customer or said.recipient_id is None:
        return
    async with as_system(session):
        is_theirs = await crud.messages.is_of_company(session, place.builder_id, said.recipient_id)
    if not is_theirs:
        raise Invalid.field("recipient_id", "This is nobody of the company that you write to.")


async def _check_references(session: AsyncSession, place: Place, customer_id: int, said: MessageCreate) -> None:
    """What it names must belong to both sides: a booking of theirs, a message of this conversation."""
    if said.booking_id is not None:
        booking = await crud.bookings.peek(session, said.booking_id)
        if (booking.project_id, booking.customer_id) != (said.project_id, customer_id):
            raise NotFound(detail="There is no such booking of this customer's in this project.")
    if said.parent_message_id is not None:
        parent = await crud.messages.get(session, said.parent_message_id)
        if parent.conversation_id != place.conversation_id:
            raise NotFound(detail="There is no such message in this conversation.")


def _tell(session: AsyncSession, by: Identity, place: Place, message: Message, said: MessageCreate) -> None:
    """Of a note nobody is told; the words themselves are only in the conversation, where they can be taken back."""
    if said.is_internal:
        audit.record(session, "note_added", message)
        return
    sender = place.customer_name if by.role is Role.customer else place.company_name
    notify(session, Event.message_new, message, sender=sender, project=place.project_name or "your project")
