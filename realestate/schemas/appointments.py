"""Appointments, as said."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.compiling import Says
from realestate.models.appointments import AppointmentFilter, AppointmentStatus, AppointmentType, MeetingLocation, VisitOutcome
from realestate.schemas.base import Id, Input, Line, Page, Search, Text, Url, Whole, Wire, sort_by
from realestate.schemas.catalogue import UNSAID, Creation
from realestate.schemas.times import Moment

Minutes = Annotated[int, Field(ge=15, le=480, examples=[60]), Whole]
EXAMPLE = {
    "project_id": 7,
    "appointment_date": "2026-12-05T05:30:00Z",
    "appointment_type": "site_visit",
    "meeting_location": "site",
    "notes": "We would like to see a flat on a high floor.",
}


class AppointmentCreate(Creation, json_schema_extra={"examples": [EXAMPLE]}):
    """`appointment_date` is one of the times of `GET /api/projects/{id}/slots`."""

    project_id: Id
    appointment_date: Moment
    appointment_type: AppointmentType
    meeting_location: MeetingLocation
    duration_minutes: Annotated[Minutes | None, Field(description="if not the usual")] = None
    customer_id: Annotated[Id | None, Field(description="for whom, said by the builder's team only")] = None
    unit_id: Annotated[Id | None, Field(description="which unit it is about")] = None
    booking_id: Annotated[Id | None, Field(description="which booking of the customer it is about")] = None
    attendees: Annotated[list[Line], Field(max_length=20, description="names of those who come along")] = Field(default_factory=list)
    agenda: Text | None = None
    notes: Text | None = None


class AppointmentStep(Input, json_schema_extra={"examples": [{"status": "confirmed"}]}):
    """Where to take an appointment. A customer can only cancel."""

    status: AppointmentStatus
    reason: Text | None = Field(None, description="why it is cancelled")
    outcome: VisitOutcome | None = Field(None, description="what came of it, when it is completed")


class Reschedule(Input, json_schema_extra={"examples": [{"appointment_date": "2026-12-06T05:30:00Z", "reason": "We are travelling."}]}):
    appointment_date: Moment
    meeting_location: MeetingLocation | None = None
    reason: Text | None = None


class AppointmentUpdate(Input, json_schema_extra={"examples": [{"internal_notes": "Has two offers from elsewhere."}]}):
    """What the team changes beside the status."""

    assigned_to: Annotated[Id, Field(description="who of the team receives them")] = UNSAID
    meeting_url: Url | None = None
    agenda: Text | None = None
    internal_notes: Text | None = None


class Rating(Input, json_schema_extra={"examples": [{"rating": 5}]}):
    rating: Annotated[int, Field(ge=1, le=5), Whole]


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class ProjectOfAppointment(Wire):
    id: int
    project_name: str
    location: str
    timezone: str
    images: list[str]


class BuilderOfAppointment(Wire):
    id: int
    company_name: str
    full_name: str
    phone: str | None


class CustomerOfAppointment(Wire):
    id: int
    full_name: str
    phone: str | None
    email: str | None


class AppointmentOut(Wire):
    """An appointment, as its customer sees it. Until `change_until` the customer may cancel or move it."""

    id: int
    builder_id: int
    project_id: int
    customer_id: int
    unit_id: int | None
    booking_id: int | None
    appointment_type: AppointmentType
    status: AppointmentStatus
    appointment_date: Annotated[datetime, Says("starts_at")]
    ends_at: datetime
    duration_minutes: int
    change_until: datetime
    meeting_location: MeetingLocation
    meeting_url: str | None
    is_group: Annotated[bool, Field(description="shown around with others")]
    seats: int
    assigned_to: int | None
    host_name: Annotated[str | None, Field(description="who of the team receives them", examples=["Nikhil Jadhav"])]
    attendees: list[str]
    agenda: str | None
    notes: str | None
    reschedule_reason: str | None
    rescheduled_from_id: int | None
    cancel_reason: str | None
    rating: int | None
    created_by: int
    version: int
    created_at: datetime
    updated_at: datetime
    project: ProjectOfAppointment
    builder: BuilderOfAppointment
    customer: CustomerOfAppointment


class TeamAppointment(AppointmentOut):
    """An appointment, as its builder's team sees it."""

    internal_notes: str | None
    outcome: VisitOutcome | None


class AppointmentStats(Wire):
    """Over all that the caller sees. `pending` is requested or scheduled."""

    total: int
    confirmed: int
    pending: int
    completed: int
    cancelled: int


class AppointmentPage(Page):
    appointments: list[AppointmentOut]
    stats: AppointmentStats


class TeamAppointmentPage(Page):
    appointments: list[TeamAppointment]
    stats: AppointmentStats


class AppointmentSearch(Search):
    status: AppointmentFilter | None = Field(None, description="a state, or the group pending: requested or scheduled")
    type: AppointmentType | None = None
    project_id: Id | None = None
    sort: Annotated[str, sort_by("appointment_date", "created_at")] = "-appointment_date"
