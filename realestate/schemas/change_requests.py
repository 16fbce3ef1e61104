"""Change requests, as said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from realestate.compiling import Says
from realestate.models.change_requests import ChangeRequestStatus, ChangeRequestType
from realestate.models.payments import InstallmentStatus
from realestate.models.units import UnitType
from realestate.schemas.base import Amount, Count, Id, Input, Line, Page, Question, Search, Text, Wire, sort_by
from realestate.schemas.bookings import CustomerOfBooking
from realestate.schemas.documents import DocumentLink
from realestate.schemas.times import Moment

Days = Annotated[Count, Field(le=3650)]
TaxPercent = Annotated[Amount, Field(le=100)]
AttachmentIds = Annotated[list[Id], Field(max_length=10, description="documents of your own, uploaded before; both sides may open them")]
_EXAMPLE = {
    "booking_id": 7,
    "request_type": "electrical",
    "request_title": "Two more sockets in the study",
    "request_description": "One beside the window and one below the shelf, both with switches.",
}
_QUOTE: dict[str, Any] = {
    "lines": [{"name": "Sockets and wiring", "amount": 12500, "tax_percent": 18}],
    "days": 3,
    "valid_until": "2027-01-15T18:30:00Z",
    "note": "The wall is still open, so that this needs no chasing.",
}


class ChangeRequestCreate(Input, json_schema_extra={"examples": [_EXAMPLE]}):
    booking_id: Id
    request_type: ChangeRequestType
    request_title: Line
    request_description: Text
    current_specification: Text | None = None
    requested_specification: Text | None = None
    attachment_ids: AttachmentIds = Field([])


class QuoteLine(Input):
    """Something to be paid for, without its tax."""

    name: Line
    amount: Amount
    tax_percent: TaxPercent = Decimal(0)


class QuoteCreate(Input, json_schema_extra={"examples": [_QUOTE]}):
    """A price, or the next one: the one before is void."""

    lines: Annotated[list[QuoteLine], Field(min_length=1, max_length=50)]
    days: Days = Field(0, description="by which possession moves")
    valid_until: Moment | None = Field(None, description="two weeks unless said otherwise")
    note: Text | None = None
    attachment_ids: AttachmentIds = Field([])


class QuoteAcceptance(Input, json_schema_extra={"examples": [{"quote_version": 1}]}):
    quote_version: Id = Field(description="of the price that is agreed to; 409 `QUOTE_CHANGED` when there is another one by now")


class ChangeNote(Input, json_schema_extra={"examples": [{"note": "We have seen the site."}]}):
    note: Text | None = None


class CompletionCreate(ChangeNote, json_schema_extra={"examples": [{"note": "Done and tested.", "attachment_ids": []}]}):
    attachment_ids: AttachmentIds = Field([])


class ChangeRefusal(Input, json_schema_extra={"examples": [{"reason": "This wall carries the floor above."}]}):
    reason: Text


class ChangeRequestStep(Input, json_schema_extra={"examples": [{"status": "under_review", "builder_response": "We are looking into it."}]}):
    """Where to take a request, and what that needs. `quoted` names a price in one sum, `approved` the price that is agreed to."""

    status: ChangeRequestStatus
    estimated_cost: Amount | None = Field(None, description="required to quote: tax included; to approve: the price as it was read")
    estimated_timeline_days: Days | None = None
    quote_valid_until: Moment | None = None
    quote_version: Id | None = Field(None, description="to approve, this or `estimated_cost` is required")
    builder_response: Text | None = None
    customer_response: Text | None = None
    rejection_reason: Text | None = Field(None, description="required to reject")
    attachment_ids: AttachmentIds = Field([])


class QuoteLineOut(Wire):
    name: str
    amount: Amount
    tax_percent: Amount
    tax_amount: Amount


class Addendum(Wire):
    """To the booking's agreement, as it was agreed: by how many days the promise of possession has moved, and for which price."""

    number: str
    agreed_at: datetime
    quote_version: int
    days: int
    possession_before: date | None
    possession_after: date | None


class ChargeOut(Wire):
    """A line that the booking owes for it."""

    id: int
    seq: int
    name: str
    amount: Amount
    tax_amount: Amount
    outstanding: Annotated[Amount, Says("outstanding_amount")]
    status: InstallmentStatus
    due_date: date | None
    demand_no: str | None


class UnitOfChange(Wire):
    id: int
    unit_number: str
    unit_type: UnitType
    floor_number: int
    tower: str | None


class BookingOfChange(Wire):
    id: int
    booking_number: str
    unit: UnitOfChange


class ChangeRequestOut(Wire):
    """A change that a buyer wants, its price and what came of it. `status` takes the clock into account."""

    id: int
    request_number: str
    builder_id: int
    project_id: int
    booking_id: int
    customer_id: int
    request_type: ChangeRequestType
    request_title: str
    request_description: str
    current_specification: str | None
    requested_specification: str | None
    status: Annotated[ChangeRequestStatus, Says("current_status")]
    currency: str
    quote_version: int
    quote_lines: list[QuoteLineOut]
    estimated_cost: Amount | None
    tax_amount: Amount | None
    estimated_timeline_days: int | None
    quote_valid_until: datetime | None
    quoted_at: datetime | None
    approval_date: Annotated[datetime | None, Says("accepted_at")]
    addendum: Addendum | None
    charges: list[ChargeOut]
    attachments: list[DocumentLink]
    builder_response: str | None
    customer_response: str | None
    rejection_reason: str | None
    completion_date: date | None
    final_cost: Amount | None
    created_at: datetime
    updated_at: datetime
    version: int
    booking: BookingOfChange
    customer: CustomerOfBooking | None


class ChangeRequestPage(Page):
    change_requests: list[ChangeRequestOut]


class ChangeRequestSearch(Search):
    """What a builder asks of all its requests."""

    status: ChangeRequestStatus | None = None
    request_type: ChangeRequestType | None = None
    project_id: Id | None = None
    sort: Annotated[str, sort_by("created_at", "updated_at", "estimated_cost")] = "-created_at"


class ChangesAsked(Question):
    booking_id: Id | None = Field(None, description="all of a booking's; without it, those of all bookings that are still open")
