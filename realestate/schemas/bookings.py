"""Bookings, as said."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from realestate.compiling import Says
from realestate.models.base import Kind
from realestate.models.bookings import BookingFilter, BookingPaymentStatus, BookingStatus, CancellationCause, PaymentPlan
from realestate.models.units import UnitType
from realestate.schemas.base import Amount, Id, Input, Line, Page, Search, Text, Wire, sort_by
from realestate.schemas.times import Day


class BookingIntent(Kind):
    """What a customer wants of a unit."""

    reserve = "reserve"
    inquire = "inquire"
    waitlist = "waitlist"


class BookingCreate(Input, json_schema_extra={"examples": [{"unit_id": 7, "payment_plan": "construction_linked"}]}):
    """The server prices it. `loan` as a plan is understood as construction_linked, paid with a loan."""

    unit_id: Id
    payment_plan: PaymentPlan | None = Field(None, description="required to reserve")
    intent: BookingIntent = BookingIntent.reserve
    needs_loan: bool = False
    notes: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _loan_is_funding(cls, said: Any) -> Any:
        if isinstance(said, dict) and str(said.get("payment_plan")).lower() == "loan":
            return said | {"payment_plan": PaymentPlan.construction_linked, "needs_loan": True}
        return said


class TeamBookingCreate(BookingCreate, json_schema_extra={"examples": [{"customer_id": 12, "unit_id": 7, "payment_plan": "down_payment"}]}):
    """The same, made by the builder's team for a customer they know."""

    customer_id: Id


class BookingStep(Input, json_schema_extra={"examples": [{"status": "booking_confirmed"}]}):
    """Where to take a booking."""

    status: BookingStatus
    reason: Text | None = Field(None, description="required to reject")
    registration_no: Line | None = Field(None, description="required to register")
    registration_date: Day | None = Field(None, description="required to register; not before the agreement")


class OfferAcceptance(Input, json_schema_extra={"examples": [{"payment_plan": "construction_linked"}]}):
    """On which plan the unit is taken that was waited for."""

    payment_plan: PaymentPlan
    needs_loan: bool = False


class BuilderOfProject(Wire):
    id: int
    company_name: str
    full_name: str


class ProjectOfUnit(Wire):
    id: int
    project_name: str
    location: str
    images: list[str]
    expected_completion_date: date | None
    builder: BuilderOfProject


class UnitOfBooking(Wire):
    id: int
    unit_number: str
    unit_type: UnitType
    floor_number: int
    tower: str | None
    project: ProjectOfUnit


class CustomerOfBooking(Wire):
    id: int
    full_name: str
    phone: str | None
    email: str | None


class BookingOut(Wire):
    """A booking with its unit, project, builder and customer. `status` takes the clock into account: an unpaid reserve past its time is
    expired. `paid_amount` and `pending_amount` are sums over receipts and lines. `waitlist_position`: of one that waits, 1 being the next."""

    id: int
    booking_number: str
    customer_id: int
    unit_id: int
    project_id: int
    builder_id: int
    status: Annotated[BookingStatus, Says("current_status")]
    status_reason: str | None
    payment_plan: PaymentPlan | None
    payment_status: BookingPaymentStatus
    token_amount: Amount
    total_amount: Amount
    paid_amount: Amount
    pending_amount: Amount
    currency: str
    booking_date: datetime
    reserve_expires_at: datetime | None
    offered_until: datetime | None
    waitlist_position: int | None
    confirmed_at: datetime | None
    allotment_no: str | None
    cooling_off_until: datetime | None
    agreement_no: str | None
    agreement_date: date | None
    registration_no: str | None
    registration_date: Annotated[date | None, Says("actual_registration_date")]
    promised_possession_date: date | None
    possession_offered_at: datetime | None
    acknowledged_at: datetime | None
    handover_checklist: dict[str, bool]
    handed_over_at: datetime | None
    default_notice_at: datetime | None
    cancellation_cause: CancellationCause | None
    discount: Amount
    lender: str | None
    loan_amount: Amount | None
    loan_approved: bool
    transfer_to_id: int | None
    transferred_from_id: int | None
    swapped_from_id: int | None
    needs_loan: bool
    special_requests: str | None
    agreement_url: str | None
    version: int
    unit: UnitOfBooking
    customer: CustomerOfBooking | None


class RevenueOfBookings(Wire):
    """In one currency: received, and still owed."""

    currency: str
    total_revenue: Amount
    pending_revenue: Amount


class BookingStats(Wire):
    """Over all bookings of the builder. Revenue: `total` has been received, `pending` is still owed, in the company's own currency;
    `by_currency` says it of all. Null for a member whose role does not include `reports:read`."""

    total_bookings: int
    active_bookings: int
    completed_bookings: int
    total_revenue: Amount | None
    pending_revenue: Amount | None
    by_currency: list[RevenueOfBookings] | None


class BookingPage(Page):
    bookings: list[BookingOut]
    stats: BookingStats


class BookingSearch(Search):
    status: BookingFilter | None = Field(None, description="a state, or a group: pending, active, completed, cancelled")
    project_id: Id | None = None
    payment_status: BookingPaymentStatus | None = None
    q: Line | None = Field(None, description="in booking number, unit number or the customer's name")
    sort: Annotated[str, sort_by("created_at", "booking_date", "total_amount")] = "-created_at"
