"""Who may pass: by the role that a token says, and for members of a team by what their place in it lets them do."""

from typing import Annotated, Any

from fastapi import Depends, Request

from realestate.database import VISITOR, Identity
from realestate.errors import Forbidden, Unauthenticated
from realestate.models.accounts import Permission, Role
from realestate.security import sessions


class Guard:
    """Lets certain roles pass and says who it is. Where a visitor may pass, a token still counts, and a bad one is still 401."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles
        self.security = "optional" if Role.visitor in roles else "required"  # for the documentation

    async def __call__(self, request: Request) -> Identity:
        header = request.headers.get("authorization")
        if header is None and Role.visitor in self.roles:
            return VISITOR
        identity, _ = bearer(header)
        request.state.identity = identity
        if identity.role not in self.roles:
            raise Forbidden("WRONG_ROLE", f"This is for {' or '.join(f'{role}s' for role in self.roles if role is not Role.visitor)}.")
        return identity


def bearer(header: str | None) -> tuple[Identity, int]:
    """Who sends this Authorization header, and until when it is good."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(detail="Sign in first: send an Authorization header with a bearer token.")
    return sessions.identify(token.strip())


ANYONE = Guard(Role.visitor, Role.customer, Role.builder, Role.admin)
USERS = Guard(Role.customer, Role.builder, Role.admin)
PARTIES = Guard(Role.customer, Role.builder)
CUSTOMERS, BUILDERS, ADMINS = Guard(Role.customer), Guard(Role.builder), Guard(Role.admin)


def may(permission: Permission) -> Any:
    """`Depends` on a member of a builder's team whose role has this permission (domain.md §8); 403 for other members."""

    async def permitted(member: Annotated[Identity, Depends(BUILDERS)]) -> Identity:
        return permit(member, permission)

    return Depends(permitted)


def permit(member: Identity, permission: Permission) -> Identity:
    """The same where only the body tells what is needed."""
    if not member.may(permission):
        raise Forbidden("NOT_PERMITTED", f"Your role in the team does not include {permission.value}.")
    return member


# Members of a team by what they may do, where more than one router asks for it.
Planner = Annotated[Identity, may(Permission.inventory_write)]
Seller = Annotated[Identity, may(Permission.units_hold)]
Settler = Annotated[Identity, may(Permission.bookings_settle)]
Keeper = Annotated[Identity, may(Permission.handovers_write)]
Cashier = Annotated[Identity, may(Permission.payments_record)]
Approver = Annotated[Identity, may(Permission.refunds_approve)]
Reporter = Annotated[Identity, may(Permission.progress_write)]
TeamLead = Annotated[Identity, may(Permission.team_manage)]
