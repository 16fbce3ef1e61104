"""What of money online somebody has to look at, as the team sees it; what gateways have told, as administrators do."""

from sqlalchemy import bindparam

from realestate.models.payments import GatewayEvent, PaymentIssue
from realestate.reading import Detail, Listing
from realestate.schemas.online import GatewayEventPage, PaymentIssueOut, PaymentIssuePage

ISSUE = Detail(PaymentIssue, PaymentIssueOut, path="/api/payment-issues")
ISSUES = Listing(
    PaymentIssue,
    PaymentIssuePage,
    sorts={"created_at": PaymentIssue.created_at, "amount": PaymentIssue.amount},
    filters={
        "kind": PaymentIssue.kind == bindparam("kind"),
        "status": PaymentIssue.status == bindparam("status"),
        "project_id": PaymentIssue.project_id == bindparam("project_id"),
        "booking_id": PaymentIssue.booking_id == bindparam("booking_id"),
    },
)

EVENTS = Listing(
    GatewayEvent,
    GatewayEventPage,
    sorts={"id": GatewayEvent.id},
    filters={name: getattr(GatewayEvent, name) == bindparam(name) for name in ("gateway", "kind", "outcome", "payment_id")},
)
