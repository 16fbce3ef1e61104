"""Payments online that somebody has to look at, and the controls of the gateway of development, as said."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from realestate.models.base import Kind
from realestate.models.payments import EventOutcome, GatewayEventKind, IssueKind, IssueStatus
from realestate.schemas.base import Amount, Id, Input, Page, Search, Text, Whole, Wire, pattern, sort_by

_NAME = pattern("^[a-z]{1,20}$", "Input should be the name of a gateway, such as stripe.")
GatewayName = Annotated[str, StringConstraints(pattern=_NAME), Field(examples=["stripe"])]
_ORDER = pattern("^order_[0-9a-f]{24}$", "Input should be the name of an order, as it stands in its checkout_url.")
OrderId = Annotated[str, StringConstraints(pattern=_ORDER), Field(examples=["order_0123456789abcdef01234567"])]


class IssueAction(Kind):
    accept = "accept"
    dismiss = "dismiss"


class IssueResolution(Input, json_schema_extra={"examples": [{"action": "dismiss", "note": "The customer has been called."}]}):
    """`accept` takes the amount that came in place of the one that was ordered, or a refund that was made at the gateway itself; `dismiss`
    says what has been done about it otherwise."""

    action: IssueAction
    note: Text


class PaymentIssueOut(Wire):
    id: int
    booking_id: int
    project_id: int
    customer_id: int
    payment_id: int
    kind: IssueKind
    status: IssueStatus
    gateway_reference: str = Field(description="the gateway's name of the payment, refund or dispute")
    amount: Amount | None = Field(description="what the gateway has moved, in its `currency`")
    currency: str | None
    detail: str
    resolved_by: int | None
    resolved_at: datetime | None
    note: str | None
    created_at: datetime


class PaymentIssueSearch(Search):
    sort: Annotated[str, sort_by("created_at", "amount")] = "-created_at"
    kind: IssueKind | None = None
    status: IssueStatus | None = None
    project_id: Id | None = None
    booking_id: Id | None = None


class PaymentIssuePage(Page):
    issues: list[PaymentIssueOut]


class GatewayEventOut(Wire):
    id: int
    gateway: str
    event_id: str = Field(description="the gateway's name of the message")
    kind: GatewayEventKind
    outcome: EventOutcome
    payment_id: int | None
    body_hash: str
    received_at: datetime


class GatewayEventSearch(Search):
    sort: Annotated[str, sort_by("id")] = "-id"
    gateway: GatewayName | None = None
    kind: GatewayEventKind | None = None
    outcome: EventOutcome | None = None
    payment_id: Id | None = None


class GatewayEventPage(Page):
    events: list[GatewayEventOut]


class Button(Kind):
    """On the page of the gateway of development."""

    pay = "pay"
    pay_later = "pay_later"
    decline = "decline"
    close = "close"


class PageForm(Input):
    """What the customer presses, and how its messages behave."""

    button: Button
    charged: Annotated[Amount, Field(gt=Decimal(0))] | None = Field(None, description="what is taken instead of what was ordered")
    delay: Annotated[int, Whole] = Field(0, ge=0, le=86400, description="seconds before the first message, and between any two")
    copies: Annotated[int, Whole] = Field(1, ge=1, le=5, description="how often each message is brought")
    is_shuffled: bool = Field(False, description="the last message first")
    is_lost: bool = Field(False, description="no message at all")
