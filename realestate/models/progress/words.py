"""What phases and updates may be: the words of the wire and of the tables."""

from realestate.models.base import Kind


class ProgressStatus(Kind):
    not_started = "not_started"
    in_progress = "in_progress"
    completed = "completed"
    delayed = "delayed"
    on_hold = "on_hold"


class ProgressScope(Kind):
    """How much of a project a phase speaks of."""

    project = "project"
    tower = "tower"
    unit = "unit"


class UpdateType(Kind):
    milestone = "milestone"
    delay = "delay"
    general = "general"
    safety = "safety"
    quality = "quality"
    inspection = "inspection"


class UpdateAudience(Kind):
    """Everybody; those with a booking or a hold in the project; the builder's team."""

    public = "public"
    booked = "booked"
    internal = "internal"
