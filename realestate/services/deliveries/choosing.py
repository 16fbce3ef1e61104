"""Which ways an event takes, and when: domain.md §7, and what its recipient wants. Decided here and nowhere else.

Everything is in the app. Beyond that, an event is told at once by the ways its recipient wants, unless it is named here.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from realestate.adapters import mail, phones
from realestate.models.accounts import User, UserType
from realestate.models.deliveries import Channel
from realestate.models.notifications import Event, Notification, Priority
from realestate.models.tellings import LEGAL, OF_ACCOUNTS
from realestate.schemas.preferences import DAILY, Digest, Preferences, QuietHours

CAN_WAIT = {Event.progress_phase_updated, Event.progress_certified, Event.update_published, Event.change_request_reviewed}
"""Goes into a digest."""
CAN_WAIT_FOR_TEAM = CAN_WAIT | {
    *(
        Event.payment_due_soon,
        Event.payment_overdue,
        Event.demand_issued,
        Event.receipt_cleared,
        Event.hold_created,
        Event.hold_released,
        Event.hold_expired,
    ),
    *(Event.possession_date_shifted, Event.change_request_started, Event.change_request_completed),
}
"""What a team has done itself, mostly, or sees on its dashboard."""
ONLY_IN_APP = {Event.hold_released, Event.appointment_completed, Event.team_invited}


class Way(NamedTuple):
    channel: Channel
    at: datetime
    in_digest: bool


def is_notice(notification: Notification, user: User) -> bool:
    """Whether nobody can mute it: what is told to customers, and to whoever's account it is. What a team hears of it besides, it may."""
    is_theirs = notification.type in OF_ACCOUNTS and notification.related_entity_id == user.id
    return notification.type in LEGAL and (user.user_type is UserType.customer or is_theirs)


def available() -> list[Channel]:
    """The ways that lead anywhere on this installation."""
    return [channel for channel in Channel if (mail if channel is Channel.email else phones).is_available()]


def ways(notification: Notification, user: User, wanted: Preferences, zone: ZoneInfo, now: datetime) -> Iterator[Way]:
    """How this recipient hears of an event outside the app. Quiet hours hold back whatever is not critical, digests too."""
    event, must = notification.type, is_notice(notification, user)
    waits = not must and event in (CAN_WAIT if user.user_type is UserType.customer else CAN_WAIT_FOR_TEAM)
    digest = wanted.digest or DAILY
    loud = now if notification.priority is Priority.critical else after_quiet(wanted.quiet_hours, zone, now)
    for channel in available():
        is_mail = channel is Channel.email
        if event in ONLY_IN_APP or not (wanted.wants(notification.category, channel) or must and is_mail):
            continue
        if not waits or digest.every == "never":
            yield Way(channel, loud, in_digest=False)
        elif is_mail:
            yield Way(channel, after_quiet(wanted.quiet_hours, zone, next_digest(digest, zone, now)), in_digest=True)


def after_quiet(quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> datetime:
    """The end of the quiet hours, if it is quiet now. By the wall clock: a night in which the clock changes is an hour longer or shorter."""
    if quiet is None:
        return now
    begins, ends = time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends)
    local = now.astimezone(zone)
    clock = local.time()
    if not (begins <= clock < ends if begins < ends else clock >= begins or clock < ends):
        return now
    day = local.date() + timedelta(days=clock >= ends)
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)


def next_digest(digest: Digest, zone: ZoneInfo, now: datetime) -> datetime:
    """The next time that the clock where somebody lives shows the hour of their digest."""
    local = now.astimezone(zone)
    days = (digest.weekday - local.isoweekday()) % 7 if digest.every == "week" else 0
    step = timedelta(days=7 if digest.every == "week" else 1)
    at = datetime.combine(local.date() + timedelta(days=days), time(digest.hour), zone)
    return (at if at > local else datetime.combine(at.date() + step, time(digest.hour), zone)).astimezone(now.tzinfo)
