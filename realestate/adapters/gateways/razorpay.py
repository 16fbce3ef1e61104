"""Razorpay: a payment link as the page, signed events, refunds. Its API is plain enough to be asked without a library."""

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from realestate.adapters.gateways.words import PATIENCE, Order, Page, Report, What, from_minor, to_minor
from realestate.config import settings
from realestate.errors import Conflict, Malformed, Unavailable

API = "https://api.razorpay.com"
OPEN_FOR = timedelta(minutes=31)
FOR_EVER = (400, 404)
LINKS = {"payment_link.paid": What.paid, "payment_link.cancelled": What.expired, "payment_link.expired": What.expired}
"""Attempts that fail on the page may be repeated there, and say nothing."""
REFUNDS = {"refund.processed": What.refunded, "refund.failed": What.refund_failed}
REFUND_STATES = {"processed": What.refunded, "failed": What.refund_failed}
DISPUTES = {"created": What.disputed, "won": What.dispute_won, "lost": What.dispute_lost}


class Razorpay:
    name = "razorpay"

    async def open(self, order: Order) -> Page:
        until = datetime.now(UTC) + OPEN_FOR
        link = {"amount": to_minor(order.amount), "currency": order.currency, "reference_id": order.reference}
        link |= {"description": order.description, "customer": {"email": order.email}, "notify": {"sms": False, "email": False}}
        link |= {"callback_url": order.return_url, "callback_method": "get", "expire_by": int(until.timestamp())}
        made = await _ask("POST", "/v1/payment_links", link)
        return Page(made["id"], made["short_url"], until)

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report:
        """Told apart by what they say: the number that comes with a message is not signed, nor is the time of its sending."""
        signature = hmac.new(settings.razorpay_webhook_secret.encode(), body, sha256).hexdigest()
        if not hmac.compare_digest(signature.encode(), headers.get("x-razorpay-signature", "").encode()):
            raise Malformed("SIGNATURE_INVALID", "This is not signed by the gateway, or too old.")
        try:
            event = json.loads(body)
            return _report(sha256(body).hexdigest(), event["event"], event["payload"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Malformed("MALFORMED_EVENT", "This is not an event of the gateway.") from None

    async def look(self, order_id: str) -> Report | None:
        link = await _ask("GET", f"/v1/payment_links/{order_id}")
        if link["status"] not in ("paid", "cancelled", "expired"):
            return None
        paid: dict[str, Any] = next((one for one in link.get("payments") or () if one.get("status") == "captured"), {})
        payment = {"id": paid.get("payment_id"), "amount": paid.get("amount"), "currency": link["currency"]}
        payload = {"payment_link": {"entity": link}, "payment": {"entity": payment}}
        return _report(f"look:{order_id}:{link['status']}", f"payment_link.{link['status']}", payload)

    async def give_back(self, payment_id: str, amount: Decimal, currency: str, reference: str) -> Report:
        said = {"amount": to_minor(amount), "speed": "normal", "notes": {"refund_id": reference}}
        refund = await _ask("POST", f"/v1/payments/{payment_id}/refund", said, {"X-Refund-Idempotency": f"{payment_id}-{reference}"})
        return _refund(f"asked:{refund['id']}", REFUND_STATES.get(refund["status"], What.other), refund)

    async def look_back(self, refund_id: str) -> Report:
        refund = await _ask("GET", f"/v1/refunds/{refund_id}")
        return _refund(f"look:{refund_id}:{refund['status']}", REFUND_STATES.get(refund["status"], What.other), refund)


def _report(event_id: str, kind: str, payload: dict[str, Any]) -> Report:
    if kind in LINKS:
        paid = payload["payment"]["entity"] if LINKS[kind] is What.paid else {}
        amount, currency = from_minor(paid.get("amount")), paid.get("currency")
        return Report(event_id, LINKS[kind], payload["payment_link"]["entity"]["id"], paid.get("id"), amount=amount, currency=currency)
    if kind in REFUNDS:
        return _refund(event_id, REFUNDS[kind], payload["refund"]["entity"])
    subject, _, step = kind.rpartition(".")
    if subject == "payment.dispute" and step in DISPUTES:
        about = payload["dispute"]["entity"]
        money = {"amount": from_minor(about.get("amount")), "currency": about.get("currency")}
        return Report(event_id, DISPUTES[step], None, about["payment_id"], about["id"], reason=about.get("reason_code"), **money)
    return Report(event_id, What.other)


def _refund(event_id: str, what: What, refund: dict[str, Any]) -> Report:
    """Without notes, Razorpay says `[]`."""
    notes, amount = refund.get("notes") or {}, from_minor(refund.get("amount"))
    return Report(event_id, what, None, refund["payment_id"], refund["id"], notes.get("refund_id"), amount, refund.get("currency"))


async def _ask(method: str, path: str, said: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Any:
    token = b64encode(f"{settings.razorpay_key_id}:{settings.razorpay_key_secret}".encode()).decode()
    all_headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json", **(headers or {})}
    body = None if said is None else json.dumps(said).encode()
    try:
        return await asyncio.to_thread(_exchange, Request(API + path, body, all_headers, method=method))  # an address of ours
    except HTTPError as error:
        with error:  # its socket is open until then
            why = _why(error)
        if error.code in FOR_EVER:
            raise Conflict("GATEWAY_REFUSED", f"The gateway refuses: {why}") from error
        raise Unavailable("The payment gateway does not answer. Please try again.", "GATEWAY_AWAY") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unavailable("The payment gateway does not answer. Please try again.", "GATEWAY_AWAY") from error


def _exchange(request: Request) -> Any:
    with urlopen(request, timeout=sum(PATIENCE)) as answer:  # an address of ours
        return json.load(answer)


def _why(error: HTTPError) -> str:
    try:
        return str(json.load(error)["error"]["description"])
    except (ValueError, KeyError, TypeError):
        return str(error.code)
