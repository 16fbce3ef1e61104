"""A project's own rules, as said."""

from typing import Annotated

from pydantic import Field

from realestate.schemas.base import Input, NotBool
from realestate.schemas.catalogue import Percent


class ProjectRules(Input):
    """The project's own figures (see `models.rules`); null is the default of the house."""

    hold_minutes: Annotated[int, Field(ge=5, le=1440), NotBool] | None = None
    unpaid_reserves: Annotated[int, Field(ge=1, le=1000), NotBool] | None = None
    staff_hold_hours: Annotated[int, Field(ge=1, le=720), NotBool] | None = None
    reserve_hours: Annotated[int, Field(ge=1, le=720), NotBool] | None = None
    token_percent: Percent | None = None
    grace_days: Annotated[int, Field(ge=0, le=90), NotBool] | None = None
    certificate_required: bool | None = None
