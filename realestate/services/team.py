"""A builder's team: who is in it, who may come. Its owners and admins decide; the wall lets nobody of a team write who is in it,
so that the system does, once it is clear that they may."""

from secrets import token_hex
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity, as_system
from realestate.errors import Forbidden, Invalid
from realestate.models.accounts import PERMISSIONS, Invite, InviteKind, Permission, TeamRole, User
from realestate.models.notifications import Event
from realestate.schemas.team import InviteCreate, InviteMade, MemberUpdate
from realestate.services import accounts, appointments, audit
from realestate.services.notifications import notify

UNLIMITED = (TeamRole.owner, TeamRole.admin)


async def change(session: AsyncSession, by: Identity, user_id: int, said: MemberUpdate) -> User:
    """A role, a scope, a closed or opened account: told, and the member's sessions end. Conflict LAST_OWNER, decided by a constraint."""
    changes = {name: value for name, value in said.model_dump(exclude_unset=True).items() if value is not None or name == "project_scope"}
    member = await _fetch(session, by, user_id, said.team_role)
    await _check_scope(session, changes.get("team_role", member.team_role), changes)
    was_active = member.is_active
    await _write(session, member, changes)
    if member.is_active < was_active:
        await reassign(session, member, None)
    role = member.team_role.value if member.team_role else ""
    notify(session, Event.role_changed, member, part=token_hex(4), name=member.full_name, role=role.replace("_", " "))
    return member


async def remove(session: AsyncSession, by: Identity, user_id: int, heir_id: int | None) -> int:
    """Close a member's account for good or for a while, and hand over what they looked after: how many rows. Repeatable."""
    member = await _fetch(session, by, user_id)
    heir = None if heir_id is None else await crud.team.get(session, heir_id)
    if heir and (heir is member or not heir.is_active):
        raise Invalid.field("reassign_to", "Name another member, who is active.", "NOT_AN_HEIR")
    await _write(session, member, {"is_active": False})
    audit.record(session, "team.removed", member, reassigned_to=heir_id)
    return await reassign(session, member, heir)


async def reassign(session: AsyncSession, member: User, heir: User | None) -> int:
    """What somebody looked after is another's, or the managers', from now on: customers, visits and the rest, in the order of locks."""
    async with as_system(session):
        count = await crud.team.reassign(session, crud.team.CUSTOMERS, member.id, heir)
        count += await appointments.hand_over(session, member, heir)
        return count + await crud.team.reassign(session, crud.team.BUSINESS, member.id, heir)


async def invite(session: AsyncSession, by: Identity, said: InviteCreate) -> InviteMade:
    """A code for one person, a role and a scope. Whether the address is known is neither looked at nor said."""
    await _authorise(session, by, said.team_role)
    await _check_scope(session, said.team_role, said.model_dump())
    made, code = await accounts.invite(session, by, InviteKind.team, **said.model_dump())
    notify(session, Event.team_invited, made, email=made.email, role=said.team_role.value.replace("_", " "))
    return InviteMade(id=made.id, email=made.email, code=code, expires_at=made.expires_at)


async def revoke(session: AsyncSession, by: Identity, invite_id: int) -> Invite:
    """Take an invitation back; repeatable. Conflict INVITE_USED."""
    found = await crud.team.get_invite(session, invite_id)
    found.revoke()
    audit.record(session, "invite.revoked", found)
    return found


async def _fetch(session: AsyncSession, by: Identity, user_id: int, wanted: TeamRole | None = None) -> User:
    """The member, once whoever asks may decide on them: only an owner makes, changes or removes one."""
    actor = await _authorise(session, by, wanted)
    member = await crud.team.get(session, user_id)
    if member.team_role is TeamRole.owner and actor.team_role is not TeamRole.owner:
        raise _owners_only()
    return member


async def _authorise(session: AsyncSession, by: Identity, wanted: TeamRole | None) -> User:
    """Who asks, as they are now that nobody else changes this team: their token may be older."""
    await crud.projects.lock_own_builder(session)
    actor = await crud.team.get(session, by.me)
    if not actor.is_active or actor.team_role not in PERMISSIONS[Permission.team_manage]:
        raise Forbidden("NOT_PERMITTED", "Your role in the team has changed meanwhile.")
    if wanted is TeamRole.owner and actor.team_role is not TeamRole.owner:
        raise _owners_only()
    return actor


async def _check_scope(session: AsyncSession, role: TeamRole | None, said: dict[str, Any]) -> None:
    scope = said.get("project_scope")
    if scope and role in UNLIMITED:
        raise Invalid.field("project_scope", "Owners and admins see all projects.", "NOT_LIMITED")
    if scope and await crud.team.count_projects(session, scope) < len(set(scope)):
        raise Invalid.field("project_scope", "One of these is none of your projects.", "NO_SUCH_PROJECT")
    if said.get("may_certify") and role is not TeamRole.engineer:
        raise Invalid.field("may_certify", "Only an engineer certifies milestones.", "NOT_AN_ENGINEER")


async def _write(session: AsyncSession, member: User, changes: dict[str, Any]) -> None:
    async with as_system(session):
        for name, value in changes.items():
            setattr(member, name, value)
        if member.team_role in UNLIMITED:
            member.project_scope = None
        member.may_certify = member.may_certify and member.team_role is TeamRole.engineer
        await session.flush()
        await crud.team.hand_over_company(session, member.id)
        await accounts.revoke(session, member.id)


def _owners_only() -> Forbidden:
    return Forbidden("OWNERS_ONLY", "Only an owner decides who is one.")
