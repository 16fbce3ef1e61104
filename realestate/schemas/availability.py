"""When people can meet, as said."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import Field, PlainSerializer

from realestate.models.appointments import AppointmentType
from realestate.models.base import as_said
from realestate.schemas.appointments import Minutes
from realestate.schemas.base import Id, Question, Wire
from realestate.schemas.settings.appointments import AvailabilityRules, Hours
from realestate.schemas.times import Day


class SlotSearch(Question):
    type: AppointmentType = AppointmentType.site_visit
    since: Annotated[Day | None, Field(description="the first day; today, where the project stands, if not said")] = None
    days: Annotated[int, Field(ge=1, le=31)] = 14
    duration_minutes: Minutes | None = None

    def window(self) -> tuple[datetime, datetime]:
        """In whatever zone these days are."""
        day, first = timedelta(days=1), datetime.combine(self.since or datetime.now(UTC).date(), time(), UTC)
        return first - day, first + (self.days + 1) * day


Spoken = Annotated[datetime, PlainSerializer(as_said, when_used="json")]
"""In UTC, as PostgreSQL writes it elsewhere: so that a slot and the appointment made of it say the same."""


class SlotOut(Wire):
    appointment_date: Spoken
    ends_at: Spoken
    seats: Annotated[int, Field(description="how many may still come; 1 where each party is shown around alone")]


class SlotList(Wire):
    """The times that can be booked now, in order."""

    project_id: int
    timezone: str
    duration_minutes: int
    slots: list[SlotOut]


class PlaceSearch(Question):
    """Whose rules: the company's, or those of one project or one member of the team."""

    project_id: Id | None = None
    user_id: Id | None = None


class SaidRules(AvailabilityRules):
    """What has been said at this very place."""


class HeldRules(Wire):
    """What holds there."""

    hours: Hours
    holidays: list[date]
    slot_minutes: int
    visit_minutes: int
    buffer_minutes: int
    notice_minutes: int
    horizon_days: int
    auto_confirm: bool
    group_capacity: int
    visits_ahead: int


class AvailabilityOut(Wire):
    project_id: int | None
    user_id: int | None
    said: SaidRules
    rules: HeldRules
