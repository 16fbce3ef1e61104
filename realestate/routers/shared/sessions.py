"""Where somebody is signed in."""

from realestate.dependencies import CurrentUser
from realestate.routing import Router
from realestate.schemas.accounts import SessionsOut
from realestate.schemas.base import Said
from realestate.services import accounts

router = Router(prefix="/api/me/sessions", tags=["auth"])


@router.get("", response_model=SessionsOut)
async def list_sessions(caller: CurrentUser) -> SessionsOut:
    """Where you are signed in, the latest first."""
    return await accounts.list_sessions(caller)


@router.delete("", response_model=Said)
async def end_other_sessions(caller: CurrentUser) -> Said:
    """Sign out everywhere but here."""
    count = await accounts.end_others(caller)
    return Said(message=f"You have signed out of {count} other sessions." if count != 1 else "You have signed out of one other session.")
