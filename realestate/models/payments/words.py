"""What money may be: the words of the wire and of the tables."""

from realestate.models.base import Kind


class PaymentKind(Kind):
    receipt = "receipt"
    refund = "refund"
    tds_credit = "tds_credit"


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


class Series(Kind):
    """Gap-free numbers are drawn per builder, series and financial year."""

    receipt = "receipt"
    demand = "demand"
    credit = "credit"


P = PaymentStatus


CLEARED = (P.completed, P.partially_refunded, P.refunded)
"""States of a receipt whose money has arrived."""


ON_THEIR_WAY = (*CLEARED, P.pending, P.clearance_pending)
"""States of a receipt whose money has arrived or may yet."""


INCOMING = (PaymentKind.receipt, PaymentKind.tds_credit)
"""What pays lines: money, and tax that the buyer has paid on the builder's account."""


OWED_FIRST = (InstallmentKind.installment, InstallmentKind.charge, InstallmentKind.interest, InstallmentKind.credit_note)
"""In which order money meets what is owed."""
