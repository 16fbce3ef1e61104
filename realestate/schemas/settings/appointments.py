"""When visitors are received."""

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from realestate.models.appointments import DAYS, SETTING
from realestate.models.settings import SettingScope
from realestate.schemas.base import Input, Whole, pattern
from realestate.schemas.settings.key import Setting
from realestate.schemas.times import Day

_CLOCK = pattern(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", "Input should be a time of day, such as 09:30; the end may be 24:00.")
Clock = Annotated[str, StringConstraints(pattern=_CLOCK)]
Opening = Annotated[list[Clock], Field(min_length=2, max_length=2, examples=[["09:00", "18:00"]])]


def _in_order(openings: list[Opening]) -> list[Opening]:
    if any(opens >= closes for opens, closes in openings) or any(one[1] > other[0] for one, other in pairwise(openings)):
        raise PydanticCustomError("hours", "Input should be openings in order, each from an earlier to a later time, without overlap")
    return openings


def _known_days(hours: dict[str, list[Opening]]) -> dict[str, list[Opening]]:
    if hours.keys() - set(DAYS):
        raise PydanticCustomError("weekday", "Input should name the days monday to sunday")
    return hours


Openings = Annotated[list[Opening], Field(max_length=5), AfterValidator(_in_order)]
Hours = Annotated[dict[str, Openings], AfterValidator(_known_days)]


class AvailabilityRules(
    Input, json_schema_extra={"examples": [{"hours": {"monday": [["09:00", "13:00"], ["14:00", "18:00"]]}, "buffer_minutes": 15}]}
):
    """What is left out or null is as the next wider place says: a person's project, a project's company, the house. Holidays add up."""

    hours: Annotated[Hours | None, Field(description="of each weekday; one that is not named is closed")] = None
    holidays: Annotated[list[Day] | None, Field(max_length=200)] = None
    slot_minutes: Annotated[int | None, Field(ge=5, le=240, description="a visit may begin every so often"), Whole] = None
    visit_minutes: Annotated[int | None, Field(ge=15, le=480, description="how long one takes, unless said"), Whole] = None
    buffer_minutes: Annotated[int | None, Field(ge=0, le=240, description="after it, for its host"), Whole] = None
    notice_minutes: Annotated[int | None, Field(ge=0, le=20160, description="for customers: to book, move or cancel"), Whole] = None
    horizon_days: Annotated[int | None, Field(ge=1, le=365), Whole] = None
    auto_confirm: bool | None = None
    group_capacity: Annotated[int | None, Field(ge=0, le=100, description="seats of a site visit; 0: each party alone"), Whole] = None
    visits_ahead: Annotated[int | None, Field(ge=1, le=100, description="of one customer in one project"), Whole] = None


AVAILABILITY = Setting[AvailabilityRules](
    SETTING,
    AvailabilityRules,
    AvailabilityRules(),
    tuple(SettingScope),
    "When visitors are received: hours, holidays, how long a visit takes, and how late it may be changed.",
    is_public=True,
)
