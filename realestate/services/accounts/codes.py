"""What mails bring codes for: to confirm an address, to choose a new password."""

from realestate import crud
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import Conflict, NotFound, Unauthenticated
from realestate.models.accounts import CodePurpose
from realestate.models.deliveries import Purpose
from realestate.models.notifications import Event
from realestate.schemas.accounts import PasswordReset
from realestate.security import passwords, sessions, tokens
from realestate.services import audit
from realestate.services.accounts.credentials import check_new, tell_owner
from realestate.services.accounts.sessions import Client
from realestate.services.accounts.throttles import count_code, count_forgotten, count_verification, forgive_account
from realestate.services.deliveries import post


async def ask_to_verify(caller: Identity) -> None:
    """Send the mail again. Conflict ALREADY_VERIFIED; TooMany."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.find(session, caller.me)
        if account is None or not account.may_sign_in:
            raise Unauthenticated("SESSION_ENDED", "This account has been closed.")
        if account.user.is_verified:
            raise Conflict("ALREADY_VERIFIED", "Your address has been confirmed already.")
        await count_verification(session, caller.me)
        await post(session, Purpose.verify_email, user_id=caller.me)


async def verify_email(code: str, client: Client) -> None:
    """Whoever has the code reads what is sent to the address. NotFound CODE_INVALID."""
    await _count_try(client)
    hashed = tokens.digest(code)
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.lock_by_code(session, hashed, CodePurpose.verify_email)
        if account is None or not account.user.is_active or not await crud.accounts.use_code(session, hashed):
            raise _not_good()
        account.user.is_verified = True
        audit.record(session, "email.verified", account.user, actor_id=account.user.id)


async def forget_password(email: str, client: Client) -> None:
    """The same is done for any address, known or not: whose it is, is looked up when the mail is sent."""
    email = email.strip().lower()
    async with transaction(DOORMAN) as session:
        await count_forgotten(session, email, client.address)
        await post(session, Purpose.reset_password, secret=email)


async def reset_password(said: PasswordReset, client: Client) -> None:
    """A new password; every session ends, and the address is confirmed by the way. NotFound CODE_INVALID."""
    check_new(said.new_password, "new_password")
    await _count_try(client)
    newest, hashed = await passwords.hash(said.new_password), tokens.digest(said.token)
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.lock_by_code(session, hashed, CodePurpose.reset_password)
        if account is None or not account.may_sign_in or not await crud.accounts.use_code(session, hashed):
            raise _not_good()
        account.user.password_hash, account.user.is_verified = newest, True
        await forgive_account(session, account.user.email.lower())
        ended = await crud.accounts.end_sessions(session, account.user.id)
        audit.record(session, "password.reset", account.user, actor_id=account.user.id)
        await tell_owner(session, Event.password_changed, account.user)
    sessions.ended.update(ended)


async def _count_try(client: Client) -> None:
    """In a transaction of its own, so that it counts whatever comes of it."""
    async with transaction(DOORMAN) as session:
        await count_code(session, client.address)


def _not_good() -> NotFound:
    return NotFound("CODE_INVALID", "This link is wrong, used or too old. Ask for another mail.")
