"""How a team files its conversations: who looks after one, and whether it waits for an answer."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.errors import Invalid
from realestate.models.accounts import PERMISSIONS, Permission
from realestate.models.base import as_said
from realestate.models.notifications import Event
from realestate.services import audit
from realestate.services.notifications import notify


async def assign(session: AsyncSession, conversation_id: int, user_id: int | None) -> None:
    """From now on this member alone is told of what the customer writes; with None, everybody who may reply."""
    conversation, now = await crud.messages.lock_conversation(session, conversation_id)
    if user_id is not None and await crud.messages.get_team_role(session, user_id) not in PERMISSIONS[Permission.messages_reply]:
        raise Invalid.field("assigned_to", "This member's role does not include messages:reply.")
    conversation.assigned_to = user_id
    if user_id is None:
        audit.record(session, "conversation_unassigned", conversation)
    else:
        part = f"{user_id}:{now.isoformat()}"  # said again when it comes back to somebody
        notify(session, Event.conversation_assigned, conversation, part=part, customer=conversation.customer_name)


async def close(session: AsyncSession, conversation_id: int) -> None:
    """Answered for good, until the customer writes again."""
    conversation, _ = await crud.messages.lock_conversation(session, conversation_id)
    conversation.close()
    audit.record(session, "conversation_closed", conversation)


async def snooze(session: AsyncSession, conversation_id: int, until: datetime) -> None:
    """Out of the way until then, or until the customer writes."""
    conversation, now = await crud.messages.lock_conversation(session, conversation_id)
    if until <= now:
        raise Invalid.field("until", "This must be in the future.")
    conversation.snooze(until)
    audit.record(session, "conversation_snoozed", conversation, until=as_said(until))


async def reopen(session: AsyncSession, conversation_id: int) -> None:
    """It waits for the team again."""
    conversation, _ = await crud.messages.lock_conversation(session, conversation_id)
    conversation.reopen()
    audit.record(session, "conversation_reopened", conversation)
