"""The address of somebody's calendar: a token that opens their appointments to a program, and nothing else."""

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import NotFound
from realestate.models.accounts import Role
from realestate.security import tokens


async def open_calendar(session: AsyncSession, caller: Identity) -> str:
    """A new token; the one before is worth nothing any more. It is not kept, only its hash."""
    token = tokens.new_refresh_token()
    await crud.accounts.set_calendar_token(session, caller.me, tokens.digest(token))
    return token


async def close_calendar(session: AsyncSession, caller: Identity) -> None:
    """Repeatable."""
    await crud.accounts.remove_calendar_token(session, caller.me)


async def whose_calendar(token: str) -> Identity:
    """NotFound for a token that is unknown, withdrawn, or of somebody who may not sign in any more."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.find_by_calendar_token(session, tokens.digest(token))
    if account is None or not account.may_sign_in:
        raise NotFound(detail="There is no such calendar.")
    user = account.user
    return Identity(Role(user.user_type.value), user.id, user.builder_id, user.team_role, tuple(user.project_scope or ()), user.may_certify)
