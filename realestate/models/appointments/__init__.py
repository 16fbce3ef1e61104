"""When people meet: appointments, and when they can."""

from realestate.models.appointments.agenda import Agenda, Host, Slot
from realestate.models.appointments.appointment import PATIENCE, Appointment
from realestate.models.appointments.availability import DAYS, SETTING, Availability
from realestate.models.appointments.feed import CalendarFeed
from realestate.models.appointments.words import (
    LIVE,
    PENDING,
    AppointmentFilter,
    AppointmentStatus,
    AppointmentType,
    MeetingLocation,
    VisitOutcome,
)

__all__ = [
    "DAYS",
    "LIVE",
    "PATIENCE",
    "PENDING",
    "SETTING",
    "Agenda",
    "Appointment",
    "AppointmentFilter",
    "AppointmentStatus",
    "AppointmentType",
    "Availability",
    "CalendarFeed",
    "Host",
    "MeetingLocation",
    "Slot",
    "VisitOutcome",
]
