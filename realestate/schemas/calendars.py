"""Appointments as a calendar needs them, and what opens it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.appointments import AppointmentStatus, AppointmentType, MeetingLocation
from realestate.schemas.base import Question, Wire


class FeedOut(Wire):
    """The address is shown once; whoever has it can read your appointments."""

    url: Annotated[str, Field(examples=["/api/calendar.ics?token=…"])]
    token: str


class FeedSearch(Question):
    token: Annotated[str, Field(max_length=200)]


class ProjectOfEntry(Wire):
    project_name: str
    location: str


class BuilderOfEntry(Wire):
    company_name: str


class CustomerOfEntry(Wire):
    full_name: str
    phone: str | None


class CalendarEntry(Wire):
    """What a calendar shows of an appointment."""

    id: int
    ical_uid: str
    ical_sequence: int
    appointment_type: AppointmentType
    status: AppointmentStatus
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    meeting_location: MeetingLocation
    meeting_url: str | None
    host_name: str | None
    attendees: list[str]
    agenda: str | None
    notes: str | None
    project: ProjectOfEntry
    builder: BuilderOfEntry
    customer: CustomerOfEntry
