"""Which ways an event takes, and when: domain.md §7, and what its recipient wants. Decided here and nowhere else.

Everything is in the app. Beyond that, an event is told at once by the ways its recipient wants, unless it is named here.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from realestate.adapters import mail, phones
from realestate.models.deliveries import Channel
from realestate.models.notifications import Event, NotificationCategory, Priority
from realestate.schemas.preferences import DAILY, Digest, Preferences, QuietHours

LEGAL = {
    *("booking_confirmed", "booking_rejected", "booking_expired", "booking_cancelled", "cancellation_settled", "booking_default_notice"),
    *("demand_issued", "payment_overdue", "payment_at_risk", "receipt_bounced", "receipt_refunded"),
    *("possession_date_shifted", "booking_possession_offered", "agreement_generated"),
    *("password_changed", "login_new_device"),
}
"""Notices: to customers, and to whoever's account it is. Nobody mutes them, neither in the app nor as mail. By name, because some of these
are told by rooms that come later."""
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
OF_ACCOUNTS = {Event.password_changed, Event.login_new_device}


class Way(NamedTuple):
    channel: Channel
    at: datetime
    in_digest: bool


def is_legal(event: Event) -> bool:
    return event in LEGAL


def available() -> list[Channel]:
    """The ways that lead anywhere on this installation."""
    return [channel for channel in Channel if (mail if channel is Channel.email else phones).is_available()]


def ways(
    event: Event, category: NotificationCategory, priority: Priority, is_customer: bool, wanted: Preferences, zone: ZoneInfo, now: datetime
) -> Iterator[Way]:
    """How this recipient hears of an event outside the app. Quiet hours hold back whatever is not critical, digests too."""
    is_notice = event in LEGAL and (is_customer or event in OF_ACCOUNTS)
    waits = not is_notice and event in (CAN_WAIT if is_customer else CAN_WAIT_FOR_TEAM)
    digest = wanted.digest or DAILY
    loud = now if priority is Priority.critical else after_quiet(wanted.quiet_hours, zone, now)
    for channel in available():
        is_mail = channel is Channel.email
        if event in ONLY_IN_APP or not (wanted.wants(category, channel) or is_notice and is_mail):
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
