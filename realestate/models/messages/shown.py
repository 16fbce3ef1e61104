"""What only the database can say of a message, and of the conversation that it begins: who reads, what time it is, what is unread."""

from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, case, func, literal_column, select
from sqlalchemy.orm import aliased, column_property

from realestate.models.accounts import Builder, Customer, User
from realestate.models.documents import Side
from realestate.models.messages.kept import CannedReply
from realestate.models.messages.message import Message
from realestate.models.messages.words import ThreadState
from realestate.models.projects import Project

MY_SIDE = func.split_part(func.current_setting(literal_column("'role'")), literal_column("'_'"), literal_column("2"))
"""The side that is asking: it is called as the role that speaks for it, which may be a limited one."""

_COMPUTED: dict[str, Any] = {"deferred": True, "raiseload": True}
_Said = aliased(Message)


def is_unread(message: Any) -> Any:
    """Whether the other side has said it and nobody on this side has read it."""
    return and_(~message.is_read, ~message.is_internal, message.deleted_at.is_(None), message.sender_side != MY_SIDE)


def current_state(first: Any) -> Any:
    """How the team files a conversation, by its first message and the clock: a snooze that is over is open."""
    return case((first.snoozed_until <= func.now(), ThreadState.open.value), else_=first.status)


def _of(said: Any, entity: Any, condition: Any) -> Any:
    return column_property(select(said).where(condition).correlate_except(entity).scalar_subquery(), **_COMPUTED)


# To a customer, who does not know the builder's people, it is the company that speaks.
_person = select(User.full_name).where(User.id == Message.sender_id).correlate_except(User).scalar_subquery()
_company = select(Builder.company_name).where(Builder.id == Message.builder_id).correlate_except(Builder).scalar_subquery()
Message.sender_name = column_property(func.coalesce(_person, _company), **_COMPUTED)
Message.recipient_id = column_property(  # None: it is for the team
    case((and_(Message.sender_side == Side.builder, ~Message.is_internal), Message.customer_id)), **_COMPUTED
)

Message.customer_name = _of(Customer.full_name, Customer, Customer.id == Message.customer_id)
Message.project_name = _of(Project.project_name, Project, Project.id == Message.project_id)
Message.assignee_name = _of(User.full_name, User, User.id == Message.assigned_to)
Message.last_message = _of(_Said.content, _Said, _Said.id == Message.last_message_id)
Message.last_message_time = _of(_Said.created_at, _Said, _Said.id == Message.last_message_id)
Message.unread_count = _of(func.count(), _Said, and_(_Said.conversation_id == Message.id, is_unread(_Said)))
Message.thread_state = _of(current_state(_Said), _Said, _Said.id == Message.id)

_filled_in = func.replace(
    func.replace(CannedReply.content, "{customer_name}", _Said.customer_name), "{project_name}", func.coalesce(_Said.project_name, "")
)
CannedReply.text = _of(_filled_in, _Said, _Said.id == bindparam("conversation_id", None, BigInteger))  # for the conversation asked about
