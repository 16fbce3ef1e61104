"""Escrow accounts, as the team sees them."""

from typing import Any

from sqlalchemy import DateTime, bindparam, func, literal_column, or_, select, type_coerce

from realestate.models.base import Money
from realestate.models.bookings import Booking
from realestate.models.escrow import ESCROW_PERCENT, EscrowEntry, EscrowKind, EscrowWithdrawal, WithdrawalStatus
from realestate.models.payments import IS_SETTLED, Payment, PaymentKind
from realestate.models.projects import Project
from realestate.reading import Detail, Listing, Summary, as_list, said
from realestate.schemas.escrow import WithdrawalOut, WithdrawalPage

_E: Any = EscrowEntry
_ID = bindparam("project_id", type_=Project.id.type)
_K = EscrowKind


def _money(value: Any) -> Any:
    return type_coerce(value, Money)


def _sum(value: Any, *where: Any) -> Any:
    return _money(select(func.coalesce(func.sum(value), 0)).where(*where).scalar_subquery())


def _entered(*kinds: EscrowKind) -> Any:
    return _sum(EscrowEntry.amount, EscrowEntry.project_id == _ID, EscrowEntry.kind.in_(kinds))


# ── How an account stands ───────────────────────────────────────────────────────────────────────────────────────────────────

_ASKED = (EscrowWithdrawal.project_id == _ID, EscrowWithdrawal.status == WithdrawalStatus.pending)
_SUMS = (
    select(
        Project.id.label("project_id"),
        Project.currency,
        ESCROW_PERCENT.label("escrow_percent"),
        Project.certified_progress,
        _sum(Payment.amount - Payment.refunded, Payment.project_id == _ID, IS_SETTLED, Payment.kind == PaymentKind.receipt).label(
            "received"
        ),
        _entered(_K.received, _K.returned).label("collected"),
        (-_entered(_K.withdrawn)).label("withdrawn"),
        _sum(EscrowWithdrawal.amount, *_ASKED).label("pending"),
    )
    .where(Project.id == _ID)
    .subquery()
    .c
)
_BOUND: Any = func.floor(_SUMS.collected * _SUMS.certified_progress / 100)
ACCOUNT = Summary(
    {
        "project_id": _SUMS.project_id,
        "currency": _SUMS.currency,
        "escrow_percent": _SUMS.escrow_percent,
        "certified_progress": _SUMS.certified_progress,
        **{name: said(_money(_SUMS[name])) for name in ("received", "collected", "withdrawn", "pending")},
        "balance": said(_money(_SUMS.collected - _SUMS.withdrawn)),
        "bound": said(_money(_BOUND)),
        "withdrawable": said(_money(func.greatest(_BOUND - _SUMS.withdrawn - _SUMS.pending, literal_column("0")))),
        "shortfall": said(_money(func.greatest(_SUMS.withdrawn - _BOUND, literal_column("0")))),
    }
)

# ── What has moved it ───────────────────────────────────────────────────────────────────────────────────────────────────────

_SINCE = bindparam("since", type_=DateTime(timezone=True))
_IN_TIME = or_(_SINCE.is_(None), EscrowEntry.entered_at >= _SINCE)
_OF_PROJECT = EscrowEntry.project_id == _ID
_RUNNING = func.sum(EscrowEntry.amount).over(order_by=(EscrowEntry.entered_at, EscrowEntry.id))
_ALL = select(EscrowEntry.id, _money(_RUNNING).label("balance")).where(_OF_PROJECT).subquery()
_LINES: Any = (
    select(
        EscrowEntry.id,
        said(_E.entered_at).label("entered_at"),
        EscrowEntry.kind,
        Booking.booking_number,
        Payment.receipt_no,
        EscrowEntry.payment_id,
        EscrowEntry.withdrawal_id,
        EscrowWithdrawal.transaction_id.label("reference"),
        EscrowEntry.percent,
        said(_E.amount).label("amount"),
        said(_ALL.c.balance).label("balance"),
    )
    .join(_ALL, _ALL.c.id == EscrowEntry.id)
    .outerjoin(Booking, Booking.id == EscrowEntry.booking_id)
    .outerjoin(Payment, Payment.id == EscrowEntry.payment_id)
    .outerjoin(EscrowWithdrawal, EscrowWithdrawal.id == EscrowEntry.withdrawal_id)
    .where(_OF_PROJECT, _IN_TIME)
    .order_by(EscrowEntry.entered_at, EscrowEntry.id)
)


def _moved(kind: EscrowKind) -> Any:
    amount: Any = EscrowEntry.amount if kind is _K.received else -EscrowEntry.amount
    return said(_sum(amount, _OF_PROJECT, _IN_TIME, EscrowEntry.kind == kind))


_SITE = select(Project).where(Project.id == _ID).subquery().c
STATEMENT = Summary(
    {
        "project_id": _SITE.id,
        "project_name": _SITE.project_name,
        "currency": _SITE.currency,
        "opening_balance": said(_sum(EscrowEntry.amount, _OF_PROJECT, EscrowEntry.entered_at < _SINCE)),
        "total_received": _moved(_K.received),
        "total_returned": _moved(_K.returned),
        "total_withdrawn": _moved(_K.withdrawn),
        "closing_balance": said(_sum(EscrowEntry.amount, _OF_PROJECT)),
        "entries": as_list(_LINES),
    }
)

# ── What is asked for ───────────────────────────────────────────────────────────────────────────────────────────────────────

WITHDRAWAL = Detail(EscrowWithdrawal, WithdrawalOut, path="/api/escrow-withdrawals")
WITHDRAWALS = Listing(
    EscrowWithdrawal,
    WithdrawalPage,
    sorts={"created_at": EscrowWithdrawal.created_at, "amount": EscrowWithdrawal.amount},
    filters={"status": EscrowWithdrawal.status == bindparam("status"), "project_id": EscrowWithdrawal.project_id == _ID},
    parent=select(Project.id).where(Project.id == _ID).exists(),
)
