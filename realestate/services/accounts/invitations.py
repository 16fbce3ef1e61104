"""Codes that let people in: made once, kept only as a keyed hash, good for one person and seven days."""

from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import DOORMAN, Identity, as_system, transaction
from realestate.errors import NotFound
from realestate.models.accounts import Invite, InviteKind, LeadSource, TeamRole, User, UserType
from realestate.models.deliveries import Purpose
from realestate.schemas.accounts import Tokens
from realestate.schemas.team import Joining
from realestate.security import passwords
from realestate.services import audit
from realestate.services.accounts.credentials import check_new
from realestate.services.accounts.sessions import Client, begin
from realestate.services.accounts.spoken import kept, new_code
from realestate.services.accounts.throttles import count_enquiry, count_invitation, count_join
from realestate.services.deliveries import post


class PartyCode(NamedTuple):
    """As it is said, this once, and as it is kept."""

    said: str
    kept: bytes


MAILS = {InviteKind.team: Purpose.team_invitation, InviteKind.customer: Purpose.customer_invitation}


async def invite(session: AsyncSession, by: Identity, kind: InviteKind, **values: Any) -> tuple[Invite, str]:
    """An invitation and, this once, its code, which goes to the invited person by mail as well. TooMany when this member has made many lately."""
    async with as_system(session):
        await count_invitation(session, by.me)
    code, code_hash = new_code()
    made = Invite(builder_id=by.builder_id, kind=kind, invited_by=by.me, code_hash=code_hash, **values)
    session.add(made)
    await session.flush()
    async with as_system(session):
        await post(session, MAILS[kind], invite_id=made.id, secret=code)
    return made, code


async def new_party_code(session: AsyncSession, by: Identity) -> PartyCode:
    """A code of a customer's own, into one of their bookings. TooMany when they have made many lately."""
    async with as_system(session):
        await count_invitation(session, by.me)
    return PartyCode(*new_code())


async def join(said: Joining, client: Client) -> Tokens:
    """Open an account in the team that has invited this address, and sign in. NotFound for a code that is not good any more."""
    check_new(said.password, "password")
    await try_code(client)
    password_hash = await passwords.hash(said.password)
    async with transaction(DOORMAN) as session:
        found = await _open(session, said.code, InviteKind.team)
        user = User(user_type=UserType.builder, email=found.email, full_name=said.full_name, phone=said.phone, password_hash=password_hash)
        user.builder_id, user.team_role, user.project_scope = found.builder_id, found.team_role, found.project_scope
        session.add(user)
        await session.flush()
        await post(session, Purpose.verify_email, user_id=user.id)
        found.use(user.id)
        audit.record(session, "user.registered", user, actor_id=user.id, user_type=user.user_type.value, invited_by=found.invited_by)
        account = await crud.accounts.find(session, user.id)
        if account is None or not account.may_sign_in:
            raise _not_good()
        return await begin(session, account, client)


async def accept(session: AsyncSession, customer: Identity, code: str) -> int:
    """The customer comes to be known to the company that has invited them, looked after by its seller who has: the company's id."""
    async with as_system(session):
        found = await _open(session, code, InviteKind.customer)
        found.use(customer.me)
        inviter = await session.get_one(User, found.invited_by)
        await crud.leads.know(session, found.builder_id, customer.me, LeadSource.team)
        if inviter.is_active and inviter.team_role is TeamRole.sales:
            await crud.leads.give(session, found.builder_id, customer.me, inviter.id)
        audit.record(session, "invite.accepted", found)
    return found.builder_id


async def try_code(client: Client) -> None:
    """Count this try in a transaction of its own, so that it counts whatever comes of it. TooMany when there were many."""
    async with transaction(DOORMAN) as session:
        await count_join(session, client.address)


async def try_enquiry(client: Client) -> None:
    """The same for questions from the public pages."""
    async with transaction(DOORMAN) as session:
        await count_enquiry(session, client.address)


async def _open(session: AsyncSession, code: str, kind: InviteKind) -> Invite:
    found = await crud.accounts.lock_open_invite(session, kept(code), kind)
    if found is None:
        raise _not_good()
    return found


def _not_good() -> NotFound:
    return NotFound("INVITE_INVALID", "This code is wrong, used, taken back or too old. Ask for another one.")
