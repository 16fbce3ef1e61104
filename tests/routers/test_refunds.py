"""Money that goes back: asked for by one, approved by another, never beyond its receipt."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.payments import Payment
from tests.factories import make_builder, make_customer, make_member, make_unit, put
from tests.stories import confirmed_booking, pay, set_status, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sold(client):
    """An owner, a member for finance, their customer, and a booking with a receipt of 150,000."""
    builder, customer = await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder))
    [receipt] = (await money(client, customer, booking))["payments"]
    return builder, finance, customer, booking, receipt


async def money(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()


async def ask(client, member, receipt, amount, reason="Paid twice."):
    said = {"reason": reason} | ({"amount": amount} if amount else {})
    return await client.post(f"/api/payments/{receipt['id']}/refunds", json=said, headers=member.headers)


async def decide(client, member, refund, step, **said):
    body = {"json": said} if step != "approval" else {}
    return await client.post(f"/api/refunds/{refund['id']}/{step}", **body, headers=member.headers)


async def test_only_those_who_may_handle_money_ask_and_only_managers_approve(client, sold):
    builder, finance, customer, _, receipt = sold
    assert (await ask(client, customer, receipt, 100)).status_code == 403
    assert (await ask(client, await make_member(builder, TeamRole.sales_manager), receipt, 100)).status_code == 403
    assert (await ask(client, await make_builder("Bharat Builders"), receipt, 100)).status_code == 404
    refund = (await ask(client, finance, receipt, 100)).json()
    assert (await decide(client, finance, refund, "approval")).json()["code"] == "NOT_PERMITTED"
    assert (await decide(client, await make_builder("Bharat Builders"), refund, "approval")).status_code == 404
    assert (await decide(client, builder, {"id": receipt["id"]}, "approval")).status_code == 404, "a receipt is no refund"


async def test_a_refund_takes_three_steps_and_then_its_lines_are_owed_again(client, sold):
    builder, finance, customer, booking, receipt = sold

    asked = await ask(client, finance, receipt, "50000.5")
    refund = asked.json()
    assert asked.status_code == 201 and asked.headers["Location"] == f"/api/payments/{refund['id']}"
    assert (refund["kind"], refund["payment_status"], refund["refund_of_id"]) == ("refund", "pending", receipt["id"])
    assert (await decide(client, finance, refund, "processing")).json()["allowed"] == ["approve", "reject"]
    assert (await decide(client, builder, refund, "approval")).json()["approved_by"] == builder.user_id
    said = await money(client, customer, booking)
    assert said["total_paid"] == 150000 and said["payment_schedule"][0]["paid_amount"] == 150000
    today = str((datetime.now(UTC) + timedelta(hours=5, minutes=30)).date())  # where the project stands
    paid = (await decide(client, finance, refund, "processing", transaction_id="NEFT-1", payment_date=today)).json()

    assert (paid["payment_status"], paid["transaction_id"], paid["payment_date"]) == ("completed", "NEFT-1", today)
    said = await money(client, customer, booking)
    assert (said["payments"][0]["payment_status"], said["payments"][0]["refunded_amount"]) == ("partially_refunded", 50000.5)
    assert said["total_paid"] == said["payment_schedule"][0]["paid_amount"] == 99999.5
    assert "receipt_refunded" in await types_told(client, customer) and "refund_requested" in await types_told(client, builder)
    assert "refund_approved" in await types_told(client, finance) and "refund_requested" not in await types_told(client, customer)

    rest = (await ask(client, finance, receipt, None)).json()
    assert rest["amount"] == 99999.5
    await decide(client, builder, rest, "approval")
    await decide(client, finance, rest, "processing")
    said = await money(client, customer, booking)
    assert said["payments"][0]["payment_status"] == "refunded" and said["total_paid"] == said["payment_schedule"][0]["paid_amount"] == 0


async def test_a_refund_goes_not_before_it_was_agreed_to_and_not_in_the_future(client, sold):
    builder, finance, _, _, receipt = sold
    refund = (await ask(client, finance, receipt, 100)).json()
    await decide(client, builder, refund, "approval")
    agreed = (datetime.now(UTC) - timedelta(days=5)).replace(hour=6)
    await put(Payment, refund["id"], approved_at=agreed)
    before, late = agreed.date() - timedelta(days=1), datetime.now(UTC).date() + timedelta(days=2)
    for day, code in ((receipt["payment_date"], "OUT_OF_ORDER"), (before, "OUT_OF_ORDER"), (late, "IN_THE_FUTURE")):
        answer = await decide(client, finance, refund, "processing", payment_date=str(day))
        assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == code
    gone = (await decide(client, finance, refund, "processing", payment_date=str(agreed.date()))).json()
    assert gone["payment_date"] == str(agreed.date())


async def test_nobody_approves_what_they_have_asked_for_but_may_take_it_back(client, sold):
    builder, _, _, _, receipt = sold
    refund = (await ask(client, builder, receipt, 100)).json()
    assert (await decide(client, builder, refund, "approval")).json()["code"] == "MAKER_IS_CHECKER"
    assert (await decide(client, builder, refund, "rejection", reason="A mistake.")).json()["reason"] == "A mistake."


async def test_what_is_refused_leaves_the_receipt_as_it_was(client, sold):
    builder, finance, _, _, receipt = sold
    refund = (await ask(client, finance, receipt, 150000)).json()
    assert (await ask(client, finance, receipt, 0.01)).json()["code"] == "EXCEEDS_RECEIPT"
    await decide(client, builder, refund, "approval")
    assert (await decide(client, builder, refund, "rejection", reason="The bank says otherwise.")).json()["payment_status"] == "rejected"
    assert (await decide(client, builder, refund, "approval")).json()["code"] == "INVALID_TRANSITION"
    assert (await ask(client, finance, receipt, 150000)).status_code == 201


async def test_only_money_that_has_come_goes_back(client, sold):
    builder, finance, _, booking, receipt = sold
    cheque = (await pay(client, builder, booking, 1000, "cheque")).json()
    refund = (await ask(client, finance, receipt, 100)).json()
    for other in (cheque, refund):
        assert (await ask(client, finance, other, 1)).json()["code"] == "NOT_REFUNDABLE"


async def test_a_hundred_refunds_at_once_of_three_times_the_receipt_stay_within_it(client, sold):
    _, finance, _, _, receipt = sold

    answers = await asyncio.gather(*(ask(client, finance, receipt, 4500) for _ in range(100)))
    while any(answer.status_code == 503 or answer.json().get("code") == "BUSY" for answer in answers):  # sent again, as it says
        again = [answer for answer in answers if answer.status_code == 503 or answer.json().get("code") == "BUSY"]
        done = [answer for answer in answers if answer not in again]
        answers = [*done, *await asyncio.gather(*(ask(client, finance, receipt, 4500) for _ in again))]

    assert [answer.status_code for answer in answers].count(201) == 33
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} == {"EXCEEDS_RECEIPT"}
    seen = (await client.get(f"/api/payments/{receipt['id']}", headers=finance.headers)).json()
    assert seen["going_back_amount"] == 33 * 4500 and seen["refunded_amount"] == 0


async def test_a_refund_is_paid_once_however_many_try(client, sold):
    builder, finance, customer, booking, receipt = sold
    refund = (await ask(client, finance, receipt, 100)).json()
    await decide(client, builder, refund, "approval")
    answers = await asyncio.gather(*(decide(client, finance, refund, "processing") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert (await money(client, customer, booking))["total_paid"] == 149900


async def test_what_waits_for_an_approval_is_listed(client, sold):
    builder, finance, _, booking, receipt = sold
    refund = (await ask(client, finance, receipt, 100)).json()
    for query, expected in (("kind=refund&status=pending", [refund["id"]]), ("kind=receipt", [receipt["id"]]), ("status=approved", [])):
        page = (await client.get(f"/api/builder/payments?booking_id={booking['id']}&{query}", headers=builder.headers)).json()
        assert [payment["id"] for payment in page["payments"]] == expected and page["total"] == len(expected)


async def test_who_is_turned_down_gets_back_what_has_not_gone_back_yet(client):
    builder, customer = await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    from tests.stories import reserved_booking

    booking = await reserved_booking(client, customer, await make_unit(builder))
    first = (await pay(client, finance, booking, 1000)).json()
    second = (await pay(client, finance, booking, 500)).json()
    await ask(client, finance, first, 300)

    await set_status(client, builder, booking, "rejected", reason="Another buyer.")

    refunds = [payment for payment in (await money(client, customer, booking))["payments"] if payment["kind"] == "refund"]
    assert [(refund["refund_of_id"], refund["amount"]) for refund in refunds] == [
        (first["id"], 300),
        (second["id"], 500),
        (first["id"], 700),
    ]
