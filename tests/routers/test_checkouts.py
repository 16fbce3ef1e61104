"""Paying online: from the order over the gateway's page to the receipt."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from realestate.config import settings
from realestate.models.bookings import Booking
from realestate.models.payments import Payment
from realestate.models.units import Unit
from realestate.services import claims, online
from tests.factories import let_time_pass, make_builder, make_customer, make_unit, put
from tests.paying import checkout, event, order_of, ordered, press, seen, tell
from tests.stories import confirmed_booking, pay, reserved_booking, set_status, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    """What the gateway of development knows is this test's own."""
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture
async def sale(client):
    """A company, its customer, and their reserve."""
    builder, asha = await make_builder(), await make_customer()
    return builder, asha, await reserved_booking(client, asha, await make_unit(builder))


async def status_of(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()["status"]


async def test_who_may_order_a_payment(client, sale):
    builder, _, booking = sale
    assert (await client.post(f"/api/bookings/{booking['id']}/payments/checkout", json={})).status_code == 401
    assert (await checkout(client, builder, booking)).json()["code"] == "WRONG_ROLE"
    assert (await checkout(client, await make_customer("Ravi Menon"), booking)).status_code == 404


async def test_a_token_is_paid_on_the_page(client, sale):
    builder, asha, booking = sale
    payment = await ordered(client, asha, booking)
    assert (payment["amount"], payment["payment_status"], payment["payment_type"]) == (booking["token_amount"], "pending", "token")
    page = await client.get(f"/api/dev/pay/{order_of(payment)}")
    assert (
        "150,000.00" in page.text
        and booking["booking_number"] in page.text
        and "form-action 'self'" in page.headers["Content-Security-Policy"]
    )
    assert await press(client, payment) == 1
    paid = await seen(client, asha, payment)
    assert (paid["payment_status"], paid["gateway"], paid["payment_method"]) == ("completed", "fake", "online")
    assert paid["receipt_no"] and [part["principal"] for part in paid["allocations"]] == [booking["token_amount"]]
    assert await status_of(client, asha, booking) == "token_paid"
    for person in (asha, builder):
        assert {"receipt_cleared", "booking_token_paid"} <= {*await types_told(client, person)}
    assert "is paid" in (await client.get(f"/api/dev/pay/{order_of(payment)}")).text


async def test_the_same_amount_brings_the_same_page(client, sale):
    _, asha, booking = sale
    first, again, other = [await ordered(client, asha, booking, amount) for amount in (None, booking["token_amount"], 200000)]
    assert first["checkout_url"] == again["checkout_url"] != other["checkout_url"]
    key = {"Idempotency-Key": "k-1"}
    one, same = [await checkout(client, asha, booking, 300000, **key) for _ in range(2)]
    assert (one.content, same.headers["Idempotency-Replayed"]) == (same.content, "true")


async def test_of_eight_equal_orders_at_once_comes_one_page(client, sale):
    _, asha, booking = sale

    async def order():
        while (answer := await checkout(client, asha, booking)).status_code == 503 or answer.json().get("code") == "BUSY":
            await asyncio.sleep(0.05)  # as it says
        return answer

    answers = await asyncio.gather(*(order() for _ in range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["checkout_url"] for answer in answers}) == 1
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert len(money["payments"]) == 1


async def test_an_order_needs_no_words(client, sale):
    _, asha, booking = sale
    ordered = await client.post(f"/api/bookings/{booking['id']}/payments/checkout", headers=asha.headers)
    assert (ordered.status_code, ordered.json()["amount"]) == (201, booking["token_amount"])


async def test_only_so_many_pages_are_open_at_once(client, sale):
    _, asha, booking = sale
    first, *_ = [await ordered(client, asha, booking, 200000 + extra) for extra in range(5)]
    refused = await checkout(client, asha, booking)
    assert (refused.status_code, refused.json()["code"]) == (409, "TOO_MANY_PAGES")
    assert (await ordered(client, asha, booking, 200000))["checkout_url"] == first["checkout_url"]
    await let_time_pass(Payment, first["id"], "checkout_until")
    await ordered(client, asha, booking)


@pytest.mark.parametrize(
    ("amount", "code"), [(1, "BELOW_TOKEN"), (149999.99, "BELOW_TOKEN"), (7500000.02, "EXCEEDS_TOTAL"), (0, "INVALID"), (-1, "INVALID")]
)
async def test_how_much_may_be_paid(client, sale, amount, code):
    _, asha, booking = sale
    assert (await checkout(client, asha, booking, amount)).json()["code"] == code


async def test_a_confirmed_booking_pays_what_is_due_or_ahead(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    due = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    outstanding = sum(line["outstanding"] for line in due["payment_schedule"] if line["demanded_at"])
    payment = await ordered(client, asha, booking)
    assert payment["amount"] == outstanding > 0 and payment["payment_type"] == "installment"
    await press(client, payment)
    assert (await checkout(client, asha, booking)).json()["code"] == "NOTHING_DUE"
    await press(client, await ordered(client, asha, booking, 1))
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert (money["total_paid"], money["credit_amount"]) == (booking["token_amount"] + outstanding + 1, 1)


async def test_a_booking_that_has_ended_takes_no_orders(client, sale):
    builder, asha, booking = sale
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    assert (await checkout(client, asha, booking)).json()["code"] == "BOOKING_NOT_ACTIVE"
    other = await reserved_booking(client, asha, await make_unit(builder))
    assert (await set_status(client, builder, other, "rejected", reason="x")).status_code == 200
    assert (await checkout(client, asha, other)).json()["code"] == "BOOKING_NOT_ACTIVE"


async def test_a_card_that_is_declined_may_be_followed_by_another(client, sale):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    page = await client.post(f"/api/dev/pay/{order_of(payment)}", data={"button": "decline"})
    assert "The card was declined." in page.text and await online.rehearse() >= 1
    failed = await seen(client, asha, payment)
    assert (failed["payment_status"], failed["reason"]) == ("failed", "The card was declined.")
    assert "payment_failed" in await types_told(client, asha)
    await press(client, payment)
    paid = await seen(client, asha, payment)
    assert (paid["payment_status"], paid["reason"]) == ("completed", None)
    assert (await client.post(f"/api/dev/pay/{order_of(payment)}", data={"button": "pay"})).json()["code"] == "ORDER_CLOSED"


async def test_who_does_not_want_to_pay_need_not(client, sale):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await press(client, payment, "close")
    assert (await seen(client, asha, payment))["payment_status"] == "cancelled"
    assert await status_of(client, asha, booking) == "reserved"


async def test_a_slow_transfer_keeps_the_unit_until_it_has_come(client, sale):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    assert await press(client, payment, "pay_later", delay=3600) == 1
    assert (await seen(client, asha, payment))["payment_status"] == "clearance_pending"
    held = (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()
    assert (held["status"], held["reserve_expires_at"]) == ("reserved", None)
    assert (await tell(client, event(payment))).status_code == 200
    assert (await seen(client, asha, payment))["payment_status"] == "completed"


async def test_a_slow_transfer_that_fails_gives_the_reserve_its_end_again(client, sale):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await tell(client, event(payment, "processing"))
    await tell(client, event(payment, "failed", reason="No\x07 such\naccount"))
    failed = await seen(client, asha, payment)
    assert (failed["payment_status"], failed["reason"]) == ("failed", "No such account")
    now = (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()
    assert now["reserve_expires_at"] == booking["reserve_expires_at"], "failing gains no time"


async def test_who_has_sent_money_in_time_that_fails_has_a_day_and_only_once(client, sale):
    _, asha, booking = sale

    async def fail(payment):
        for what in ("processing", "failed"):
            await tell(client, event(payment, what))
        end = (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["reserve_expires_at"]
        return datetime.fromisoformat(end) - datetime.now(UTC)

    in_time = await ordered(client, asha, booking)
    three_days = timedelta(hours=72)
    await put(Payment, in_time["id"], created_at=datetime.now(UTC) - three_days)
    await let_time_pass(Booking, booking["id"], "booking_date", three_days + timedelta(hours=1))
    assert timedelta(hours=23) < await fail(in_time) <= timedelta(days=1)
    late = await ordered(client, asha, booking, 200000)
    assert await fail(late) <= timedelta(0)
    assert await status_of(client, asha, booking) == "expired"


@pytest.mark.parametrize("controls", [{"copies": 5}, {"is_shuffled": "true", "copies": 2}])
async def test_messages_that_come_twice_or_in_another_order_change_nothing(client, sale, controls):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await press(client, payment, "pay_later", **controls)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert [one["payment_status"] for one in money["payments"]] == ["completed"] and money["total_paid"] == booking["token_amount"]
    assert (await types_told(client, asha)).count("receipt_cleared") == 1


async def test_a_message_that_is_lost_is_asked_for(client, sale):
    _, asha, booking = sale
    paid, left = await ordered(client, asha, booking), await ordered(client, asha, booking, 200000)
    assert await press(client, paid, is_lost="true") == 0
    await online.check()
    assert (await seen(client, asha, paid))["payment_status"] == "pending"
    for payment in (paid, left):
        await let_time_pass(Payment, payment["id"], "checkout_until")
    await online.check()
    assert (await seen(client, asha, paid))["payment_status"] == "completed"
    assert (await seen(client, asha, left))["payment_status"] == "pending"  # the gateway still has it open
    (settings.data_dir / "gateway" / f"{order_of(left)}.json").unlink()
    await online.check()
    assert (await seen(client, asha, left))["payment_status"] == "cancelled"


async def test_the_team_does_not_say_what_only_the_gateway_knows(client, sale):
    builder, asha, booking = sale
    payment = await ordered(client, asha, booking)
    answer = await client.post(f"/api/payments/{payment['id']}/clearance", headers=builder.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "SET_BY_GATEWAY")
    assert (await pay(client, builder, booking, booking["token_amount"])).status_code == 201  # an open page stands in nobody's way


async def test_production_has_no_gateway_by_itself(client, sale, monkeypatch):
    _, asha, booking = sale
    monkeypatch.setattr(settings, "environment", "production")
    assert (await checkout(client, asha, booking)).json()["code"] == "NO_GATEWAY"
    assert (await tell(client, {})).status_code == 404


# ── Too late ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def expired(client, sale):
    """An open page, and a reserve whose time is over."""
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await let_time_pass(Unit, booking["unit_id"], "hold_expires_at")
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    return payment


async def test_money_that_comes_just_after_the_time_of_a_reserve_still_counts(client, sale):
    _, asha, booking = sale
    await press(client, await expired(client, sale))
    assert await status_of(client, asha, booking) == "token_paid"


async def test_money_that_comes_late_claims_the_unit_again(client, sale):
    _, asha, booking = sale
    payment = await expired(client, sale)
    await claims.end_due()
    assert await status_of(client, asha, booking) == "expired"
    await press(client, payment)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()
    assert await status_of(client, asha, booking) == "token_paid" and money["total_paid"] == booking["token_amount"]
    assert money["total_paid"] + money["total_pending"] == booking["total_amount"]
    unit = (await client.get(f"/api/units/{booking['unit_id']}", headers=asha.headers)).json()
    assert unit["status"] == "reserved"


@pytest.mark.parametrize("by_the_clock", [True, False])
async def test_money_for_a_unit_that_somebody_else_has_goes_back(client, sale, by_the_clock):
    builder, asha, booking = sale
    if by_the_clock:
        payment, ravi = await expired(client, sale), await make_customer("Ravi Menon")
        await reserved_booking(client, ravi, booking["unit_id"])
    else:
        payment = await ordered(client, asha, booking)
        assert (await set_status(client, builder, booking, "rejected", reason="x")).status_code == 200
    await press(client, payment, copies=2)
    assert (await seen(client, asha, payment))["payment_status"] == "completed"
    [issue] = (await client.get("/api/builder/payment-issues?status=open", headers=builder.headers)).json()["issues"]
    assert (issue["kind"], issue["amount"], issue["payment_id"]) == ("orphan", booking["token_amount"], payment["id"])
    assert "payment_orphaned" in await types_told(client, asha)
    assert {"payment_orphaned", "payment_questioned", "refund_requested"} <= {*await types_told(client, builder)}
    [refund] = (await client.get("/api/builder/payments?kind=refund", headers=builder.headers)).json()["payments"]
    assert (refund["amount"], refund["payment_status"], refund["created_by"]) == (booking["token_amount"], "pending", asha.user_id)
