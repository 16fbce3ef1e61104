"""Stripe by its own library: really signed messages, and a stand-in for its API on a real socket."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from stripe import WebhookSignature

from realestate.adapters.gateways import What, find
from realestate.adapters.gateways.stripe import Stripe
from realestate.config import settings
from realestate.crud.gateways import Ordered
from realestate.errors import Conflict, Malformed, Unavailable
from realestate.services.online import hearing
from tests.factories import make_builder, make_customer, make_unit
from tests.paying import checkout, seen
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio
SECRET = "whsec_of_these_tests"


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    monkeypatch.setattr(settings, "stripe_secret_key", "sk_test_of_these_tests")
    monkeypatch.setattr(settings, "stripe_webhook_secret", SECRET)


class StandIn:
    """Answers as Stripe's API does, and knows what it was asked. `failing`: with this status instead, or not at all (0)."""

    def __init__(self, failing=None):
        self.failing, self.asked, self.sessions = failing, [], {}

    async def serve(self, reader, writer):
        method, path, _ = (await reader.readline()).decode().split(" ")
        headers = {}
        while (line := (await reader.readline()).decode().strip()) != "":
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        said = dict(parse_qsl((await reader.readexactly(int(headers.get("content-length", 0)))).decode()))
        self.asked.append((method, path, said, headers))
        if self.failing != 0:
            status, answer = (self.failing, self.error()) if self.failing else (200, self.answer(method, path, said))
            body = json.dumps(answer).encode()
            head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()

    def error(self):
        return {
            "error": {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "Charge has already been refunded."}
        }

    def answer(self, method, path, said):
        if path == "/v1/refunds":
            amount = int(said["amount"])
            reference = {"refund_id": said["metadata[refund_id]"]}
            refund = {"id": "re_1", "object": "refund", "amount": amount, "currency": "inr", "status": "pending", "metadata": reference}
            return refund | {"payment_intent": said["payment_intent"]}
        if method == "POST":
            made = {
                "id": f"cs_test_{said['client_reference_id']}",
                "object": "checkout.session",
                "status": "open",
                "payment_status": "unpaid",
            }
            made |= {"amount_total": int(said["line_items[0][price_data][unit_amount]"]), "payment_intent": None}
            made |= {"currency": said["line_items[0][price_data][currency]"], "expires_at": int(said["expires_at"])}
            self.sessions[made["id"]] = made | {"url": f"https://checkout.stripe.com/c/pay/{made['id']}"}
            return self.sessions[made["id"]]
        name, _, question = path.rpartition("/")[2].partition("?")
        found = self.sessions[name]
        intent = found.get("payment_intent")  # a name, unless the thing itself is asked for
        return found | {"payment_intent": intent["id"]} if isinstance(intent, dict) and "expand" not in question else found


@asynccontextmanager
async def standing_in(monkeypatch, stand_in) -> AsyncIterator[StandIn]:
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0)
    monkeypatch.setattr(settings, "stripe_api_base", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield stand_in
    finally:
        server.close()


def event(kind, about, number="evt_1"):
    """The bytes of an event, as Stripe sends it."""
    said = {
        "id": number,
        "object": "event",
        "api_version": "2025-01-01",
        "created": int(time.time()),
        "type": kind,
        "data": {"object": about},
    }
    return json.dumps(said, indent=2).encode()


def session(**more):
    said = {"id": "cs_1", "object": "checkout.session", "payment_intent": "pi_1", "amount_total": 15000000, "currency": "inr"}
    return said | {"payment_status": "paid", "status": "complete"} | more


def signed(body, secret=SECRET, at=None):
    return {"stripe-signature": WebhookSignature.generate_signature_header(body.decode(), secret, at)}


async def tell(client, body, headers=None):
    return await client.post("/api/webhooks/payments/stripe", content=body, headers=signed(body) if headers is None else headers)


@pytest.mark.parametrize(
    ("kind", "about", "what"),
    [
        ("checkout.session.completed", session(), What.paid),
        ("checkout.session.completed", session(payment_status="unpaid"), What.processing),
        ("checkout.session.async_payment_succeeded", session(), What.paid),
        ("checkout.session.async_payment_failed", session(payment_status="unpaid"), What.failed),
        ("checkout.session.expired", session(payment_status="unpaid", payment_intent=None), What.expired),
        (
            "charge.dispute.created",
            {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "amount": 5, "currency": "inr"},
            What.disputed,
        ),
        (
            "charge.dispute.closed",
            {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "amount": 5, "currency": "inr", "status": "lost"},
            What.dispute_lost,
        ),
        ("customer.created", {"id": "cus_1", "object": "customer"}, What.other),
    ],
)
def test_what_its_events_mean(kind, about, what):
    body = event(kind, about)
    report = Stripe().read(body, signed(body))
    assert (report.what, report.event_id) == (what, "evt_1")
    if kind.startswith("checkout"):
        assert (report.order_id, report.amount, report.currency) == ("cs_1", Decimal(150000), "INR")


@pytest.mark.parametrize(("status", "what"), [("succeeded", What.refunded), ("failed", What.refund_failed), ("pending", What.other)])
def test_what_it_says_of_refunds(status, what):
    about = {"id": "re_1", "object": "refund", "payment_intent": "pi_1", "amount": 100000, "currency": "inr", "status": status}
    body = event("refund.updated", about | {"metadata": {"refund_id": "7"}})
    report = Stripe().read(body, signed(body))
    assert (report.what, report.refund_id, report.payment_id, report.reference, report.amount) == (what, "re_1", "pi_1", "7", Decimal(1000))


@pytest.mark.parametrize("forge", ["nothing", "another_secret", "another_body", "too_old"])
async def test_what_it_has_not_signed_is_refused(client, forge):
    body = event("checkout.session.completed", session())
    headers = {
        "nothing": {},
        "another_secret": signed(body, "whsec_of_somebody_else"),
        "another_body": signed(body + b" "),
        "too_old": signed(body, at=int(time.time()) - 301),
    }[forge]
    answer = await tell(client, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "SIGNATURE_INVALID")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"nonsense", b'{"id": "evt_1", "object": "event"}', b"\xff\xfe"])
def test_what_is_no_event_is_refused(body):
    try:
        headers = signed(body)
    except UnicodeDecodeError:
        headers = {"stripe-signature": "t=1,v1=0"}
    with pytest.raises(Malformed):
        Stripe().read(body, headers)


async def test_a_token_is_paid_through_stripe(client, monkeypatch):
    async with standing_in(monkeypatch, StandIn()) as api:
        builder, asha = await make_builder(), await make_customer()
        booking = await reserved_booking(client, asha, await make_unit(builder))
        payment = (await checkout(client, asha, booking)).json()
        name = f"cs_test_{payment['id']}"
        assert payment["checkout_url"] == f"https://checkout.stripe.com/c/pay/{name}" and payment["gateway"] == "stripe"
        [(method, path, said, headers)] = api.asked
        assert (method, path, headers["authorization"]) == ("POST", "/v1/checkout/sessions", "Bearer sk_test_of_these_tests")
        assert (said["mode"], said["client_reference_id"], said["customer_email"]) == ("payment", str(payment["id"]), asha.email)
        assert (said["line_items[0][price_data][unit_amount]"], said["line_items[0][price_data][currency]"]) == ("15000000", "inr")
        assert said["success_url"] == f"http://localhost:3000/bookings/{booking['id']}"
        assert 1800 < int(said["expires_at"]) - time.time() < 3600
        body = event("checkout.session.completed", session(id=name, payment_intent=f"pi_{payment['id']}"), f"evt_{payment['id']}")
        for _ in range(2):
            assert (await tell(client, body)).json() == {"message": "Heard."}
        paid = await seen(client, asha, payment)
        assert (paid["payment_status"], paid["allocations"][0]["principal"]) == ("completed", 150000)


async def test_a_refund_is_asked_for_once_with_our_reference(monkeypatch):
    async with standing_in(monkeypatch, StandIn()) as api:
        report = await find("stripe").give_back("pi_1", Decimal("99.5"), "INR", "7")
        assert (report.what, report.refund_id, report.reference) == (What.other, "re_1", "7")
        refund = {
            "id": "re_1",
            "object": "refund",
            "amount": 9950,
            "currency": "inr",
            "status": "succeeded",
            "metadata": {"refund_id": "7"},
        }
        api.sessions["re_1"] = refund | {"payment_intent": "pi_1"}
        back = await Stripe().look_back("re_1")
        assert (back.what, back.reference, back.payment_id, back.event_id) == (What.refunded, "7", "pi_1", "look:re_1:succeeded")
        [(_, path, said, headers), _] = api.asked
        assert (path, said["amount"], said["payment_intent"], headers["idempotency-key"]) == ("/v1/refunds", "9950", "pi_1", "pi_1-7")


async def test_how_an_order_stands_can_be_asked(monkeypatch):
    async with standing_in(monkeypatch, StandIn()) as api:
        api.sessions = {"cs_1": session(status="open", payment_status="unpaid"), "cs_2": session(id="cs_2")}
        api.sessions["cs_3"] = session(id="cs_3", status="expired", payment_status="unpaid")
        asked = [await Stripe().look(name) for name in api.sessions]
        assert asked[0] is None and [one.what for one in asked[1:]] == [What.paid, What.expired]
        assert len({one.event_id for one in asked[1:]}) == 2


@pytest.mark.parametrize(
    ("bank", "what"), [("processing", What.processing), ("requires_payment_method", What.failed), ("canceled", What.failed)]
)
async def test_whether_a_bank_has_refused_its_payment_says(monkeypatch, bank, what):
    intent = {"id": "pi_4", "object": "payment_intent", "status": bank, "last_payment_error": {"message": "No funds."}}
    async with standing_in(monkeypatch, StandIn()) as api:
        api.sessions["cs_4"] = session(id="cs_4", payment_status="unpaid", payment_intent=intent)
        report = await Stripe().look("cs_4")
    assert (report.what, report.order_id, report.payment_id) == (what, "cs_4", "pi_4")
    assert report.event_id.endswith(bank), "that it is on its way has been heard before"


async def test_a_transfer_whose_failure_nobody_has_told_fails_when_it_is_asked_for(client, monkeypatch):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    async with standing_in(monkeypatch, StandIn()) as api:
        payment = (await checkout(client, asha, booking)).json()
        [name] = api.sessions
        intent = {"id": f"pi_{payment['id']}", "object": "payment_intent", "status": "processing"}
        for status, shown in (("processing", "clearance_pending"), ("requires_payment_method", "failed")):
            api.sessions[name] |= {"status": "complete", "payment_intent": intent | {"status": status}}
            await hearing._check(Ordered(payment["id"], "stripe", name))
            assert (await seen(client, asha, payment))["payment_status"] == shown
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["reserve_expires_at"]


@pytest.mark.parametrize(
    ("status", "refusal"), [(400, Conflict), (404, Conflict), (401, Unavailable), (429, Unavailable), (500, Unavailable), (0, Unavailable)]
)
async def test_what_it_refuses_and_what_it_cannot_do_now(monkeypatch, status, refusal):
    async with standing_in(monkeypatch, StandIn(status)):
        with pytest.raises(refusal) as said:
            await Stripe().give_back("pi_1", Decimal(1), "INR", "7")
    assert said.value.code == ("GATEWAY_REFUSED" if refusal is Conflict else "GATEWAY_AWAY")


async def test_an_order_that_stripe_does_not_take_leaves_nothing(client, monkeypatch):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    for status, answered in ((0, 503), (400, 409)):
        async with standing_in(monkeypatch, StandIn(status)):
            assert (await checkout(client, asha, booking)).status_code == answered
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert money["payments"] == []


async def test_a_gateway_that_is_slow_takes_two_connections_and_no_more(client, monkeypatch):
    builder = await make_builder()
    people = [await make_customer() for _ in range(4)]
    bookings = [await reserved_booking(client, person, await make_unit(builder)) for person in people]
    gate, coming = asyncio.Event(), asyncio.Semaphore(0)

    async def slow(self, order):
        coming.release()
        await gate.wait()
        raise Unavailable("x", "GATEWAY_AWAY")

    monkeypatch.setattr(Stripe, "open", slow)
    waiting = [asyncio.create_task(checkout(client, person, one)) for person, one in zip(people[:2], bookings, strict=False)]
    for _ in waiting:
        await coming.acquire()
    answer = await checkout(client, people[2], bookings[2])
    gate.set()
    assert (answer.status_code, answer.json()["code"]) == (503, "GATEWAY_AWAY") and answer.headers["Retry-After"]
    await asyncio.gather(*waiting)


async def test_without_its_key_the_gateway_is_not_there(client, monkeypatch):
    monkeypatch.setattr(settings, "stripe_secret_key", "")
    assert (await tell(client, b"{}")).status_code == 404
