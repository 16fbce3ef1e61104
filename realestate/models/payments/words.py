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
    pending = "pending"
    clearance_pending = "clearance_pending"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"
    bounced = "bounced"
    partially_refunded = "partially_refunded"
    refunded = "refunded"


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


class Series(Kind):
    """Gap-free numbers are drawn per builder, series and financial year."""

    receipt = "receipt"
    demand = "demand"


P = PaymentStatus


CLEARED = (P.completed, P.partially_refunded, P.refunded)
"""States of a receipt whose money has arrived."""


ON_THEIR_WAY = (*CLEARED, P.pending, P.clearance_pending)
"""States of a receipt whose money has arrived or may yet."""
