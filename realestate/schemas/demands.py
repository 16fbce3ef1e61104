"""Demands and waivers, as said."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from realestate.models.payments import DemandState, WaiverStatus
from realestate.schemas.base import Amount, Id, Input, Page, Question, Search, Text, Wire, sort_by
from realestate.schemas.bookings import CustomerOfBooking
from realestate.schemas.catalogue import Percent
from realestate.schemas.payments import InstallmentOut
from realestate.schemas.times import Day


class BookingOfDemand(Wire):
    id: int
    booking_number: str
    customer: CustomerOfBooking | None


class DemandOut(InstallmentOut):
    """A line whose event has come. Its `demand_state` is `draft`, `approved` or `issued`; null for what is owed without a notice."""

    project_id: int
    booking_id: int
    currency: str
    booking: BookingOfDemand


class DemandSearch(Search):
    sort: Annotated[str, sort_by("due_date", "amount", "created_at")] = "-due_date"
    state: DemandState | None = None
    project_id: Id | None = None
    booking_id: Id | None = None
    is_overdue: bool | None = None


class DemandPage(Page):
    demands: list[DemandOut]


class PreviewQuestion(Question):
    percent: Annotated[Percent, Field(description="as if the phase were certified so far")]


class PreviewedLine(Wire):
    installment_id: int
    booking_id: int
    booking_number: str
    unit_number: str
    seq: int
    name: str
    amount: Amount
    threshold_pct: int


class DemandPreview(Wire):
    """What the certificate of a percentage would demand, or draft where the project does not issue at once. Nothing has been.

    `total_amount` and `bookings` are of `demands`.
    """

    progress_id: int
    currency: str
    total_amount: Amount
    bookings: int
    demands: list[PreviewedLine]
    waiting: Annotated[
        list[PreviewedLine],
        Field(description="passed as well, and more than may be asked for before the agreement is signed: demanded once it is"),
    ]


class CreditNoteCreate(Input, json_schema_extra={"examples": [{"reason": "The slab was measured again.", "again_on": "2099-01-31"}]}):
    reason: Text
    again_on: Day | None = Field(None, description="when the line is demanded again; needed where what it waits for has come")


class CreditNoteOut(Wire):
    """A demand that was taken back: `demand_no` was its number. The line waits until `again_on`, or for its event; a charge is cancelled."""

    id: int
    booking_id: int
    installment_id: int
    credit_no: str
    name: str
    amount: Amount
    tax_amount: Amount
    currency: str
    demand_no: str
    demanded_at: datetime
    due_date: date | None
    again_on: date | None
    reason: str
    created_at: datetime


class CreditNoteSearch(Search):
    sort: Annotated[str, sort_by("created_at", "amount")] = "-created_at"
    project_id: Id | None = None
    booking_id: Id | None = None


class CreditNotePage(Page):
    credit_notes: list[CreditNoteOut]


class WaiverCreate(Input, json_schema_extra={"examples": [{"reason": "The bank was late, not the buyer."}]}):
    reason: Text


class WaiverRejection(Input, json_schema_extra={"examples": [{"reason": "It has been waived twice already."}]}):
    reason: Text


class WaiverOut(Wire):
    id: int
    booking_id: int
    installment_id: int
    amount: Amount
    currency: str
    reason: str
    status: WaiverStatus
    created_by: int
    decided_by: int | None
    decided_at: datetime | None
    rejection_reason: str | None
    created_at: datetime


class WaiverSearch(Search):
    sort: Annotated[str, sort_by("created_at", "amount")] = "-created_at"
    status: WaiverStatus | None = None
    booking_id: Id | None = None


class WaiverPage(Page):
    waivers: list[WaiverOut]
