"""Signing in with a password, and changing it. No connection is held while a password is hashed: that is a transaction before, one after."""

from secrets import token_hex

from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, Identity, as_system, transaction
from realestate.errors import Invalid, Unauthenticated
from realestate.models.accounts import User, UserType
from realestate.models.notifications import Event
from realestate.schemas.accounts import PasswordChange, Tokens
from realestate.security import passwords, sessions
from realestate.services import audit
from realestate.services.accounts.devices import device_of
from realestate.services.accounts.sessions import Client, begin
from realestate.services.accounts.throttles import count_sign_in, forgive_sign_in
from realestate.services.notifications import notify


async def sign_in(email: str, password: str, user_type: UserType | None, client: Client) -> Tokens:
    """One answer, in one time, whether the address, the password or the type is wrong, or the account is closed."""
    email = email.strip().lower()
    async with transaction(DOORMAN) as session:
        await count_sign_in(session, email, client.address)
        account = await crud.accounts.find_by_email(session, email)
    if account and not (account.may_sign_in and user_type in (None, account.user.user_type)):
        account = None
    hashed = account.user.password_hash if account else None
    if not await passwords.verify(password, hashed) or not account or not hashed:
        raise _wrong()
    newest = await passwords.hash(password) if passwords.needs_rehash(hashed) else hashed
    async with transaction(DOORMAN) as session:
        account = await _locked(session, account.user.id, hashed)
        account.user.password_hash = newest
        await forgive_sign_in(session, email, client.address)
        device, known = device_of(client.user_agent), await crud.accounts.user_agents(session, account.user.id)
        if known and device not in map(device_of, known):
            await tell_owner(session, Event.login_new_device, account.user, device=device)
        return await begin(session, account, client)


async def change_password(caller: Identity, said: PasswordChange, client: Client) -> Tokens:
    """Ends every session of the user and begins a fresh one. Guessing the old password is throttled like signing in."""
    check_new(said.new_password, "new_password")
    async with transaction(DOORMAN) as session:
        account = await _locked(session, caller.me)
        email, hashed = account.user.email.lower(), account.user.password_hash
        await count_sign_in(session, email, client.address)
    if not await passwords.verify(said.old_password, hashed):
        raise Invalid.field("old_password", "This is not your current password.", "WRONG_PASSWORD")
    newest = await passwords.hash(said.new_password)
    async with transaction(DOORMAN) as session:
        account = await _locked(session, account.user.id, hashed)
        account.user.password_hash = newest
        await forgive_sign_in(session, email, client.address)
        ended = await crud.accounts.end_sessions(session, account.user.id)
        audit.record(session, "password.changed", account.user, actor_id=account.user.id)
        await tell_owner(session, Event.password_changed, account.user)
        fresh = await begin(session, account, client)
    sessions.ended.update(ended)
    return fresh


def check_new(password: str, field: str) -> None:
    """Invalid, naming the field, when it is not a password to take."""
    try:
        passwords.check(password)
    except ValueError as error:
        raise Invalid.field(field, str(error), "UNSUITABLE_PASSWORD") from None


async def _locked(session: AsyncSession, user_id: int, hashed: str | None = None) -> Account:
    """The account as it is now; another password meanwhile, or a closed account, means that what was checked counts no more."""
    account = await crud.accounts.lock(session, user_id)
    if account is None or not account.may_sign_in or (hashed and account.user.password_hash != hashed):
        raise _wrong()
    return account


async def tell_owner(session: AsyncSession, event: Event, user: User, **params: str) -> None:
    """By the system, because the doorman tells nobody; each time anew."""
    async with as_system(session):
        notify(session, event, user, part=token_hex(4), name=user.full_name, **params)


def _wrong() -> Unauthenticated:
    return Unauthenticated("INVALID_CREDENTIALS", "The e-mail address or the password is wrong.")
