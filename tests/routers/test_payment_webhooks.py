"""What payment gateways tell: whose it is, whether it fits, and that it is heard once."""

import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from realestate.adapters.gateways import fake
from realestate.config import settings
from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.payments import EventOutcome, GatewayEvent, GatewayEventKind
from realestate.services import online
from tests.factories import make_admin, make_builder, make_customer, make_member, make_unit
from tests.paying import event, order_of, ordered, press, seen, tell
from tests.stories import reserved_booking, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture
async def sale(client):
    """A company, its customer, their reserve and an open page."""
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    return builder, asha, booking, await ordered(client, asha, booking)


async def issues(client, person, **question):
    return (await client.get("/api/builder/payment-issues", params=question, headers=person.headers)).json()["issues"]


async def kept(said):
    async with transaction(WORKER) as session:
        found = await session.scalars(select(GatewayEvent).options(undefer(GatewayEvent.body)).where(GatewayEvent.event_id == said["id"]))
        return [(one.kind, one.outcome, one.body, one.body_hash) for one in found]


async def test_a_message_is_heard_once_and_kept_as_it_came(client, sale):
    _, asha, _, payment = sale
    said = event(payment)
    body = json.dumps(said, indent=3).encode()
    for _ in range(3):
        assert (await tell(client, said, body)).json() == {"message": "Heard."}
    assert await kept(said) == [("paid", "applied", body, sha256(body).hexdigest())]
    assert (await seen(client, asha, payment))["payment_status"] == "completed"
    again = event(payment)
    await tell(client, again)
    assert [(kind, outcome) for kind, outcome, *_ in await kept(again)] == [("paid", "unchanged")]


async def test_what_was_said_is_forgotten_after_a_quarter_and_its_hash_stays(client, sale):
    *_, payment = sale
    old, young = event(payment, "failed"), event(payment)
    await tell(client, young)
    said, digest = json.dumps(old).encode(), sha256(json.dumps(old).encode()).hexdigest()
    then = datetime.now(UTC) - timedelta(days=91)
    async with transaction(WORKER) as session:
        message = {"gateway": "fake", "event_id": old["id"], "kind": GatewayEventKind.failed, "outcome": EventOutcome.applied}
        session.add(GatewayEvent(**message, body=said, body_hash=digest, received_at=then))
    assert await online.clear() >= 1
    await tell(client, old)
    assert await kept(old) == [("failed", "applied", None, digest)]
    assert [body for _, _, body, _ in await kept(young)] == [json.dumps(young).encode()]


@pytest.mark.parametrize("forge", ["none", "another_body", "another_key", "too_old", "of_tomorrow", "nonsense", "not_ascii"])
async def test_what_the_gateway_has_not_signed_is_refused_and_leaves_nothing(client, sale, forge, monkeypatch):
    _, asha, _, payment = sale
    said = event(payment)
    body = json.dumps(said).encode()
    headers = fake.sign(body)
    match forge:
        case "none":
            headers = {}
        case "another_body":
            headers = fake.sign(body + b" ")
        case "another_key":
            headers = {fake.HEADER: f"t={int(time.time())},v1={'0' * 64}"}
        case "too_old" | "of_tomorrow":
            moment = int(time.time()) + (86400 if forge == "of_tomorrow" else -301)
            headers = {fake.HEADER: f"t={moment},v1={fake._signature(body, moment)}"}
        case "nonsense":
            headers = {fake.HEADER: "t=x,v1=,,,"}
        case "not_ascii":
            headers = {fake.HEADER.encode(): f"t={int(time.time())},v1=é".encode()}
    answer = await tell(client, said, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "SIGNATURE_INVALID")
    assert await kept(said) == [] and (await seen(client, asha, payment))["payment_status"] == "pending"


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{}", b"nonsense", b'{"id": "x"}', b'{"id": "x", "what": "x"}', b"\xff", b'{"id": "x", "what": []}', b"[" * 100_000),
        *(b'{"what": "paid", "id": %s}' % name for name in (b"5", b'"\\ud800"', b'"a\\u0000b"', b'"%s"' % (b"x" * 256))),
        b'{"what": "paid", "id": "x", "currency": "RUPEES"}',
    ],
)
async def test_what_is_signed_and_makes_no_sense_is_400(client, sale, body):
    answer = await tell(client, None, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_EVENT")


async def test_a_message_has_a_gateway_and_an_end(client, sale):
    assert (await tell(client, {}, gateway="paypal")).status_code == 404
    assert (await tell(client, {}, gateway="stripe")).status_code == 404  # not switched on
    assert (await tell(client, None, b" " * (256 * 1024 + 1))).status_code == 413


async def test_an_order_that_is_not_ours_is_kept_and_does_nothing(client, sale):
    *_, payment = sale
    said = event(payment, order_id="order_of_somebody_else", payment_id="pay_x")
    assert (await tell(client, said)).status_code == 200
    assert [(kind, outcome) for kind, outcome, *_ in await kept(said)] == [("paid", "unknown")]


@pytest.mark.parametrize("late", ["failed", "expired", "processing"])
async def test_what_comes_late_undoes_nothing(client, sale, late):
    _, asha, _, payment = sale
    for said in (event(payment), event(payment, late)):
        await tell(client, said)
    assert (await seen(client, asha, payment))["payment_status"] == "completed"


@pytest.mark.parametrize("early", ["failed", "expired", "processing"])
async def test_money_that_has_come_is_taken_whatever_was_said_before(client, sale, early):
    _, asha, _, payment = sale
    for said in (event(payment, early), event(payment)):
        await tell(client, said)
    assert (await seen(client, asha, payment))["payment_status"] == "completed"


async def test_administrators_see_what_was_told_and_what_came_of_it(client, sale):
    builder, *_, payment = sale
    admin, stray = await make_admin(), event(payment, order_id="order_of_nobody", payment_id="pay_x")
    for said in (event(payment), stray):
        await tell(client, said)
    path = "/api/admin/gateway-events"
    for question, outcomes in (({"payment_id": payment["id"]}, ["applied"]), ({"outcome": "unknown", "limit": 1}, ["unknown"])):
        answer = await client.get(path, params=question, headers=admin.headers)
        assert answer.status_code == 200, answer.text
        told = answer.json()["events"]
        assert [one["outcome"] for one in told] == outcomes and "body" not in told[0]
    assert told[0]["event_id"] == stray["id"]
    assert (await client.get(path, headers=builder.headers)).status_code == 403


# ── What does not fit ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("lie", "is_taken"), [({"amount": 14999999}, True), ({"currency": "USD"}, False), ({"amount": None}, False)])
async def test_another_amount_waits_for_somebody(client, sale, lie, is_taken):
    builder, asha, _, payment = sale
    for _ in range(2):
        await tell(client, event(payment, **lie))
    assert (await seen(client, asha, payment))["payment_status"] == "pending"
    [issue] = await issues(client, builder, kind="mismatch")
    assert issue["gateway_reference"] == f"pay_{order_of(payment)}" and "payment_questioned" in await types_told(client, builder)
    assert "payment_questioned" not in await types_told(client, asha)
    answer = await resolve(client, builder, issue, "accept")
    assert answer.status_code == (200 if is_taken else 409), answer.text
    shown = await seen(client, asha, payment)
    assert (shown["payment_status"], shown["amount"]) == (("completed", 149999.99) if is_taken else ("pending", 150000))
    if not is_taken:
        assert answer.json()["code"] == "NOT_ACCEPTABLE"
        assert (await resolve(client, builder, issue, "dismiss")).json()["status"] == "dismissed"
    assert (await resolve(client, builder, issue, "dismiss")).json()["code"] == "ISSUE_RESOLVED"
    assert (await resolve(client, builder, issue, "accept")).json()["code"] == "ISSUE_RESOLVED"


async def resolve(client, person, issue, action, note="We have called the bank."):
    said = {"action": action, "note": note}
    return await client.post(f"/api/payment-issues/{issue['id']}/resolution", json=said, headers=person.headers)


@pytest.mark.parametrize("early", ["failed", "expired", "processing"])
async def test_another_amount_is_accepted_whatever_was_said_before(client, sale, early):
    builder, asha, booking, payment = sale
    await tell(client, event(payment, early))
    await tell(client, event(payment, amount=14999999))
    [issue] = await issues(client, builder)
    answer = await resolve(client, builder, issue, "accept")
    assert answer.status_code == 200, answer.text
    shown = await seen(client, asha, payment)
    assert (shown["payment_status"], shown["amount"], shown["reason"]) == ("completed", 149999.99, None)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert money["total_paid"] == 149999.99


@pytest.mark.parametrize(("before", "after"), [((), "cancelled"), (("processing",), "failed"), (("expired",), "cancelled")])
async def test_an_amount_that_is_dismissed_closes_the_order_until_what_was_ordered_comes(client, sale, before, after):
    builder, asha, booking, payment = sale
    for what in before:
        await tell(client, event(payment, what))
    await tell(client, event(payment, amount=1, payment_id="pay_another"))
    [issue] = await issues(client, builder)
    assert (await resolve(client, builder, issue, "dismiss")).json()["status"] == "dismissed"
    shown = await seen(client, asha, payment)
    assert shown["payment_status"] == after and "bank" not in shown["reason"]
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["reserve_expires_at"]
    await tell(client, event(payment))
    shown = await seen(client, asha, payment)
    assert (shown["payment_status"], shown["amount"], shown["reason"]) == ("completed", 150000, None)


async def test_who_settles_an_issue(client, sale):
    builder, asha, _, payment = sale
    await press(client, payment, charged="1")
    [issue] = await issues(client, builder)
    for person, status in (
        (asha, 403),
        (await make_builder("Bharat Builders"), 404),
        (await make_member(builder, TeamRole.sales_manager), 403),
        (await make_member(builder, TeamRole.finance), 200),
    ):
        assert (await resolve(client, person, issue, "dismiss")).status_code == status
    shown = (await client.get(f"/api/payment-issues/{issue['id']}", headers=builder.headers)).json()
    assert (shown["status"], shown["note"]) == ("dismissed", "We have called the bank.")


async def test_an_order_that_is_paid_twice_goes_back_once(client, sale):
    builder, asha, booking, payment = sale
    await tell(client, event(payment))
    for _ in range(2):
        await tell(client, event(payment, payment_id="pay_again"))
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert [one["payment_status"] for one in money["payments"] if one["kind"] == "receipt"] == ["completed"] * 2
    [refund] = [one for one in money["payments"] if one["kind"] == "refund"]
    assert (refund["amount"], refund["payment_status"]) == (150000, "pending")
    assert [issue["kind"] for issue in await issues(client, builder)] == ["paid_twice"]


async def test_more_than_can_be_owed_is_asked_about(client, sale):
    builder, asha, booking, token = sale
    rest = await ordered(client, asha, booking, booking["total_amount"])
    await tell(client, event(token))
    await tell(client, event(rest))
    [issue] = await issues(client, builder)
    assert (issue["kind"], issue["amount"]) == ("overpaid", 150000)


async def test_a_dispute_is_somebodys_to_look_at_until_it_is_won(client, sale):
    builder, _, _, payment = sale
    await tell(client, event(payment))
    await tell(client, event(payment, "disputed", refund_id="dispute_1", reason="product_not_received"))
    [issue] = await issues(client, builder)
    assert (issue["kind"], issue["status"]) == ("dispute", "open") and "product_not_received" in issue["detail"]
    await tell(client, event(payment, "dispute_won", refund_id="dispute_1"))
    assert [one["status"] for one in await issues(client, builder)] == ["accepted"]
    await tell(client, event(payment, "dispute_lost", refund_id="dispute_2"))
    assert [one["kind"] for one in await issues(client, builder, status="open")] == ["dispute_lost"]
    answer = await client.post(f"/api/payments/{payment['id']}/bounce", json={"reason": "Lost."}, headers=builder.headers)
    assert answer.json()["payment_status"] == "bounced"


async def test_money_that_the_gateway_sends_back_by_itself_is_asked_about(client, sale):
    builder, _, _, payment = sale
    await tell(client, event(payment))
    for what in ("refunded", "refund_failed"):
        await tell(client, event(payment, what, refund_id="refund_1", reference="999999999999"))
    assert [(one["kind"], one["gateway_reference"]) for one in await issues(client, builder)] == [("refunded_elsewhere", "refund_1")]
