"""Messages for later: kept apart until their time has come, then said in their author's name, as if they were written then."""

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.messages import Due
from realestate.database import WORKER, Identity, transaction
from realestate.errors import Conflict, Forbidden, Invalid, NotFound
from realestate.models.accounts import PERMISSIONS, Permission, Role
from realestate.models.documents import Side
from realestate.models.messages import ScheduledMessage
from realestate.schemas.messages import MessageCreate, ScheduledMessageCreate
from realestate.services.messages.saying import attached_to, begin, check_recipient, customer_of, send

MOST_AT_ONCE = 1000


async def schedule(session: AsyncSession, by: Identity, said: ScheduledMessageCreate) -> int:
    """Its id. Refused now is what would be refused if it were said now."""
    customer_id = customer_of(by, said)
    if said.is_internal:
        raise Invalid.field("is_internal", "A note waits for nobody: write it now.")
    place = await crud.messages.lock_place(session, customer_id, said.project_id) or await begin(session, by, customer_id, said)
    await check_recipient(session, by, place, said)
    if said.send_at <= place.now:
        raise Invalid.field("send_at", "This must be in the future.")
    if attached := attached_to(said):
        await crud.documents.lock_drafts(session, attached)
    scheduled = ScheduledMessage(builder_id=place.builder_id, project_id=said.project_id, customer_id=customer_id, sender_id=by.me)
    scheduled.sender_side, scheduled.content, scheduled.send_at = Side(by.role.value), said.content, said.send_at
    scheduled.said = said.model_dump(mode="json", exclude={"send_at"})
    session.add(scheduled)
    await session.flush()
    return scheduled.id


async def deliver_due() -> int:
    """How many have been sent. Each in a transaction of its own: any number of processes may do this at once, none sends one twice."""
    async with transaction(WORKER) as session:
        due = await crud.messages.due(session, MOST_AT_ONCE)
    return sum([await _deliver(one) for one in due])


async def _deliver(one: Due) -> bool:
    try:
        author = _author(one)
        async with transaction(author) as session:
            said = await crud.messages.take_due(session, one.id)
            if said is None:
                return False
            await send(session, author, MessageCreate.model_validate(said))
        return True
    except ValidationError:  # kept before a rule became stricter, or written past it
        failure = "It cannot be read any more: please write it again."
    except (Conflict, Forbidden, Invalid, NotFound) as refusal:
        if refusal.code == "BUSY":  # next time
            return False
        failure = refusal.detail
    async with transaction(WORKER) as session:
        await crud.messages.mark_failed(session, one.id, failure)
    return False


def _author(one: Due) -> Identity:
    """Who speaks, with what they may do today; Forbidden for who has left."""
    is_customer = one.side is Side.customer
    if not one.is_active or not (is_customer or one.team_role in PERMISSIONS[Permission.messages_reply]):
        raise Forbidden(detail="Its author may not write any more.")
    builder_id = None if is_customer else one.builder_id
    return Identity(Role(one.side.value), one.sender_id, builder_id, one.team_role, tuple(one.project_scope or ()))
