"""Members of a builder's team and invitations, as the wall shows them to it."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import CursorResult, case, func, null, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from realestate.errors import NotFound
from realestate.models.accounts import PERMISSIONS, Builder, Invite, Lead, Permission, TeamRole, User
from realestate.models.bookings import GROUPS, Booking, BookingGroup
from realestate.models.messages import Message
from realestate.models.projects import Project

SHOWN = (User.builder_id, User.team_role, User.project_scope, User.may_certify, User.email, User.full_name, User.is_active)
_GOES_ON = Booking.status.not_in([*GROUPS[BookingGroup.completed], *GROUPS[BookingGroup.cancelled]])
CUSTOMERS = ((Lead.assigned_to, true(), None),)
BUSINESS = (
    (Booking.agent_id, _GOES_ON, None),
    (Message.assigned_to, true(), Permission.messages_reply),
)
"""Where a row names the member who looks after it; which rows are still open; what only a member with this permission looks after."""


async def get(session: AsyncSession, user_id: int) -> User:
    """A member of the caller's team, as it is now. Lock the company first (`crud.projects.lock_own_builder`)."""
    found = select(User).where(User.id == user_id, User.builder_id.is_not(None)).options(load_only(*SHOWN, raiseload=True))
    member = await session.scalar(found.execution_options(populate_existing=True))
    if member is None:
        raise NotFound(detail="There is no such member of your team.")
    return member


async def get_invite(session: AsyncSession, invite_id: int) -> Invite:
    """An invitation, locked."""
    invite = await session.scalar(select(Invite).where(Invite.id == invite_id).with_for_update())
    if invite is None:
        raise NotFound(detail="There is no such invitation.")
    return invite


async def count_projects(session: AsyncSession, ids: Collection[int]) -> int:
    """How many of these are projects of the company."""
    return (await session.scalars(select(func.count(Project.id)).where(Project.id.in_(ids)))).one()


async def reassign(
    session: AsyncSession, looked_after: Iterable[tuple[Any, Any, Permission | None]], from_user: int, heir: User | None
) -> int:
    """What one member looks after is another's, or nobody's where that one cannot, from now on: how many rows. Speak as the system."""
    count = 0
    for column, is_open, permission in looked_after:
        rows = update(column.class_).where(column == from_user, is_open).values({column: _whose(column.class_, permission, heir)})
        result = await session.execute(rows, execution_options={"synchronize_session": False})
        assert isinstance(result, CursorResult)
        count += result.rowcount
    return count


def _whose(model: Any, permission: Permission | None, heir: User | None) -> Any:
    """The heir, who must be able to see the row and to do what it asks for."""
    if heir is None or permission and heir.team_role not in PERMISSIONS[permission]:
        return null()
    if heir.project_scope and hasattr(model, "project_id"):
        return case((model.project_id.in_(heir.project_scope), heir.id), else_=null())
    return heir.id


async def hand_over_company(session: AsyncSession, from_user: int) -> None:
    """Who stands for the company: the first of its owners, once it was somebody who is none any more. Speak as the system."""
    first = select(func.min(User.id)).where(User.builder_id == Builder.id, User.team_role == TeamRole.owner, User.is_active)
    is_theirs = (
        Builder.owner_user_id == from_user,
        Builder.owner_user_id.not_in(select(User.id).where(User.team_role == TeamRole.owner, User.is_active)),
    )
    await session.execute(
        update(Builder).where(*is_theirs).values(owner_user_id=first.scalar_subquery()), execution_options={"synchronize_session": False}
    )
