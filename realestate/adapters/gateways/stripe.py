"""Stripe, by its own library: a Checkout page, signed events, refunds. The only file that imports it, and only once it is used (0.4 s)."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import Any

from realestate.adapters.gateways.words import PATIENCE, TOLERANCE, Order, Page, Report, What, from_minor, to_minor
from realestate.config import settings
from realestate.errors import Conflict, Malformed, Unavailable

OPEN_FOR = timedelta(minutes=31)
"""Of a Checkout page; Stripe takes 30 minutes to 24 hours."""
FOR_EVER = (400, 402, 404)
"""Answers of the API that will not be others later; 401, 403 and 429 are faults of settings or of the moment."""
SESSIONS = {
    ("checkout.session.completed", "paid"): What.paid,
    ("checkout.session.completed", "unpaid"): What.processing,
    ("checkout.session.async_payment_succeeded", "paid"): What.paid,
    ("checkout.session.async_payment_failed", "unpaid"): What.failed,
    ("checkout.session.expired", "unpaid"): What.expired,
}
"""By the type of an event and the `payment_status` of its session. Attempts that fail on the page may be repeated there, and say nothing."""
FAILED = ("requires_payment_method", "canceled")
"""States of a payment that no bank is at work on any more."""
REFUNDS = {"succeeded": What.refunded, "failed": What.refund_failed, "canceled": What.refund_failed}
DISPUTES = {"won": What.dispute_won, "warning_closed": What.dispute_won, "lost": What.dispute_lost}


class Stripe:
    name = "stripe"

    async def open(self, order: Order) -> Page:
        price = {"currency": order.currency.lower(), "unit_amount": to_minor(order.amount), "product_data": {"name": order.description}}
        session = await _ask(
            _client().v1.checkout.sessions.create,
            {
                "mode": "payment",
                "line_items": [{"price_data": price, "quantity": 1}],
                "client_reference_id": order.reference,
                "customer_email": order.email,
                "success_url": order.return_url,
                "cancel_url": order.return_url,
                "expires_at": int((datetime.now(UTC) + OPEN_FOR).timestamp()),
            },
        )
        return Page(session.id, session.url, datetime.fromtimestamp(session.expires_at, UTC))

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report:
        signature, errors = headers.get("stripe-signature"), _stripe()
        try:
            event = errors.Webhook.construct_event(body, signature, settings.stripe_webhook_secret, TOLERANCE)
            return _report(event.id, event.type, event.data.object)
        except errors.SignatureVerificationError:
            raise Malformed("SIGNATURE_INVALID", "This is not signed by the gateway, or too old.") from None
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            raise Malformed("MALFORMED_EVENT", "This is not an event of the gateway.") from None

    async def look(self, order_id: str) -> Report | None:
        """With its payment, which alone says that a bank has refused: the session stays `complete` and `unpaid`."""
        session = await _ask(_client().v1.checkout.sessions.retrieve, order_id, {"expand": ["payment_intent"]})
        bank = getattr(session.payment_intent, "status", None)
        event = {"complete": "checkout.session.completed", "expired": "checkout.session.expired"}.get(session.status)
        if session.status == "complete" and session.payment_status == "unpaid" and bank in FAILED:
            event = "checkout.session.async_payment_failed"
        return _report(f"look:{order_id}:{session.status}:{session.payment_status}:{bank}", event, session) if event else None

    async def give_back(self, payment_id: str, amount: Decimal, currency: str, reference: str) -> Report:
        said = {"payment_intent": payment_id, "amount": to_minor(amount), "metadata": {"refund_id": reference}}
        refund = await _ask(_client().v1.refunds.create, said, {"idempotency_key": f"{payment_id}-{reference}"})
        return _report(f"asked:{refund.id}", "refund.created", refund)

    async def look_back(self, refund_id: str) -> Report:
        refund = await _ask(_client().v1.refunds.retrieve, refund_id)
        return _report(f"look:{refund.id}:{refund.status}", "refund.updated", refund)


def _report(event_id: str, kind: str, about: Any) -> Report:
    """An event in our words. What Stripe does not say is None."""

    def said(name: str) -> Any:
        return getattr(about, name, None)

    currency = str(said("currency") or "").upper() or None
    if kind.startswith("checkout.session."):
        what, payment = SESSIONS.get((kind, said("payment_status")), What.other), said("payment_intent")
        payment_id = getattr(payment, "id", payment)  # a name, or the thing itself where it was asked for
        why = getattr(getattr(payment, "last_payment_error", None), "message", None)
        return Report(event_id, what, about.id, payment_id, None, None, from_minor(said("amount_total")), currency, why)
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        what, reference = REFUNDS.get(about.status, What.other), getattr(said("metadata"), "refund_id", None)
        why = said("failure_reason")
        return Report(event_id, what, None, said("payment_intent"), about.id, reference, from_minor(about.amount), currency, why)
    if kind in ("charge.dispute.created", "charge.dispute.closed"):
        what = What.disputed if kind.endswith("created") else DISPUTES.get(about.status, What.other)
        return Report(event_id, what, None, said("payment_intent"), about.id, None, from_minor(about.amount), currency, said("reason"))
    return Report(event_id, What.other)


async def _ask(call: Callable[..., Any], *said: Any) -> Any:
    try:
        return await asyncio.to_thread(call, *said)
    except _stripe().StripeError as error:
        if error.http_status in FOR_EVER:
            raise Conflict("GATEWAY_REFUSED", f"The gateway refuses: {error.user_message or error.code or error.http_status}") from error
        raise Unavailable("The payment gateway does not answer. Please try again.", "GATEWAY_AWAY") from error


def _client() -> Any:
    return _client_of(settings.stripe_secret_key, settings.stripe_api_base)


@cache
def _client_of(key: str, api_base: str) -> Any:
    stripe = _stripe()
    return stripe.StripeClient(
        key,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=PATIENCE),
    )


def _stripe() -> Any:
    return import_module("stripe")
