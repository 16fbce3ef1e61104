"""The customers whom a company knows, as its team sees them."""

from typing import Annotated

from pydantic import Field

from realestate.models.accounts import LeadSource, LeadStage
from realestate.schemas.base import Email, Id, Input, Line, Page, Phone, Search, Wire, sort_by
from realestate.schemas.bookings import CustomerOfBooking
from realestate.schemas.team import Code
from realestate.schemas.times import Moment


class CustomerCreate(
    Input, json_schema_extra={"examples": [{"full_name": "Asha Rao", "email": "asha@example.com", "phone": "+919876543210"}]}
):
    """Whom the team has met, in its own words."""

    full_name: Line
    email: Email
    phone: Phone | None = None


class LeadOut(Wire):
    """How far it has come with a customer, and who looks after them (null: the managers)."""

    customer_id: int
    customer: CustomerOfBooking
    stage: LeadStage
    source: Annotated[LeadSource, Field(description="what made them known")]
    assigned_to: int | None
    created_at: Moment


class LeadPage(Page):
    customers: list[LeadOut]


class LeadSearch(Search):
    q: Annotated[Line | None, Field(description="part of a name, a phone number or an address")] = None
    stage: LeadStage | None = None
    source: LeadSource | None = None
    assigned_to: Id | None = None
    sort: Annotated[str, sort_by("created_at", "updated_at")] = "-created_at"


class LeadUpdate(Input, json_schema_extra={"examples": [{"stage": "qualified", "assigned_to": 7}]}):
    """What is not said stays; `assigned_to` null: the managers look after them."""

    stage: LeadStage | None = None
    assigned_to: Id | None = None


class CodeCreate(Input, json_schema_extra={"examples": [{"code": "K7QM-2RXD"}]}):
    code: Code
