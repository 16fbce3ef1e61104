"""Dunning, as said to the team."""

from datetime import date, datetime
from typing import Annotated

from realestate.compiling import Says
from realestate.models.payments import ReminderKind
from realestate.schemas.base import Input, Text, Wire
from realestate.schemas.times import Day


class PauseCreate(Input, json_schema_extra={"examples": [{"until": "2099-01-31", "reason": "The loan is paid out next month."}]}):
    """Until and with a day."""

    until: Day
    reason: Text


class PauseOut(Wire):
    until: date
    reason: str
    created_by: int
    created_at: datetime


class ReminderOut(Wire):
    """So many days before the line was due, or after that and the days of grace."""

    installment_id: int
    kind: ReminderKind
    days: int
    created_at: datetime


class Dunning(Wire):
    """What has been said of what is coming or late. A `pause` whose day has passed holds nothing back."""

    booking_id: Annotated[int, Says("id")]
    booking_number: str
    at_risk: bool
    pause: Annotated[PauseOut | None, Says("dunning_pause")]
    reminders: list[ReminderOut]
