"""A builder's team, as its members see it."""

from sqlalchemy import bindparam, or_

from realestate.models.accounts import Invite, InviteKind, User
from realestate.reading import Detail, Listing, contains
from realestate.schemas.team import InvitePage, MemberOut, MemberPage

MEMBER = Detail(User, MemberOut)

MEMBERS = Listing(
    User,
    MemberPage,
    where=User.builder_id.is_not(None),  # a team knows customers too
    sorts={"full_name": User.full_name, "created_at": User.created_at},
    filters={
        "q": or_(contains(User.full_name, "q"), contains(User.email, "q")),
        "team_role": User.team_role == bindparam("team_role"),
        "is_active": User.is_active == bindparam("is_active"),
    },
)

INVITES = Listing(
    Invite,
    InvitePage,
    where=Invite.kind == InviteKind.team,
    sorts={"created_at": Invite.created_at, "expires_at": Invite.expires_at},
    filters={"state": Invite.state == bindparam("state")},
)
