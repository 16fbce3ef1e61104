"""How a booking stands, from one look at it: what was asked for, what has come and gone, what is owed, by which figures it ends."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from realestate.models.accounts import Role
from realestate.models.bookings import BookingStatus, CancellationCause
from realestate.models.payments import CLEARED, InstallmentKind, InstallmentStatus, PaymentKind, PaymentStatus
from realestate.models.policies import Policy
from realestate.models.rules import Rules
from realestate.models.settings import SettingScope
from realestate.schemas.cancellations import ReceiptOfBasis, SettlementBasis
from realestate.schemas.statements import StatementBasis
from realestate.services.payments.accruing import accrued
from realestate.services.payments.timing import paid_over_time

GONE = (InstallmentStatus.cancelled, InstallmentStatus.waived, InstallmentStatus.scheduled)


def today_of(basis: SettlementBasis, now: datetime) -> date:
    """Where the project stands."""
    return now.astimezone(ZoneInfo(basis.unit.project.timezone)).date()


def asked(basis: SettlementBasis) -> dict[str, Any]:
    """How the wish to cancel was put."""
    return basis.cancellation or {}


def is_agreed(basis: SettlementBasis) -> bool:
    """Whether the customer wants it too."""
    return asked(basis).get("requested_by") == Role.customer or "consent" in asked(basis)


def cause_of(basis: SettlementBasis, said: CancellationCause | None, at: datetime) -> CancellationCause:
    """Whoever leaves in time leaves without loss; who then asks is heard with what was asked for first."""
    first = asked(basis).get("requested_at")
    at = datetime.fromisoformat(first) if first else at
    if known := said or basis.cancellation_cause:
        return known
    is_early = basis.status is BookingStatus.token_paid or basis.cooling_off_until is not None and at <= basis.cooling_off_until
    return CancellationCause.cooling_off if is_early else CancellationCause.buyer_request


def remainders(basis: SettlementBasis) -> list[tuple[PaymentKind, Decimal, date]]:
    """What has not gone back of each cleared receipt: its kind, the amount, the day it came. What is only on its way back is there still."""
    back: dict[int | None, Decimal] = {}
    for one in basis.payments:
        if one.kind is PaymentKind.refund and one.status is PaymentStatus.completed:
            back[one.refund_of_id] = back.get(one.refund_of_id, Decimal(0)) + money(one.amount)
    came = (one for one in basis.payments if one.kind is not PaymentKind.refund and one.status in CLEARED)
    return [(one.kind, money(one.amount) - back.get(one.id, Decimal(0)), one.payment_date) for one in came]


def moved(basis: SettlementBasis) -> list[ReceiptOfBasis]:
    """What has come, and what has gone back."""
    return [one.model_copy(update={"amount": money(one.amount)}) for one in basis.payments if one.status in CLEARED]


def going_back(basis: SettlementBasis) -> Decimal:
    """What refunds that are not paid yet have a claim on."""
    waiting = (
        one for one in basis.payments if one.kind is PaymentKind.refund and one.status in (PaymentStatus.pending, PaymentStatus.approved)
    )
    return sum((money(one.amount) for one in waiting), Decimal(0))


def arrears(basis: SettlementBasis) -> Decimal:
    """What is overdue."""
    return sum((money(one.amount) - money(one.allocated) for one in basis.installments if one.is_overdue), Decimal(0))


def owed(basis: SettlementBasis) -> Decimal:
    """What has been demanded, or is about to be, and not paid, overdue or not."""
    due = (one for one in basis.installments if one.status not in GONE or one.status is InstallmentStatus.scheduled and one.demand_state)
    return sum((money(one.amount) - money(one.allocated) for one in due), Decimal(0))


def policy_of(basis: SettlementBasis | StatementBasis) -> Policy:
    """As it was when the unit was allotted; before that, as it is."""
    said = sorted(basis.policies, key=lambda one: [*SettingScope].index(one.scope))
    rules = Rules.of(basis.unit.project.rules, basis.interest_terms)
    today = Policy.of(basis.unit.project.jurisdiction, (one.setting_value for one in said))
    return today.owing(rules.interest_percent).as_agreed(basis.policy_terms)


def owed_of(basis: SettlementBasis, kind: InstallmentKind) -> Decimal:
    """Of charges, or of interest: what has been demanded and not paid."""
    lines = [one for one in basis.installments if one.kind is kind and one.status not in GONE]
    return sum((money(one.amount) - money(one.allocated) for one in lines), Decimal(0))


def interest_accrued(basis: SettlementBasis, today: date) -> Decimal:
    """Interest that the buyer owes and has not been charged yet."""
    came_and_went = moved(basis)
    kept = (
        (one.id, part.installment_id, money(part.principal + part.tax + part.interest)) for one in came_and_went for part in one.allocations
    )
    lines = [one.model_copy(update={"amount": money(one.amount)}) for one in basis.installments]
    rules = Rules.of(basis.unit.project.rules, basis.interest_terms)
    paid = paid_over_time(came_and_went, lines, kept, rules.allocation_order)
    return sum((one.amount for one in accrued(lines, paid, rules, today)), Decimal(0))


def money(said: Decimal) -> Decimal:
    """As PostgreSQL has written it into the JSON."""
    return Decimal(said).quantize(Decimal("0.01"))
