"""Sessions: a family of refresh tokens each. Begun by signing in, carried on by refreshing, ended at once and everywhere."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.config import settings
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import Unauthenticated
from realestate.logs import log
from realestate.schemas.accounts import SessionOut, SessionsOut, Tokens
from realestate.security import sessions, tokens
from realestate.services import audit
from realestate.services.accounts.profiles import describe

POLL_SECONDS, LONGEST_POLL = 2, 10


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from."""

    address: str
    user_agent: str


async def begin(session: AsyncSession, account: Account, client: Client) -> Tokens:
    """A session for somebody who has shown who they are."""
    family_id, token = 1 + secrets.randbelow(2**62 - 1), tokens.new_refresh_token()
    account.user.last_login = func.now()
    await crud.accounts.add_refresh_token(session, account.user.id, family_id, tokens.digest(token), client.user_agent)
    audit.record(session, "user.signed_in", account.user, actor_id=account.user.id, session_id=family_id)
    return _tokens(account, family_id, token)


async def refresh(token: str, client: Client) -> Tokens:
    """The next pair. Of calls in parallel all get the same one, for a few seconds; any other second use ends the session."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.lock_by_refresh_token(session, tokens.digest(token))
        if account and account.may_sign_in and (family_id := await _follow(session, account, token, client)):
            return _tokens(account, family_id, tokens.successor(token))
        ended = await _end_if_reused(session, account, token) if account else set()
    sessions.ended.update(ended)
    raise Unauthenticated("REFRESH_TOKEN_INVALID", "This session cannot be continued. Please sign in again.")


async def end(caller: Identity) -> None:
    """Sign out here."""
    await _end(caller, caller.session_id)


async def end_all(caller: Identity) -> None:
    """Sign out everywhere."""
    await _end(caller, None)


async def end_others(caller: Identity) -> int:
    """Sign out everywhere but here: of how many sessions."""
    return len(await _end(caller, None, keep=caller.session_id))


async def list_sessions(caller: Identity) -> SessionsOut:
    """Those that have not ended and could still be continued, the latest first."""
    async with transaction(DOORMAN) as session:
        rows = await crud.accounts.running_sessions(session, caller.me)
    found = [
        SessionOut(id=str(family), user_agent=agent, began_at=began, refreshed_at=latest, is_this_one=family == caller.session_id)
        for family, agent, began, latest in rows
    ]
    return SessionsOut(sessions=found)


async def revoke(session: AsyncSession, user_id: int) -> None:
    """End every session of somebody within another's transaction, which speaks as the system: known here at once, elsewhere in two seconds."""
    sessions.ended.update(await crud.accounts.end_sessions(session, user_id))


async def watch_ended_sessions() -> None:
    """Learn every two seconds what has ended in other processes. Runs until it is cancelled, whatever happens to the database."""
    while True:
        try:
            async with asyncio.timeout(LONGEST_POLL):
                await learn_of_ended_sessions()
        except Exception as error:  # noqa: BLE001  # whichever it is: without this watch, ended sessions are let in
            log.warning("ended sessions cannot be read", cause=type(error).__name__)
        await asyncio.sleep(POLL_SECONDS)


async def learn_of_ended_sessions() -> None:
    """What has ended anywhere, as long as an access token of it might still be good."""
    before = set(sessions.ended)
    async with transaction(DOORMAN) as session:
        found = await crud.accounts.recently_ended(session, timedelta(minutes=settings.token_minutes, seconds=tokens.LEEWAY))
    sessions.replace(found | (sessions.ended - before))  # what has ended here meanwhile may not have been found


async def _follow(session: AsyncSession, account: Account, token: str, client: Client) -> int | None:
    """Spend a good token and add its successor; one that was spent just now already has it. Its family, or None."""
    spent, following = tokens.digest(token), tokens.digest(tokens.successor(token))
    family_id = await crud.accounts.spend(session, spent)
    if family_id is None:
        return await crud.accounts.find_family_in_grace(session, spent, following)
    await crud.accounts.add_refresh_token(session, account.user.id, family_id, following, client.user_agent)
    return family_id


async def _end_if_reused(session: AsyncSession, account: Account, token: str) -> set[int]:
    """Two have the same token: one of them is a thief, and nobody knows which."""
    family_id = await crud.accounts.find_spent_family(session, tokens.digest(token))
    if family_id is None:
        return set()
    audit.record(session, "session.reuse_detected", account.user, session_id=family_id)
    return await crud.accounts.end_sessions(session, account.user.id, family_id)


async def _end(caller: Identity, session_id: int | None, keep: int | None = None) -> set[int]:
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.lock(session, caller.me)
        assert account, "users are never deleted"
        ended = await crud.accounts.end_sessions(session, account.user.id, session_id, keep)
        for family_id in ended:
            audit.record(session, "session.ended", account.user, actor_id=account.user.id, session_id=family_id)
    sessions.ended.update(ended)
    return ended


def _tokens(account: Account, family_id: int, refresh_token: str) -> Tokens:
    user, seconds = account.user, settings.token_minutes * 60
    team_role, limits = user.team_role.value if user.team_role else None, (tuple(user.project_scope or ()), user.may_certify)
    claims = tokens.Claims(family_id, user.id, user.user_type.value, user.builder_id, team_role, int(time.time()) + seconds, *limits)
    access_token, who = tokens.issue(claims), describe(account)
    return Tokens(access_token=access_token, refresh_token=refresh_token, token_type="bearer", expires_in=seconds, user=who)
