"""Demands and waivers, as said."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from realestate.models.payments import DemandState, WaiverStatus
from realestate.schemas.base import Amount, Id, Input, Page, Question, Search, Text, Wire, sort_by
from realestate.schemas.bookings import CustomerOfBooking
from realestate.schemas.catalogue import Percent
from realestate.schemas.payments import InstallmentOut


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
    """What the certificate of a percentage would demand. Nothing has been."""

    progress_id: int
    currency: str
    total_amount: Amount
    bookings: int
    demands: list[PreviewedLine]


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
