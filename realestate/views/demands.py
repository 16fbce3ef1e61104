"""Demands and waivers, as the team sees them; what a certificate would demand."""

from sqlalchemy import Integer, bindparam, cast, func, select
from sqlalchemy.orm import column_property

from realestate.models.base import Money
from realestate.models.bookings import Booking
from realestate.models.milestones import AT_PERCENT, PHASE, milestones
from realestate.models.payments import CreditNote, Installment, InstallmentStatus, Waiver
from realestate.models.progress import ProjectProgress
from realestate.models.projects import Project
from realestate.models.units import Unit
from realestate.reading import Detail, Listing, Summary, as_list, said
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


_WOULD_BE = (
    milestones(AT_PERCENT)
    .where(PHASE.id == bindparam("phase_id"))
    .with_only_columns(
        Installment.id.label("installment_id"),
        Installment.booking_id,
        Booking.booking_number,
        Unit.unit_number,
        Installment.seq,
        Installment.name,
        Installment.amount,
        cast(Installment.trigger["threshold_pct"].astext, Integer).label("threshold_pct"),
    )
    .subquery("line")
)
_LINE = _WOULD_BE.c
_PHASE = select(ProjectProgress.id).where(ProjectProgress.id == bindparam("phase_id"))
DEMAND_PREVIEW = Summary(
    {
        "progress_id": _PHASE.scalar_subquery(),
        "currency": select(Project.currency)
        .join(ProjectProgress, ProjectProgress.project_id == Project.id)
        .where(ProjectProgress.id == bindparam("phase_id"))
        .scalar_subquery(),
        "total_amount": said(select(func.coalesce(func.sum(_LINE.amount), 0, type_=Money)).scalar_subquery()),
        "bookings": select(func.count(_LINE.booking_id.distinct())).scalar_subquery(),
        "demands": as_list(select(*(said(column).label(column.name) for column in _LINE)).order_by(_LINE.booking_id, _LINE.seq)),
    },
    parent=_PHASE.exists(),
)
"""As if the phase were certified as far as `percent`: nothing is demanded."""
