"""For whom a transaction speaks."""

from dataclasses import dataclass
from typing import Self

from realestate.models.accounts import LIMITED, OF_SITES, Permission, Role, TeamRole, permissions_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is asking: a role and, where it has them, a user, a builder, a place in the team with its limits, and a session."""

    role: Role
    user_id: int | None = None
    builder_id: int | None = None
    team_role: str | None = None
    project_scope: tuple[int, ...] = ()
    may_certify: bool = False
    session_id: int | None = None

    @property
    def me(self) -> int:
        """The user's id, for whoever knows that there is one."""
        assert self.user_id is not None
        return self.user_id

    def may(self, permission: Permission) -> bool:
        """Whether the role in a team includes it (domain.md §8)."""
        return self.team_role is not None and permission in permissions_of(TeamRole(self.team_role), self.may_certify)

    @property
    def scope(self) -> str:
        """What a member of a team is limited to, as the wall reads it: its own customers ("own:"), some projects (":3,7"), or both."""
        own = "own" if self.team_role == TeamRole.sales else ""
        return f"{own}:{','.join(map(str, self.project_scope))}" if own or self.project_scope else ""

    @property
    def speaks_as(self) -> str:
        """The database's role: that of a member with limits is held back by them."""
        return OF_SITES if self.project_scope else LIMITED if self.scope else self.role.value

    @property
    def context(self) -> dict[str, str]:
        """What PostgreSQL needs to know; an empty user or builder is nobody, an empty scope no limit."""
        who = {"user": str(self.user_id or ""), "builder": str(self.builder_id or ""), "scope": self.scope}
        return {"role": f"realestate_{self.speaks_as}", **who}

    @classmethod
    def of(cls, speaks_as: str, user: str, builder: str, scope: str) -> Self:
        """Somebody with this context."""
        own, _, sites = scope.partition(":")
        team_role = TeamRole.sales if own else None
        project_scope = tuple(int(site) for site in sites.split(",") if site)
        return cls(
            Role.builder if speaks_as in (LIMITED, OF_SITES) else Role(speaks_as),
            int(user) if user else None,
            int(builder) if builder else None,
            team_role,
            project_scope,
        )


VISITOR = Identity(Role.visitor)
DOORMAN = Identity(Role.doorman)
WORKER = Identity(Role.worker)
