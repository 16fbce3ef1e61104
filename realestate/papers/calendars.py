"""iCalendar (RFC 5545): appointments as calendar programs read them. Times are UTC, so that no zone needs describing."""

import re
from collections.abc import Iterable

from icalendar import Calendar, Event

from realestate.models.appointments import AppointmentStatus, MeetingLocation
from realestate.schemas.calendars import CalendarEntry

MEDIA_TYPE = "text/calendar"
_HOST = "appointments.realestate"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What RFC 5545 allows nowhere in a text; line ends are escaped by the library."""
S = AppointmentStatus
STATES = {S.confirmed: "CONFIRMED", S.checked_in: "CONFIRMED", S.completed: "CONFIRMED"} | dict.fromkeys(
    (S.cancelled, S.rescheduled, S.no_show), "CANCELLED"
)
"""The others are TENTATIVE."""


def calendar(entries: Iterable[CalendarEntry], *, for_team: bool, name: str | None = None) -> bytes:
    """One file; `for_team` names the customer, else the project's company is named."""
    made = Calendar()
    made.add("prodid", "-//Real estate platform//Appointments//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
        made.add("refresh-interval;value=duration", "PT1H")
    for entry in entries:
        made.add_component(_event(entry, for_team))
    return bytes(made.to_ical())


def _event(entry: CalendarEntry, for_team: bool) -> Event:
    made = Event()
    made.add("uid", f"{entry.ical_uid}@{_HOST}")
    made.add("sequence", entry.ical_sequence)
    made.add("status", STATES.get(entry.status, "TENTATIVE"))
    made.add("dtstamp", entry.updated_at)
    made.add("created", entry.created_at)
    made.add("last-modified", entry.updated_at)
    made.add("dtstart", entry.starts_at)
    made.add("dtend", entry.ends_at)
    who = entry.customer.full_name if for_team else entry.builder.company_name
    made.add("summary", _text(f"{entry.appointment_type.title}: {entry.project.project_name}, {who}"))
    made.add("location", _text(_location(entry)))
    made.add("description", _text(_description(entry, for_team)))
    if entry.meeting_url:
        made.add("url", entry.meeting_url)
    return made


def _location(entry: CalendarEntry) -> str:
    if entry.meeting_location is MeetingLocation.site:
        return f"{entry.project.project_name}, {entry.project.location}"
    return {"office": f"Office of {entry.builder.company_name}", "online": "Online", "customer": "At the customer's"}[
        entry.meeting_location
    ]


def _description(entry: CalendarEntry, for_team: bool) -> str:
    contact = (
        f"Customer: {entry.customer.full_name}, {entry.customer.phone or 'no phone'}"
        if for_team
        else f"With: {entry.host_name or 'the team'}"
    )
    company = f"Also coming: {', '.join(entry.attendees)}" if entry.attendees else None
    return "\n".join(filter(None, (contact, company, entry.agenda, entry.notes)))


def _text(said: str) -> str:
    return _UNPRINTABLE.sub(" ", said.replace("\r\n", "\n").replace("\r", "\n"))
