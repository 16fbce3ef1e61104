"""What money may be: the words of the wire and of the tables."""

from realestate.models.base import Kind


class PaymentKind(Kind):
    receipt = "receipt"
    refund = "refund"
    tds_credit = "tds_credit"
    interest_credit = "interest_credit"


class PaymentType(Kind):
    token = "token"
    installment = "installment"
    down_payment = "down_payment"
    full_payment = "full_payment"
    registration = "registration"
    maintenance = "maintenance"
    charge = "charge"
    other = "other"


class PaymentMethod(Kind):
    cash = "cash"
    cheque = "cheque"
    bank_transfer = "bank_transfer"
    online = "online"
    loan = "loan"
    upi = "upi"
    card = "card"
    demand_draft = "demand_draft"
    tds = "tds"
    set_off = "set_off"


class PaymentStatus(Kind):
    """`approved` and `rejected` are a refund's; one that has been paid is `completed`."""

    pending = "pending"
    clearance_pending = "clearance_pending"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"
    bounced = "bounced"
    partially_refunded = "partially_refunded"
    refunded = "refunded"
    approved = "approved"
    rejected = "rejected"


class InstallmentKind(Kind):
    installment = "installment"
    charge = "charge"
    credit_note = "credit_note"
    interest = "interest"


class InstallmentStatus(Kind):
    scheduled = "scheduled"
    demanded = "demanded"
    partially_paid = "partially_paid"
    paid = "paid"
    waived = "waived"
    cancelled = "cancelled"


class DemandState(Kind):
    """How far the notice of a line is that an event has made due."""

    draft = "draft"
    approved = "approved"
    issued = "issued"


class WaiverStatus(Kind):
    pending = "pending"
    approved = "approved"
    rejected = "rejected"


class AmendmentStatus(Kind):
    """`withdrawn` by the team, `declined` by the customer, `lapsed` by what has happened meanwhile."""

    proposed = "proposed"
    agreed = "agreed"
    withdrawn = "withdrawn"
    declined = "declined"
    lapsed = "lapsed"


class Series(Kind):
    """Gap-free numbers are drawn per builder, series and financial year."""

    receipt = "receipt"
    demand = "demand"
    credit = "credit"
    credit_note = "credit_note"


class GatewayEventKind(Kind):
    """What a payment gateway can tell (`adapters.gateways`), and what an order was to it when it told nothing and was asked."""

    paid = "paid"
    processing = "processing"
    failed = "failed"
    expired = "expired"
    refunded = "refunded"
    refund_failed = "refund_failed"
    disputed = "disputed"
    dispute_won = "dispute_won"
    dispute_lost = "dispute_lost"
    other = "other"


class EventOutcome(Kind):
    """What came of it: `unchanged` when it was known already or came too late, `unknown` when there is no such order of ours."""

    applied = "applied"
    unchanged = "unchanged"
    queued = "queued"
    unknown = "unknown"
    ignored = "ignored"


class IssueKind(Kind):
    """Why money that a gateway has moved needs somebody to look at it."""

    mismatch = "mismatch"
    orphan = "orphan"
    paid_twice = "paid_twice"
    overpaid = "overpaid"
    refund_failed = "refund_failed"
    refunded_elsewhere = "refunded_elsewhere"
    dispute = "dispute"
    dispute_lost = "dispute_lost"


class IssueStatus(Kind):
    open = "open"
    accepted = "accepted"
    dismissed = "dismissed"


P = PaymentStatus


CLEARED = (P.completed, P.partially_refunded, P.refunded)
"""States of a receipt whose money has arrived."""


ON_THEIR_WAY = (*CLEARED, P.clearance_pending)
"""States of a receipt whose money has arrived or has been sent. Of one that is pending, somebody has only been shown where to pay."""


INCOMING = (PaymentKind.receipt, PaymentKind.tds_credit, PaymentKind.interest_credit)
"""What pays lines: money, tax that the buyer has paid on the builder's account, and interest that a builder in delay owes."""


OWED_FIRST = (InstallmentKind.installment, InstallmentKind.charge, InstallmentKind.interest)
"""In which order money meets what is owed, unless the rules of the project say another."""
