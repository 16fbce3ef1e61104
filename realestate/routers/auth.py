"""Letting people in. Tokens are answered, never set as cookies."""

from typing import Annotated

from fastapi import Depends, Form, Request

from realestate.dependencies import CurrentUser
from realestate.problems import problems
from realestate.routing import Router
from realestate.schemas.accounts import (
    CodeSaid,
    Credentials,
    Forgotten,
    PasswordChange,
    PasswordForm,
    PasswordReset,
    RefreshRequest,
    Registration,
    Tokens,
    UserOut,
    UserUpdate,
)
from realestate.schemas.base import Said
from realestate.services import accounts
from realestate.services.accounts import Client

router = Router(prefix="/api/auth", tags=["auth"])


async def _client(request: Request) -> Client:
    """The peer: the server has put the forwarded address there if the peer is a trusted proxy."""
    user_agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    return Client(request.client.host if request.client else "", user_agent[:200])


Caller = Annotated[Client, Depends(_client)]


@router.post("/register", response_model=Tokens, status_code=201, responses=problems(409, 429))
async def register(said: Registration, client: Caller) -> Tokens:
    """Open an account and sign in: `builder_data` makes a company and you its owner, `customer_data` a customer.

    A mail brings a link that confirms the address. 409 `EMAIL_TAKEN` or `LICENSE_TAKEN`. At most 50 per client in 15 minutes.
    """
    return await accounts.register(said, client)


@router.post("/login", response_model=Tokens, responses=problems(401, 429))
async def login(said: Credentials, client: Caller) -> Tokens:
    """Sign in. 401 `INVALID_CREDENTIALS` whatever is wrong: address, password or `user_type`.

    429 after 10 failures to an account or 50 of a client in 15 minutes.
    """
    return await accounts.sign_in(said.email, said.password, said.user_type, client)


@router.post("/token", response_model=Tokens, responses=problems(401, 429))
async def login_with_form(form: Annotated[PasswordForm, Form()], client: Caller) -> Tokens:
    """Sign in with the password form of OAuth 2, as the Authorize button of Swagger UI does. Otherwise like login."""
    return await accounts.sign_in(form.username, form.password, None, client)


@router.post("/refresh", response_model=Tokens, responses=problems(401))
async def refresh(said: RefreshRequest, client: Caller) -> Tokens:
    """Exchange a refresh token for the next pair; it is spent with that, and good for 30 days until then.

    Sent again within 10 seconds, it brings the same pair. Any later use ends the session, because somebody may have copied it.
    """
    return await accounts.refresh(said.refresh_token, client)


@router.post("/logout", response_model=Said)
async def logout(caller: CurrentUser) -> Said:
    """End this session: its access token is refused at once, its refresh token for ever."""
    await accounts.end(caller)
    return Said(message="You have signed out.")


@router.post("/logout-all", response_model=Said)
async def logout_all(caller: CurrentUser) -> Said:
    """End every session of yours, this one too."""
    await accounts.end_all(caller)
    return Said(message="You have signed out everywhere.")


@router.post("/change-password", response_model=Tokens, responses=problems(429))
async def change_password(said: PasswordChange, caller: CurrentUser, client: Caller) -> Tokens:
    """Replace your password. Every session of yours ends, and a fresh one begins with the tokens answered here.

    422 when `old_password` is wrong, and 429 when it was wrong too often, as in login.
    """
    return await accounts.change_password(caller, said, client)


@router.post("/forgot-password", response_model=Said, responses=problems(429))
async def forget_password(said: Forgotten, client: Caller) -> Said:
    """Have a link for a new password sent. The answer is the same, and as quick, whether there is an account with this address or not.

    At most 20 of a client and 5 for an address in 15 minutes.
    """
    await accounts.forget_password(said.email, client)
    return Said(message="If there is an account with this address, a mail is on its way to it.")


@router.post("/reset-password", response_model=Said, responses=problems(404, 429))
async def reset_password(said: PasswordReset, client: Caller) -> Said:
    """Choose a new password with the token of a mail, good once, for an hour. Every session of yours ends; sign in anew.

    404 `CODE_INVALID`. At most 20 tries of a client in 15 minutes, with those of verify-email.
    """
    await accounts.reset_password(said, client)
    return Said(message="Your password has been changed. Please sign in with it.")


@router.post("/verify-email", response_model=Said, responses=problems(404, 429))
async def verify_email(said: CodeSaid, client: Caller) -> Said:
    """Confirm your address with the token of a mail, good once, for two days. 404 `CODE_INVALID`."""
    await accounts.verify_email(said.token, client)
    return Said(message="Your address has been confirmed.")


@router.post("/resend-verification", response_model=Said, responses=problems(409, 429))
async def resend_verification(caller: CurrentUser) -> Said:
    """Have the mail that confirms your address sent again. 409 `ALREADY_VERIFIED`. At most 5 in 15 minutes."""
    await accounts.ask_to_verify(caller)
    return Said(message="A mail is on its way to you.")


@router.get("/me", response_model=UserOut)
async def get_me(caller: CurrentUser) -> UserOut:
    """Who you are, and what you may do."""
    return await accounts.me(caller)


@router.patch("/me", response_model=UserOut)
async def change_me(said: UserUpdate, caller: CurrentUser) -> UserOut:
    """Change what is sent and leave the rest. A customer changes name and phone with `PATCH /api/customer/profile`."""
    return await accounts.change_me(caller, said)
