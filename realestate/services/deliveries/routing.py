"""From inboxes to the ways out. Nothing of this is on the way of whoever tells: a notification waits, marked by an index, until its ways
have been decided."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from sqlalchemy import null
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import WORKER, transaction
from realestate.logs import log
from realestate.models.accounts import User
from realestate.models.deliveries import Delivery, Purpose
from realestate.models.notifications import Notification
from realestate.schemas.preferences import Preferences
from realestate.services.deliveries.choosing import Way, ways

MOST_AT_ONCE = 500


async def route() -> int:
    """Decide about some notifications, and write their deliveries in the same transaction: of how many. Any number may do this at once."""
    async with transaction(WORKER) as session:
        rows = await crud.deliveries.unrouted(session, MOST_AT_ONCE)
        wanted = [(notification, way) for notification, user, now in rows if user.is_active for way in _ways(notification, user, now)]
        digests = await _open_digests(session, {(one.user_id, way.at) for one, way in wanted if way.in_digest})
        for notification, way in wanted:
            digest_id = digests[notification.user_id, way.at] if way.in_digest else None
            session.add(_delivery(notification, way, digest_id))
        await crud.deliveries.mark_routed(session, [notification.id for notification, *_ in rows])
    return len(rows)


def _ways(notification: Notification, user: User, now: datetime) -> list[Way]:
    return [*ways(notification, user, preferences_of(user), _zone(user), now)]


async def _open_digests(session: AsyncSession, wanted: set[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """In one order for everybody, because each is locked."""
    return {(user_id, at): await crud.deliveries.open_digest(session, user_id, at) for user_id, at in sorted(wanted)}


def _delivery(notification: Notification, way: Way, digest_id: int | None) -> Delivery:
    ids = {"user_id": notification.user_id, "notification_id": notification.id, "digest_id": digest_id}
    at = null() if digest_id else way.at  # None would be left out, and the database would say now
    return Delivery(purpose=Purpose.notification, channel=way.channel, next_try_at=at, **ids)


def preferences_of(user: User) -> Preferences:
    """As kept; the usual ones in place of what cannot be read any more."""
    try:
        return Preferences.model_validate(user.notification_prefs)
    except ValidationError:
        log.warning("preferences cannot be read", user_id=user.id)
        return Preferences()


def _zone(user: User) -> ZoneInfo:
    try:
        return ZoneInfo(user.timezone)
    except (ZoneInfoNotFoundError, ValueError):  # written past the API
        return ZoneInfo("UTC")
