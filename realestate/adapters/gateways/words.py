"""What we say to a payment gateway and what it says to us, whichever it is. Amounts are in the major unit of their currency."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

PATIENCE = (2.0, 5.0)
"""Seconds to reach a gateway, and for its answer: together less than a transaction may idle."""
TOLERANCE = 300
"""Seconds between the signing of a message and its arrival: an older one may be somebody else's, said again."""

LONGEST_NAME = 255


class What(StrEnum):
    """What a gateway can tell of an order. `other` is none of our business."""

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


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody shall pay on the gateway's page. `reference` is our payment's id, `here` where this service is reached."""

    reference: str
    amount: Decimal
    currency: str
    description: str
    email: str
    return_url: str
    here: str


@dataclass(frozen=True, slots=True)
class Page:
    """Where it is paid, under which name the gateway knows it, and until when."""

    order_id: str
    url: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that a gateway has told us. `event_id` is its name of this message, `reference` ours of the refund that it is about."""

    event_id: str
    what: What
    order_id: str | None = None
    payment_id: str | None = None
    refund_id: str | None = None
    reference: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """ValueError for what no gateway would say, though it is signed."""
        names = (self.event_id, self.order_id, self.payment_id, self.refund_id, self.reference)
        if not all(name is None or isinstance(name, str) and len(name) <= LONGEST_NAME and name.isprintable() for name in names):
            raise ValueError("a name that is none")
        if self.currency is not None and not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValueError("a currency that is none")
        (self.reason or "").encode()


class Gateway(Protocol):
    """Raises Conflict GATEWAY_REFUSED for what it will never do, Unavailable GATEWAY_AWAY for what it may do later."""

    name: str

    async def open(self, order: Order) -> Page:
        """A page on which the order can be paid once."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report:
        """A message, as it came. Malformed SIGNATURE_INVALID when it is not the gateway's, or too old."""

    async def look(self, order_id: str) -> Report | None:
        """How an order stands, for when no message comes; None as long as it can still be paid. Its `event_id` is made of that."""

    async def give_back(self, payment_id: str, amount: Decimal, currency: str, reference: str) -> Report:
        """Send so much of a payment back, once however often this is asked with the same reference. `other`: it is on its way."""

    async def look_back(self, refund_id: str) -> Report:
        """How that stands, for when no message comes."""


def from_minor(amount: object) -> Decimal | None:
    """Gateways count in minor units; all our currencies have two decimals. None for what is no whole number."""
    return Decimal(amount).scaleb(-2) if isinstance(amount, int) and not isinstance(amount, bool) else None


def to_minor(amount: Decimal) -> int:
    return int(amount.scaleb(2))
