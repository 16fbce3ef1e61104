"""Signatures, the register, and taking over the home, as said."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from realestate.models.base import Kind
from realestate.models.bookings import SnagStatus
from realestate.schemas.base import Input, Line, Text, Wire, pattern
from realestate.schemas.times import Day

_HASH = pattern("^[0-9a-f]{64}$", "Input should be the SHA-256 that every page of the agreement carries.")
Hash = Annotated[
    str, StringConstraints(pattern=_HASH), Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
]


class SignatureCreate(
    Input, json_schema_extra={"examples": [{"content_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}]}
):
    """Under which terms: the `content_hash` of the version that has been read."""

    content_hash: Hash


class SignatureOut(Wire):
    """`customer_id` null: for the company."""

    id: int
    booking_id: int
    customer_id: int | None
    content_hash: str
    signed_at: datetime


class RegistrationCreate(
    Input, json_schema_extra={"examples": [{"registration_no": "HVL-3/4711/2026", "registration_date": "2026-11-20"}]}
):
    registration_no: Line
    registration_date: Annotated[Day, Field(description="not before the agreement")]


class ChecklistUpdate(Input, json_schema_extra={"examples": [{"done": {"keys": True, "meters": True, "documents": True}}]}):
    done: Annotated[dict[Line, bool], Field(max_length=50, description="items of the policy's `handover_checklist`")]


class SnagStep(Kind):
    """What becomes of a snag."""

    mend = "mend"
    reopen = "reopen"
    dismiss = "dismiss"


class SnagCreate(Input, json_schema_extra={"examples": [{"title": "Scratch on the balcony door", "description": "Left pane, outside."}]}):
    title: Line
    description: Text | None = None
    is_blocking: bool = Field(False, description="the team says whether it keeps the keys back")


class SnagUpdate(Input, json_schema_extra={"examples": [{"step": "mend", "response": "The pane has been replaced."}]}):
    step: SnagStep | None = None
    is_blocking: bool | None = None
    response: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.step, self.is_blocking, self.response) == (None, None, None):
            raise PydanticCustomError("missing", "Say a step, an answer, or whether it blocks the handover.")
        return self


class SnagOut(Wire):
    id: int
    booking_id: int
    title: str
    description: str | None
    is_blocking: bool
    status: SnagStatus
    response: str | None
    reported_by: int
    created_at: datetime
