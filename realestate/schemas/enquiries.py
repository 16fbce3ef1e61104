"""Questions from the public pages, as said."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from realestate.models.base import Kind
from realestate.models.enquiries import EnquiryStatus
from realestate.schemas.base import Email, Id, Input, Line, Page, Phone, Search, Text, Wire, sort_by
from realestate.schemas.times import Moment


class EnquiryCreate(
    Input,
    json_schema_extra={
        "examples": [{"project_id": 1, "full_name": "Asha Rao", "email": "asha@example.com", "message": "Is there a flat that faces east?"}]
    },
):
    """By e-mail, phone or both the sender can be answered."""

    project_id: Id
    unit_id: Id | None = None
    full_name: Line
    email: Email | None = None
    phone: Phone | None = None
    message: Text

    @model_validator(mode="after")
    def can_be_answered(self) -> Self:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("missing", "Say an e-mail address or a phone number")
        return self


class EnquiryOut(Wire):
    id: int
    project_id: int
    unit_id: int | None
    full_name: str
    email: str | None
    phone: str | None
    message: str
    status: EnquiryStatus
    assigned_to: int | None
    created_at: Moment


class EnquiryPage(Page):
    enquiries: list[EnquiryOut]


class EnquirySearch(Search):
    status: EnquiryStatus | None = None
    project_id: Id | None = None
    assigned_to: Id | None = None
    sort: Annotated[str, sort_by("created_at")] = "-created_at"


class EnquiryStep(Kind):
    answer = "answer"
    close = "close"
    reopen = "reopen"


class EnquiryUpdate(Input, json_schema_extra={"examples": [{"step": "answer", "assigned_to": 7}]}):
    """What is not said stays; `assigned_to` null: whoever is free."""

    step: EnquiryStep | None = None
    assigned_to: Annotated[Id | None, Field(description="who of the team looks after it")] = None
