"""Which notifications somebody wants."""

from realestate.dependencies import CurrentUser
from realestate.routing import Router
from realestate.schemas.preferences import Preferences, PreferencesOut
from realestate.services import accounts

router = Router(prefix="/api/me/notification-preferences", tags=["notifications"])


@router.get("", response_model=PreferencesOut)
async def get_preferences(caller: CurrentUser) -> PreferencesOut:
    """Which ways your notifications take, category by category, when digests come, and when nothing does."""
    return await accounts.preferences(caller)


@router.put("", response_model=PreferencesOut)
async def put_preferences(said: Preferences, caller: CurrentUser) -> PreferencesOut:
    """Set all of it; what you leave out is as usual again: in the app and by mail, a digest each morning, no quiet hours.

    Notices about your account and your purchases come in the app and by mail whatever you say.
    """
    return await accounts.prefer(caller, said)
