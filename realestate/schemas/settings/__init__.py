"""Which settings there are. A room that has some names them in a file here and adds them to `SETTINGS`."""

from typing import Any

from realestate.schemas.settings import appointments, bookings, portal
from realestate.schemas.settings.key import Setting

__all__ = ["SETTINGS", "Setting"]

_ALL: tuple[Setting[Any], ...] = (
    appointments.AVAILABILITY,
    bookings.POLICY,
    portal.NOTICE,
    portal.PREFERENCES,
)
SETTINGS = {setting.key: setting for setting in _ALL}
