"""Moments and days, as said."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from pydantic_core import PydanticCustomError

YEARS = range(1970, 2201)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _written_moment(value: Any) -> Any:
    """Not a number of seconds and not a bare date, which pydantic would also take."""
    if isinstance(value, datetime) or (isinstance(value, str) and RFC_3339.fullmatch(value)):
        return value
    raise PydanticCustomError("datetime", "Input should be a time with offset, such as 2026-11-20T09:30:00+05:30")


def _written_day(value: Any) -> Any:
    if type(value) is date or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date", "Input should be a date, such as 2026-11-20")


def _in_range(value: Any) -> Any:
    if value.year not in YEARS:
        raise PydanticCustomError("year", "Input should be between the years 1970 and 2200")
    return value.astimezone(UTC) if isinstance(value, datetime) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_moment), AfterValidator(_in_range), Field(examples=["2026-11-20T04:00:00Z"])]
"""A time with offset, RFC 3339; kept and answered in UTC."""

Day = Annotated[date, BeforeValidator(_written_day), AfterValidator(_in_range), Field(examples=["2026-11-20"])]
"""A calendar day, YYYY-MM-DD."""
