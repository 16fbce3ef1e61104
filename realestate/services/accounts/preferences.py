"""Which notifications somebody wants: between them and the platform, so that the doorman reads and writes it."""

from realestate import crud
from realestate.crud.accounts import Account
from realestate.database import DOORMAN, Identity, transaction
from realestate.errors import Unauthenticated
from realestate.models.notifications import NotificationCategory
from realestate.schemas.preferences import DAILY, USUAL, Preferences, PreferencesOut
from realestate.services import audit
from realestate.services.deliveries import available, preferences_of


async def preferences(caller: Identity) -> PreferencesOut:
    """Complete, with what is usual where nothing was said."""
    async with transaction(DOORMAN) as session:
        account = await crud.accounts.find(session, caller.me)
    return _describe(_open(account))


async def prefer(caller: Identity, said: Preferences) -> PreferencesOut:
    """All of it anew."""
    async with transaction(DOORMAN) as session:
        account = _open(await crud.accounts.lock(session, caller.me))
        account.user.notification_prefs = said.model_dump(mode="json", exclude_none=True)
        audit.record(session, "preferences.changed", account.user, actor_id=caller.me)
        await session.flush()
    return _describe(account)


def _open(account: Account | None) -> Account:
    if account is None or not account.may_sign_in:
        raise Unauthenticated("SESSION_ENDED", "This account has been closed.")
    return account


def _describe(account: Account) -> PreferencesOut:
    kept = preferences_of(account.user)
    return PreferencesOut(
        channels={category: kept.channels.get(category, USUAL) for category in NotificationCategory},
        digest=kept.digest or DAILY,
        quiet_hours=kept.quiet_hours,
        timezone=account.user.timezone,
        available=available(),
    )
