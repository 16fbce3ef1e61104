"""Which notifications somebody wants, which way, and when; kept as said in `User.notification_prefs`."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from realestate.errors import Invalid
from realestate.models.deliveries import Channel
from realestate.models.notifications import NotificationCategory
from realestate.schemas.base import Input, NotBool, Wire, pattern

_CLOCK = pattern("^([01][0-9]|2[0-3]):[0-5][0-9]$", "Input should be a time of day, such as 22:00.")
Clock = Annotated[str, Field(pattern=_CLOCK, examples=["22:00"])]
"""A time of day in the zone of whoever says it."""


class Channels(Input):
    """Which ways. What is muted in the app stands there all the same, as read."""

    in_app: bool
    email: bool
    sms: bool
    push: bool


class Digest(Input):
    """When what can wait comes, in one mail: each day or week at an hour. `never`: it comes at once, one by one."""

    every: Literal["never", "day", "week"]
    hour: Annotated[int, Field(ge=0, le=23, examples=[8]), NotBool]
    weekday: Annotated[int, Field(ge=1, le=7, description="1 is Monday; of a weekly one", examples=[1]), NotBool]


class QuietHours(Input):
    """From when until when, over midnight or not, nothing leaves by mail or phone; it waits until they end."""

    begins: Clock
    ends: Clock

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.begins == self.ends:
            raise Invalid.field("quiet_hours.ends", "Quiet hours end at another time than they begin.")
        return self


USUAL = Channels(in_app=True, email=True, sms=False, push=False)
DAILY = Digest(every="day", hour=8, weekday=1)
_SAID: dict[str, Any] = {
    "channels": {"booking": USUAL.model_dump() | {"sms": True}, "progress": USUAL.model_dump() | {"email": False}},
    "digest": {"every": "week", "hour": 9, "weekday": 5},
    "quiet_hours": {"begins": "22:00", "ends": "07:00"},
}


class Preferences(Input, json_schema_extra={"examples": [_SAID]}):
    """All of it: what is left out is as usual."""

    channels: dict[NotificationCategory, Channels] = Field({})
    digest: Digest | None = None
    quiet_hours: QuietHours | None = None

    def wants(self, category: NotificationCategory, channel: Channel) -> bool:
        """Whether a category may go this way."""
        return bool(getattr(self.channels.get(category, USUAL), channel.value))


class PreferencesOut(Wire):
    """As they stand, every category. Times of day are in `timezone`, which `PATCH /api/auth/me` changes."""

    channels: dict[NotificationCategory, Channels]
    digest: Digest
    quiet_hours: QuietHours | None
    timezone: str
    available: Annotated[list[Channel], Field(description="the ways out of the app that lead anywhere on this installation")]
