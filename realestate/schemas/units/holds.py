"""Holds, as said."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.units import HoldEnd
from realestate.schemas.base import Amount, Id, Input, Line, Whole, Wire
from realestate.schemas.units.prices import PriceLineOut

Hours = Annotated[int, Field(ge=1, le=2160, description="as the project's rules say, if left out"), Whole]


class HoldCreate(Input, json_schema_extra={"examples": [{"customer_id": 12, "hours": 48, "terms": "Deposit cheque until Friday"}]}):
    """For whom, and by the team on which terms; customers hold for themselves and need not say anything."""

    customer_id: Id | None = None
    hours: Hours | None = None
    terms: Annotated[Line | None, Field(description="what has been agreed on; the customer reads it too")] = None


class HoldExtensionCreate(Input, json_schema_extra={"examples": [{"hours": 24}]}):
    hours: Hours | None = None


class HoldOut(Wire):
    """One time that a unit was held."""

    id: int
    unit_id: int
    project_id: int
    customer_id: int
    created_by: int
    price: Amount
    price_lines: list[PriceLineOut]
    terms: str | None
    extensions: int
    is_running: bool
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: HoldEnd | None
