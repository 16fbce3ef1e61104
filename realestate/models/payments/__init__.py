"""Money: what is owed (Installment), what has moved (Payment), and which part of a payment pays which line (Allocation)."""

from realestate.models.payments.allocation import Allocation, NumberCounter
from realestate.models.payments.amendment import PlanAmendment
from realestate.models.payments.credit_note import CreditNote
from realestate.models.payments.dunning import DunningPause, Reminder, ReminderKind
from realestate.models.payments.installment import Installment
from realestate.models.payments.ledger import Payment
from realestate.models.payments.online import BODY_DAYS, GatewayEvent, PaymentIssue
from realestate.models.payments.sums import (
    HAS_MOVED,
    IS_LIVE,
    IS_OWED,
    IS_REVENUE,
    IS_SETTLED,
    LATE_BEFORE,
    OWED,
    PENDING,
    RECEIVED,
    STILL_TO_COME,
    TODAY_THERE,
)
from realestate.models.payments.waiver import Waiver
from realestate.models.payments.words import (
    CLEARED,
    INCOMING,
    ON_THEIR_WAY,
    OWED_FIRST,
    AmendmentStatus,
    DemandState,
    EventOutcome,
    GatewayEventKind,
    InstallmentKind,
    InstallmentStatus,
    IssueKind,
    IssueStatus,
    PaymentKind,
    PaymentMethod,
    PaymentStatus,
    PaymentType,
    Series,
    WaiverStatus,
)

__all__ = [
    "BODY_DAYS",
    "CLEARED",
    "HAS_MOVED",
    "INCOMING",
    "IS_LIVE",
    "IS_OWED",
    "IS_REVENUE",
    "IS_SETTLED",
    "LATE_BEFORE",
    "ON_THEIR_WAY",
    "OWED",
    "OWED_FIRST",
    "PENDING",
    "RECEIVED",
    "STILL_TO_COME",
    "TODAY_THERE",
    "Allocation",
    "AmendmentStatus",
    "CreditNote",
    "DemandState",
    "DunningPause",
    "EventOutcome",
    "GatewayEvent",
    "GatewayEventKind",
    "Installment",
    "InstallmentKind",
    "InstallmentStatus",
    "IssueKind",
    "IssueStatus",
    "NumberCounter",
    "Payment",
    "PaymentIssue",
    "PaymentKind",
    "PaymentMethod",
    "PaymentStatus",
    "PaymentType",
    "PlanAmendment",
    "Reminder",
    "ReminderKind",
    "Series",
    "Waiver",
    "WaiverStatus",
]
