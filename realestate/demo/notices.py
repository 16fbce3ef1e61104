"""What people have set, and the seals on what the seeding did. After the seeding, in their own names."""

from typing import Any

from sqlalchemy import select

from realestate.database import WORKER, Identity, transaction
from realestate.models.accounts import Role, User
from realestate.models.settings import SettingScope
from realestate.schemas.settings import Setting
from realestate.schemas.settings.portal import NOTICE, PREFERENCES
from realestate.services import accounts, sealing, settings

SET: tuple[tuple[str, Setting[Any], Any, SettingScope], ...] = (
    ("builder@test.com", NOTICE, "Site visits on Sundays are by appointment.", SettingScope.builder),
    ("builder@test.com", PREFERENCES, {"theme": "light", "bookings.columns": "unit,customer,status,paid"}, SettingScope.user),
    ("customer@test.com", PREFERENCES, {"theme": "dark", "units.compare": True}, SettingScope.user),
)

SUBSCRIBER = "customer@test.com"
"""Whose calendar shows visits; the address is told to nobody: opening it anew ends it."""


async def put_up() -> None:
    """Repeatable."""
    async with transaction(WORKER) as session:
        people = {user.email: user for user in await session.scalars(select(User).where(User.email.in_([email for email, *_ in SET])))}
    for email, setting, value, scope in SET:
        user = people[email]
        async with transaction(Identity(Role(user.user_type.value), user.id, user.builder_id)) as session:
            await settings.put(session, setting, value, scope, None)
    async with transaction(Identity(Role.customer, people[SUBSCRIBER].id)) as session:
        await accounts.open_calendar(session, session.info["identity"])
    await sealing.seal()
