"""Messages in the database: conversations found and locked, messages added, read, taken back; what waits to be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer, undefer_group

from realestate.errors import NotFound
from realestate.models.accounts import Builder, Customer, TeamRole, User
from realestate.models.documents import Document, DocumentSubject, Side
from realestate.models.messages import BEGINS, Message, ScheduledMessage, is_unread
from realestate.models.projects import Project

NO_CONVERSATION = "There is no such conversation."
_BEGINS = Message.id == Message.conversation_id


class Place(NamedTuple):
    """Where something is said: whose project it is and how both sides are called; the conversation, when there is one."""

    builder_id: int
    project_name: str | None
    company_name: str | None
    customer_name: str | None
    now: datetime
    conversation_id: int | None = None


async def lock_place(session: AsyncSession, customer_id: int, project_id: int) -> Place | None:
    """The conversation of a customer on a project, ours until commit: what is said in it has its ids in the order of its commits."""
    company = select(Builder.company_name).where(Builder.id == Message.builder_id).scalar_subquery()
    found = select(Message.builder_id, Message.project_name, company, Message.customer_name, func.now(), Message.id)
    pair = (Message.customer_id == customer_id, Message.project_id == project_id, _BEGINS)
    row = (await session.execute(found.where(*pair).with_for_update(of=Message, key_share=True))).one_or_none()
    return Place(*row) if row else None


async def find_place(session: AsyncSession, customer_id: int, project_id: int) -> Place:
    """The same where nothing has been said yet: NotFound unless the caller sees the project."""
    company = select(Builder.company_name).where(Builder.id == Project.builder_id).scalar_subquery()
    customer = select(Customer.full_name).where(Customer.id == customer_id).scalar_subquery()
    found = select(Project.builder_id, Project.project_name, company, customer, func.now()).where(Project.id == project_id)
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound(detail="There is no such project.")
    return Place(*row)


async def add(session: AsyncSession, **values: Any) -> int | None:
    """A message, put by the database into its conversation or at the beginning of one; None when somebody else has just begun it."""
    row = insert(Message).values(**values)
    begun = row.on_conflict_do_nothing(index_elements=[Message.customer_id, Message.project_id], index_where=text(BEGINS))
    return await session.scalar(begun.returning(Message.id))


async def get(session: AsyncSession, message_id: int) -> Message:
    """One message."""
    message = await session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        raise NotFound
    return message


async def lock(session: AsyncSession, message_id: int) -> tuple[Message, datetime]:
    """The same, ours until commit, and the time."""
    row = (await session.execute(select(Message, func.now()).where(Message.id == message_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def lock_conversation(session: AsyncSession, conversation_id: int) -> tuple[Message, datetime]:
    """A conversation's first message with how the team files it, locked, and the time."""
    found = (
        select(Message, func.now())
        .where(Message.id == conversation_id, _BEGINS)
        .options(undefer_group("team"), undefer(Message.customer_name))
    )
    row = (await session.execute(found.with_for_update(of=Message, key_share=True))).one_or_none()
    if row is None:
        raise NotFound(detail=NO_CONVERSATION)
    return row[0], row[1]


async def mark_read(session: AsyncSession, conversation_id: int) -> int:
    """How much of what the other side has said was unread until now. The conversation is locked first, as by who writes in it."""
    first = select(Message.id).where(Message.id == conversation_id, _BEGINS)
    if await session.scalar(first.with_for_update(key_share=True)) is None:
        raise NotFound(detail=NO_CONVERSATION)
    unread = update(Message).where(Message.conversation_id == conversation_id, is_unread(Message))
    result = await session.execute(unread.values(is_read=True, read_at=func.now()), execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount


async def is_of_company(session: AsyncSession, builder_id: int, user_id: int) -> bool:
    """Whether somebody belongs to this company."""
    return await session.scalar(select(User.id).where(User.id == user_id, User.builder_id == builder_id)) is not None


async def get_team_role(session: AsyncSession, user_id: int) -> TeamRole:
    """Of an active member of the caller's team."""
    role = await session.scalar(select(User.team_role).where(User.id == user_id, User.builder_id.is_not(None), User.is_active))
    if role is None:
        raise NotFound(detail="There is no such member of your team.")
    return role


async def delete_attachments(session: AsyncSession, message_id: int) -> None:
    """Their files are swept once nothing knows them (`services.documents.sweep`)."""
    of_message = (Document.subject == DocumentSubject.message, Document.subject_id == message_id)
    await session.execute(delete(Document).where(*of_message), execution_options={"synchronize_session": False})


# ── To be sent later ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Due(NamedTuple):
    """A scheduled message whose time has come, and its author as they are now."""

    id: int
    side: Side
    builder_id: int
    sender_id: int
    team_role: TeamRole | None
    project_scope: Sequence[int] | None
    is_active: bool


def _is_due() -> tuple[Any, ...]:
    return ScheduledMessage.send_at <= func.now(), ScheduledMessage.failed_at.is_(None)


async def due(session: AsyncSession, most: int) -> Sequence[Due]:
    """Those that have waited longest; not locked, others may be sending them at this moment."""
    one = ScheduledMessage
    columns = select(one.id, one.sender_side, one.builder_id, one.sender_id, User.team_role, User.project_scope, User.is_active)
    rows = columns.join(User, User.id == one.sender_id).where(*_is_due()).order_by(one.send_at, one.id).limit(most)
    return [Due(*row) for row in await session.execute(rows)]


async def take_due(session: AsyncSession, scheduled_id: int) -> dict[str, Any] | None:
    """What to send, removed from what waits; None when it has been cancelled or somebody else is sending it."""
    one = ScheduledMessage
    row = await session.scalar(select(one).where(one.id == scheduled_id, *_is_due()).with_for_update(skip_locked=True))
    if row is None:
        return None
    await session.delete(row)
    return row.said


async def mark_failed(session: AsyncSession, scheduled_id: int, failure: str) -> None:
    """It is not tried again; its author reads why."""
    values = {"failed_at": func.now(), "failure": failure}
    await session.execute(update(ScheduledMessage).where(ScheduledMessage.id == scheduled_id).values(**values))


async def cancel(session: AsyncSession, scheduled_id: int) -> None:
    """NotFound once it has been sent."""
    row = await session.scalar(select(ScheduledMessage).where(ScheduledMessage.id == scheduled_id).with_for_update())
    if row is None:
        raise NotFound(detail="There is no such message waiting; it may have been sent.")
    await session.delete(row)
