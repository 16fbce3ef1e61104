"""What appointments may be: the words of the wire and of the table."""

from realestate.models.base import Kind


class AppointmentType(Kind):
    site_visit = "site_visit"
    virtual_tour = "virtual_tour"
    consultation = "consultation"
    documentation = "documentation"
    design_review = "design_review"
    progress_update = "progress_update"
    inspection = "inspection"
    handover = "handover"

    @property
    def title(self) -> str:  # type: ignore[override]  # of a str; here it is what people read
        """As people read it: Site visit."""
        return self.value.replace("_", " ").capitalize()


class AppointmentStatus(Kind):
    requested = "requested"
    scheduled = "scheduled"
    confirmed = "confirmed"
    checked_in = "checked_in"
    completed = "completed"
    no_show = "no_show"
    cancelled = "cancelled"
    rescheduled = "rescheduled"


class AppointmentFilter(Kind):
    """Every state, and the group `pending`: what a listing may be asked for."""

    requested = "requested"
    scheduled = "scheduled"
    confirmed = "confirmed"
    checked_in = "checked_in"
    completed = "completed"
    no_show = "no_show"
    cancelled = "cancelled"
    rescheduled = "rescheduled"
    pending = "pending"


class MeetingLocation(Kind):
    site = "site"
    office = "office"
    online = "online"
    customer = "customer"


class VisitOutcome(Kind):
    """What came of it, as the team judges; customers do not see it."""

    interested = "interested"
    follow_up = "follow_up"
    not_interested = "not_interested"
    booked = "booked"
    done = "done"


S = AppointmentStatus

PENDING = (S.requested, S.scheduled)
LIVE = (S.scheduled, S.confirmed, S.checked_in)
"""The states that take the time of whoever is there."""
