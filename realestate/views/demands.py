"""Demands and waivers, as the team sees them; what a certificate would demand."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import column_property

from realestate.models.bookings import Booking
from realestate.models.payments import CreditNote, Installment, InstallmentStatus, Waiver
from realestate.reading import Detail, Listing
from realestate.schemas.demands import CreditNoteOut, CreditNotePage, DemandOut, DemandPage, WaiverOut, WaiverPage
from realestate.schemas.papers import CreditNoteBasis

Installment.currency = column_property(
    select(Booking.currency).where(Booking.id == Installment.booking_id).correlate_except(Booking).scalar_subquery(),
    deferred=True,
    raiseload=True,
)
I = InstallmentStatus

DEMAND = Detail(Installment, DemandOut, path="/api/demands")
DEMANDS = Listing(
    Installment,
    DemandPage,
    sorts={"due_date": Installment.due_date, "amount": Installment.amount, "created_at": Installment.created_at},
    filters={
        "state": Installment.demand_state == bindparam("state"),
        "project_id": Installment.project_id == bindparam("project_id"),
        "booking_id": Installment.booking_id == bindparam("booking_id"),
        "is_overdue": Installment.is_overdue == bindparam("is_overdue"),
    },
    where=Installment.demand_state.is_not(None) | Installment.status.not_in([I.scheduled, I.cancelled]),
)

CREDIT_NOTE = Detail(CreditNote, CreditNoteOut, path="/api/credit-notes")
CREDIT_NOTE_ON_PAPER = Detail(CreditNote, CreditNoteBasis)
CREDIT_NOTES = Listing(
    CreditNote,
    CreditNotePage,
    sorts={"created_at": CreditNote.created_at, "amount": CreditNote.amount},
    filters={
        "project_id": CreditNote.project_id == bindparam("project_id"),
        "booking_id": CreditNote.booking_id == bindparam("booking_id"),
    },
)

WAIVER = Detail(Waiver, WaiverOut, path="/api/waivers")
WAIVERS = Listing(
    Waiver,
    WaiverPage,
    sorts={"created_at": Waiver.created_at, "amount": Waiver.amount},
    filters={"status": Waiver.status == bindparam("status"), "booking_id": Waiver.booking_id == bindparam("booking_id")},
)
