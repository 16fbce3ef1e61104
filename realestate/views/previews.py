"""What a certificate would demand, and what of it has to wait: as `services.payments.firing` does it, without doing it."""

from typing import Any

from sqlalchemy import BigInteger, Integer, Numeric, and_, bindparam, case, cast, func, null, or_, select, true, type_coerce, union_all
from sqlalchemy.orm import aliased

from realestate.models.base import Money
from realestate.models.bookings import DEMANDED_OF, Booking, BookingStatus
from realestate.models.milestones import AT_PERCENT, PHASE, TRIGGER, milestones
from realestate.models.money import PlanTrigger
from realestate.models.payments import CLEARED, INCOMING, TODAY_THERE, Installment, InstallmentKind, InstallmentStatus, Payment
from realestate.models.progress import ProjectProgress
from realestate.models.projects import Jurisdiction, Project
from realestate.models.units import Unit
from realestate.reading import Summary, as_list, said

I = InstallmentStatus
_ID: Any = bindparam("phase_id")
_PHASE = select(ProjectProgress.id).where(ProjectProgress.id == _ID)
_HERE = Installment.project_id == select(ProjectProgress.project_id).where(ProjectProgress.id == _ID).scalar_subquery()

# ── What is due at once, of each booking ────────────────────────────────────────────────────────────────────────────────────

_NO_PHASE = cast(null(), BigInteger).label("phase_id")
_BY_SITE = milestones(AT_PERCENT).where(_HERE).order_by(None).with_only_columns(Installment.id, PHASE.id.label("phase_id"))
_BY_DAY = (
    select(Installment.id, _NO_PHASE)
    .join(Booking, Booking.id == Installment.booking_id)
    .join(Project, Project.id == Booking.project_id)
    .where(_HERE, Booking.status.in_(DEMANDED_OF), Installment.status == I.scheduled, Installment.demand_state.is_(None))
    .where(or_(Installment.due_date <= TODAY_THERE, and_(Installment.due_date.is_(None), TRIGGER == PlanTrigger.on_booking.value)))
)
_DUE = union_all(_BY_SITE, _BY_DAY).subquery("due")

# ── What there is room for, before the agreement ────────────────────────────────────────────────────────────────────────────

_OTHER = aliased(Installment)
_ASKED = select(func.coalesce(func.sum(type_coerce(_OTHER.amount, BigInteger)), 0)).where(
    _OTHER.booking_id == Booking.id,
    _OTHER.kind == InstallmentKind.installment,
    or_(_OTHER.status.not_in([I.scheduled, I.cancelled, I.waived]), and_(_OTHER.status == I.scheduled, _OTHER.demand_state.is_not(None))),
)
_CAME = select(func.coalesce(func.sum(type_coerce(Payment.amount - Payment.refunded, BigInteger)), 0)).where(
    Payment.booking_id == Booking.id, Payment.kind.in_(INCOMING), Payment.status.in_(CLEARED)
)
_OF_LAW = case(
    *((Project.jurisdiction == one, cast(one.pre_agreement_cap, Numeric)) for one in Jurisdiction if one.pre_agreement_cap is not None)
)
_CAP = func.coalesce(cast(Project.rules["pre_agreement_cap"].astext, Numeric), _OF_LAW)
_MOST = func.round(type_coerce(Booking.total_amount, BigInteger) * _CAP / 100)
_TAKEN = func.greatest(_ASKED.correlate(Booking).scalar_subquery(), _CAME.correlate(Booking).scalar_subquery())
_ROOM = case((Booking.status == BookingStatus.booking_confirmed, _MOST - _TAKEN))
_SO_FAR = func.sum(type_coerce(Installment.amount, BigInteger)).over(partition_by=Installment.booking_id, order_by=Installment.seq)

_LINES = (
    select(
        Installment.id.label("installment_id"),
        Installment.booking_id,
        Booking.booking_number,
        Unit.unit_number,
        Installment.seq,
        Installment.name,
        Installment.amount,
        cast(Installment.trigger["threshold_pct"].astext, Integer).label("threshold_pct"),
        _DUE.c.phase_id,
        func.coalesce(_SO_FAR <= _ROOM, true()).label("fits"),
    )
    .join(_DUE, _DUE.c.id == Installment.id)
    .join(Booking, Booking.id == Installment.booking_id)
    .join(Unit, Unit.id == Booking.unit_id)
    .join(Project, Project.id == Booking.project_id)
    .cte("line")
)
_LINE = _LINES.c
_SHOWN = [said(column).label(column.name) for column in _LINE if column.name not in ("phase_id", "fits")]
_IS_DEMANDED = and_(_LINE.phase_id == _ID, _LINE.fits)


def _list(*where: Any) -> Any:
    return as_list(select(*_SHOWN).where(*where).order_by(_LINE.booking_id, _LINE.seq))


DEMAND_PREVIEW = Summary(
    {
        "progress_id": _PHASE.scalar_subquery(),
        "currency": select(Project.currency)
        .join(ProjectProgress, ProjectProgress.project_id == Project.id)
        .where(ProjectProgress.id == _ID)
        .scalar_subquery(),
        "total_amount": said(select(func.coalesce(func.sum(_LINE.amount), 0, type_=Money)).where(_IS_DEMANDED).scalar_subquery()),
        "bookings": select(func.count(_LINE.booking_id.distinct())).where(_IS_DEMANDED).scalar_subquery(),
        "demands": _list(_IS_DEMANDED),
        "waiting": _list(_LINE.phase_id == _ID, ~_LINE.fits),
    },
    parent=_PHASE.exists(),
)
"""As if the phase were certified as far as `percent`: nothing is demanded."""
