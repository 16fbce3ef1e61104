"""What a portal shows first, as said."""

from datetime import date, datetime
from typing import Annotated

from realestate.compiling import Says
from realestate.models.appointments import AppointmentStatus, AppointmentType, MeetingLocation
from realestate.models.bookings import BookingPaymentStatus, BookingStatus
from realestate.models.progress import UpdateType
from realestate.models.projects import ProjectStatus, PublishState
from realestate.schemas.appointments import CustomerOfAppointment, ProjectOfAppointment
from realestate.schemas.base import Amount, Wire
from realestate.schemas.bookings import UnitOfBooking
from realestate.schemas.notifications import NotificationOut


class UpcomingAppointment(Wire):
    id: int
    appointment_type: AppointmentType
    status: AppointmentStatus
    appointment_date: Annotated[datetime, Says("starts_at")]
    ends_at: datetime
    meeting_location: MeetingLocation
    host_name: str | None
    project: ProjectOfAppointment
    customer: CustomerOfAppointment


# ── A team's ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UnitFigures(Wire):
    """By the state that each is in now."""

    total: int
    unreleased: int
    available: int
    held: int
    reserved: int
    booked: int
    sold: int
    handed_over: int
    blocked: int


class BookingFigures(Wire):
    """By the groups under which bookings are filtered."""

    total: int
    pending: int
    active: int
    completed: int
    cancelled: int


class RevenueFigures(Wire):
    """In one currency. `booked` is the price of what is claimed now; `received` has come and stayed, `received_this_month` by the day of payment;
    `outstanding` is still owed, `overdue` of that what should have come by now."""

    currency: str
    booked: Amount
    received: Amount
    received_this_month: float
    outstanding: Amount
    overdue: Amount


class AppointmentFigures(Wire):
    """Of those that stand: on this day where each project is, and from now on for seven days. `next` are the first of them."""

    today: int
    next_7_days: int
    next: list[UpcomingAppointment]


class ConversationFigures(Wire):
    """How many are open, how many have something unread, and how many messages that is."""

    open: int
    unread: int
    unread_messages: int


class ChangeFigures(Wire):
    """`waiting` for the team: submitted or under review. `quoted` ones wait for the customer, `approved` ones for the site."""

    waiting: int
    quoted: int
    approved: int
    in_progress: int


class ProjectFigures(Wire):
    id: int
    project_name: str
    status: ProjectStatus
    publish_state: PublishState
    overall_progress: float
    available_units: int
    expected_completion_date: date | None
    forecast_possession_date: date | None


class BuilderDashboard(Wire):
    """How a company stands, as far as the member sees it. `projects` are the newest; `activity` is the latest of the member's own inbox.

    `revenue` is null for a member whose role does not include `reports:read`.
    """

    units: UnitFigures
    bookings: BookingFigures
    revenue: list[RevenueFigures] | None
    appointments: AppointmentFigures
    conversations: ConversationFigures
    change_requests: ChangeFigures
    projects: list[ProjectFigures]
    unread_notifications: int
    activity: list[NotificationOut]


# ── A customer's ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class NextDue(Wire):
    """The line to be paid next, of those that have a day."""

    installment_id: Annotated[int, Says("id")]
    name: str
    due_date: date
    outstanding: Annotated[Amount, Says("outstanding_amount")]
    is_overdue: bool


class BookingOnDashboard(Wire):
    id: int
    booking_number: str
    status: Annotated[BookingStatus, Says("current_status")]
    payment_status: BookingPaymentStatus
    total_amount: Amount
    paid_amount: Amount
    pending_amount: Amount
    currency: str
    next_due: NextDue | None
    unit: UnitOfBooking


class QuoteOnDashboard(Wire):
    """A change with a price that its customer may accept."""

    id: int
    request_number: str
    booking_id: int
    request_title: str
    estimated_cost: Amount
    currency: str
    quote_version: int
    quote_valid_until: datetime


class UpdateOnDashboard(Wire):
    id: int
    project_id: int
    update_title: str
    update_type: UpdateType
    images: list[str]
    published_at: datetime


class CustomerDashboard(Wire):
    """Where a customer stands with all builders. `change_requests` are the prices to be answered, `updates` news of the projects of its bookings."""

    bookings: list[BookingOnDashboard]
    appointments: list[UpcomingAppointment]
    change_requests: list[QuoteOnDashboard]
    updates: list[UpdateOnDashboard]
    unread_notifications: int
    unread_messages: int
