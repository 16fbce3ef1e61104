"""A builder's team: its members, and invitations into it."""

from typing import Annotated

from pydantic import Field, StringConstraints

from realestate.models.accounts import InviteState, TeamRole
from realestate.models.accounts.people import MOST_PROJECTS_OF_A_SCOPE
from realestate.schemas.accounts import Password
from realestate.schemas.base import Email, Id, Input, Line, Page, Phone, Search, Wire, pattern, sort_by
from realestate.schemas.times import Moment

ProjectScope = Annotated[
    list[Id] | None,
    Field(
        min_length=1, max_length=MOST_PROJECTS_OF_A_SCOPE, description="the only projects this member sees; null: all", examples=[[3, 7]]
    ),
]
_CODE = pattern("^[A-Za-z0-9 -]{8,20}$", "Input should be the 8 letters and digits of an invitation.")
Code = Annotated[str, StringConstraints(pattern=_CODE), Field(examples=["K7QM-2RXD"])]
"""As it was given out; case, dashes and spaces do not matter."""


class MemberOut(Wire):
    """Somebody of the team. Who has left is not active."""

    id: int
    email: str
    full_name: str
    phone: str | None
    team_role: TeamRole
    project_scope: Annotated[list[int] | None, Field(description="the only projects this member sees; null: all of the company's")]
    may_certify: bool
    is_active: bool
    created_at: Moment


class MemberPage(Page):
    members: list[MemberOut]


class MemberSearch(Search):
    q: Annotated[Line | None, Field(description="part of a name or an address")] = None
    team_role: TeamRole | None = None
    is_active: bool | None = None
    sort: Annotated[str, sort_by("full_name", "created_at")] = "full_name"


class MemberUpdate(Input, json_schema_extra={"examples": [{"team_role": "sales", "project_scope": [3]}]}):
    """What is not said stays. A member whose role or scope changes signs in again; a change of role takes an engineer's certificate away."""

    team_role: TeamRole | None = None
    project_scope: ProjectScope = None
    may_certify: Annotated[bool | None, Field(description="for an engineer: may certify milestones")] = None
    is_active: bool | None = None


class Removal(Wire):
    message: str = Field(examples=["Done."])
    reassigned: Annotated[int, Field(description="customers, bookings, visits and conversations that somebody else looks after now")]


class InviteCreate(Input, json_schema_extra={"examples": [{"email": "nikhil@example.com", "team_role": "sales", "project_scope": [3]}]}):
    email: Email
    full_name: Line | None = None
    team_role: TeamRole
    project_scope: ProjectScope = None


class InviteOut(Wire):
    """Where an invitation stands. Its code is not kept."""

    id: int
    email: str
    full_name: str | None
    team_role: TeamRole
    project_scope: list[int] | None
    state: InviteState
    invited_by: int
    created_at: Moment
    expires_at: Moment


class InvitePage(Page):
    invites: list[InviteOut]


class InviteSearch(Search):
    state: InviteState | None = None
    sort: Annotated[str, sort_by("created_at", "expires_at")] = "-created_at"


class InviteMade(Wire):
    """The code is said this once: pass it on to the person."""

    id: int
    email: str
    code: Annotated[str, Field(examples=["K7QM-2RXD"])]
    expires_at: Moment


class Joining(
    Input, json_schema_extra={"examples": [{"code": "K7QM-2RXD", "full_name": "Nikhil Jadhav", "password": "correct horse battery"}]}
):
    """The address and the place in the team are those of the invitation."""

    code: Code
    full_name: Line
    phone: Phone | None = None
    password: Password
