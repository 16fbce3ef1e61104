"""A builder's team."""

from typing import Annotated

from fastapi import Query, Response

from realestate.dependencies import BuilderReader, BuilderSession, answer, asked
from realestate.dependencies.guards import TeamLead
from realestate.problems import problems
from realestate.routers.auth import Caller
from realestate.routing import Router
from realestate.schemas.accounts import Tokens
from realestate.schemas.base import Id, Said
from realestate.schemas.team import (
    InviteCreate,
    InviteMade,
    InvitePage,
    InviteSearch,
    Joining,
    MemberOut,
    MemberPage,
    MemberSearch,
    MemberUpdate,
    Removal,
)
from realestate.services import accounts, team
from realestate.views.team import INVITES, MEMBER, MEMBERS

router = Router(prefix="/api/builder", tags=["team"])

Heir = Annotated[
    Id | None, Query(description="who looks after their customers, bookings, visits and conversations from now on; else the managers do")
]


@router.get("/team", response_model=MemberPage)
async def list_team(search: Annotated[MemberSearch, asked(MemberSearch)], read: BuilderReader) -> Response:
    """Who is in the team, and what for; who has left as well."""
    return await read.page(MEMBERS, search)


@router.patch("/team/{user_id}", response_model=MemberOut, responses=problems(409))
async def change_member(user_id: Id, said: MemberUpdate, member: TeamLead, session: BuilderSession) -> Response:
    """Another role, another scope, or an account closed or opened again: told, and they have to sign in again.

    403 `OWNERS_ONLY`: only an owner makes or changes an owner. 409 `LAST_OWNER`. Whoever is closed hands over to the managers.
    """
    changed = await team.change(session, member, user_id, said)
    return await answer(session, MEMBER, changed.id)


@router.delete("/team/{user_id}", response_model=Removal, responses=problems(409))
async def remove_member(user_id: Id, member: TeamLead, session: BuilderSession, reassign_to: Heir = None) -> Removal:
    """Close a member's account: their sessions end, and somebody else looks after what was theirs. 409 `LAST_OWNER`.

    Visits that the other has no time for are received by whoever is free, or have no host yet; conversations are everybody's where the
    other may not reply.
    """
    count = await team.remove(session, member, user_id, reassign_to)
    return Removal(message="The member has been removed.", reassigned=count)


@router.get("/team/invites", response_model=InvitePage)
async def list_invites(search: Annotated[InviteSearch, asked(InviteSearch)], _: TeamLead, read: BuilderReader) -> Response:
    """Invitations into the team, newest first."""
    return await read.page(INVITES, search)


@router.post("/team/invites", response_model=InviteMade, status_code=201, responses=problems(429))
async def invite_member(said: InviteCreate, member: TeamLead, session: BuilderSession) -> InviteMade:
    """Invite somebody by address, into a role and a scope. The answer says the code, this once; it is good for seven days and one person.

    It is the same for an address that has an account. 403 `OWNERS_ONLY`: only an owner invites one. At most 50 in 15 minutes.
    """
    return await team.invite(session, member, said)


@router.delete("/team/invites/{invite_id}", response_model=Said, responses=problems(409))
async def revoke_invite(invite_id: Id, member: TeamLead, session: BuilderSession) -> Said:
    """Take an invitation back; repeatable. 409 `INVITE_USED`."""
    await team.revoke(session, member, invite_id)
    return Said(message="The invitation has been taken back.")


@router.post("/join", response_model=Tokens, status_code=201, responses=problems(404, 409, 429))
async def join_team(said: Joining, client: Caller) -> Tokens:
    """Open an account with an invitation's code, and sign in. 404 `INVITE_INVALID` for one that is wrong, used, taken back or too old.

    409 `EMAIL_TAKEN` when the invited address has an account already. At most 20 tries of a client in 15 minutes.
    """
    return await accounts.join(said, client)
