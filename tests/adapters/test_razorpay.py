"""Razorpay: its signature over the raw body, what its events mean, and a stand-in for its API on a real socket."""

import asyncio
import hmac
import json
import time
from base64 import b64decode
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from realestate.adapters.gateways import What, razorpay
from realestate.adapters.gateways.razorpay import Razorpay
from realestate.config import settings
from realestate.errors import Conflict, Malformed, Unavailable
from tests.factories import make_builder, make_customer, make_unit
from tests.paying import checkout, seen
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio
SECRET = "a secret of these tests"


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    monkeypatch.setattr(settings, "razorpay_key_id", "rzp_test_1")
    monkeypatch.setattr(settings, "razorpay_key_secret", "secret:of:key")
    monkeypatch.setattr(settings, "razorpay_webhook_secret", SECRET)


@asynccontextmanager
async def standing_in(monkeypatch, status=200, **answers):
    """An API that says so by the last word of the path; yields what it was asked."""
    asked = []

    async def serve(reader, writer):
        method, path, _ = (await reader.readline()).decode().split(" ")
        headers = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        said = json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"null")
        asked.append((method, path, said, headers))
        error = {"error": {"description": "The payment has been fully refunded already"}}
        body = json.dumps(answers.get(path.rpartition("/")[2], {}) if status == 200 else error).encode()
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body if status else b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    monkeypatch.setattr(razorpay, "API", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield asked
    finally:
        server.close()


def event(kind, **entities):
    said = {"entity": "event", "event": kind, "payload": {name: {"entity": entity} for name, entity in entities.items()}}
    return json.dumps(said | {"contains": [*entities], "created_at": int(time.time())}, indent=1).encode()


def signed(body, secret=SECRET):
    return {"x-razorpay-signature": hmac.new(secret.encode(), body, "sha256").hexdigest(), "x-razorpay-event-id": "not signed"}


PAYMENT = {"id": "pay_1", "amount": 15000000, "currency": "INR", "status": "captured"}
LINK = {"id": "plink_1", "amount": 15000000, "currency": "INR", "status": "paid"}
REFUND = {"id": "rfnd_1", "payment_id": "pay_1", "amount": 9950, "currency": "INR", "notes": {"refund_id": "7"}, "status": "processed"}
DISPUTE = {"id": "disp_1", "payment_id": "pay_1", "amount": 5, "currency": "INR", "reason_code": "goods_not_received"}


@pytest.mark.parametrize(
    ("body", "what", "facts"),
    [
        (event("payment_link.paid", payment_link=LINK, payment=PAYMENT), What.paid, ("plink_1", "pay_1", None, Decimal(150000), "INR")),
        (event("payment_link.expired", payment_link=LINK), What.expired, ("plink_1", None, None, None, None)),
        (event("refund.processed", refund=REFUND), What.refunded, (None, "pay_1", "7", Decimal("99.5"), "INR")),
        (event("refund.failed", refund=REFUND | {"notes": []}), What.refund_failed, (None, "pay_1", None, Decimal("99.5"), "INR")),
        (event("payment.dispute.lost", dispute=DISPUTE), What.dispute_lost, (None, "pay_1", None, Decimal("0.05"), "INR")),
        (event("payment.failed", payment=PAYMENT), What.other, (None, None, None, None, None)),
    ],
)
def test_what_its_events_mean(body, what, facts):
    report = Razorpay().read(body, signed(body))
    assert report.what is what
    assert (report.order_id, report.payment_id, report.reference, report.amount, report.currency) == facts


@pytest.mark.parametrize(
    "headers", [{}, {"x-razorpay-signature": ""}, {"x-razorpay-signature": "é"}, signed(b"{}", "another"), signed(b"{} ")]
)
def test_what_it_has_not_signed_is_refused(headers):
    with pytest.raises(Malformed) as refusal:
        Razorpay().read(b"{}", headers)
    assert refusal.value.code == "SIGNATURE_INVALID"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b'{"event": "payment_link.paid", "payload": {}}', b'{"event": 1, "payload": []}']
)
def test_what_is_no_event_is_refused(body):
    with pytest.raises(Malformed) as refusal:
        Razorpay().read(body, signed(body))
    assert refusal.value.code == "MALFORMED_EVENT"


async def test_a_token_is_paid_through_razorpay(client, monkeypatch):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    name = f"plink_{booking['id']}"
    async with standing_in(monkeypatch, payment_links={"id": name, "short_url": "https://rzp.io/i/x"}) as asked:
        payment = (await checkout(client, asha, booking)).json()
    assert (payment["gateway"], payment["checkout_url"]) == ("razorpay", "https://rzp.io/i/x")
    [(_, path, said, headers)] = asked
    assert path == "/v1/payment_links" and b64decode(headers["authorization"].removeprefix("Basic ")) == b"rzp_test_1:secret:of:key"
    assert (said["amount"], said["currency"], said["reference_id"]) == (15000000, "INR", str(payment["id"]))
    body = event("payment_link.paid", payment_link=LINK | {"id": name}, payment=PAYMENT | {"id": f"pay_{booking['id']}"})
    for _ in range(2):
        answer = await client.post("/api/webhooks/payments/razorpay", content=body, headers=signed(body))
        assert answer.status_code == 200, answer.text
    assert (await seen(client, asha, payment))["payment_status"] == "completed"


async def test_a_refund_is_asked_for_once_with_our_reference(monkeypatch):
    async with standing_in(monkeypatch, refund=REFUND) as asked:
        report = await Razorpay().give_back("pay_1", Decimal("99.5"), "INR", "7")
    async with standing_in(monkeypatch, rfnd_1=REFUND, rfnd_2=REFUND | {"status": "pending"}):
        assert [(await Razorpay().look_back(name)).what for name in ("rfnd_1", "rfnd_2")] == [What.refunded, What.other]
    [(_, path, said, headers)] = asked
    assert (path, said["amount"], headers["x-refund-idempotency"]) == ("/v1/payments/pay_1/refund", 9950, "pay_1-7")
    assert (report.what, report.refund_id, report.reference) == (What.refunded, "rfnd_1", "7")


async def test_how_an_order_stands_can_be_asked(monkeypatch):
    payments = [{"payment_id": "pay_0", "amount": 1, "status": "failed"}, {"payment_id": "pay_1", "amount": 15000000, "status": "captured"}]
    links = {"plink_1": LINK | {"payments": payments}, "plink_2": LINK | {"status": "created"}, "plink_3": LINK | {"status": "expired"}}
    async with standing_in(monkeypatch, **links):
        paid, waiting, over = [await Razorpay().look(name) for name in links]
    assert (
        (paid.what, paid.payment_id, paid.amount) == (What.paid, "pay_1", Decimal(150000)) and waiting is None and over.what is What.expired
    )


@pytest.mark.parametrize(
    ("status", "refusal"), [(400, Conflict), (401, Unavailable), (409, Unavailable), (500, Unavailable), (0, Unavailable)]
)
async def test_what_it_refuses_and_what_it_cannot_do_now(monkeypatch, status, refusal):
    async with standing_in(monkeypatch, status):
        with pytest.raises(refusal) as said:
            await Razorpay().give_back("pay_1", Decimal(1), "INR", "7")
    assert said.value.code == ("GATEWAY_REFUSED" if refusal is Conflict else "GATEWAY_AWAY")
