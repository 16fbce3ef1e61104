"""Money received: what is taken, how it is allocated, and what follows."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from sqlalchemy import select, text, update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.money import financial_year
from realestate.models.payments import Installment, Payment
from tests.factories import make_builder, make_customer, make_member, make_unit, unique
from tests.stories import confirmed_booking, pay, reserve, reserved_booking, set_status, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sold(client):
    """A builder, its customer, and a reserve of 7,500,000.01 by the construction-linked plan."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


async def money(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()


async def demand(booking, due_dates):
    """Let the lines after the first be of these days."""
    async with transaction(WORKER) as session:
        for seq, day in enumerate(due_dates, 2):
            of_it = (Installment.booking_id == booking["id"], Installment.seq == seq)
            await session.execute(update(Installment).where(*of_it).values(due_date=day, trigger={"trigger": "on_date"}))


async def test_only_those_who_may_handle_money_record_it(client, sold):
    builder, customer, booking = sold

    assert (await client.post("/api/payments", json={})).status_code == 401
    assert (await pay(client, customer, booking, 1)).status_code == 403
    assert (await pay(client, await make_member(builder, TeamRole.sales), booking, 1)).json()["code"] == "NOT_PERMITTED"
    assert (await pay(client, await make_builder("Bharat Builders"), booking, 1)).status_code == 404
    assert (await pay(client, await make_member(builder, TeamRole.finance), booking, 1)).status_code == 201


async def test_a_receipt_is_numbered_allocated_and_told(client, sold):
    builder, customer, booking = sold

    answer = await pay(client, builder, booking, "150000.00", transaction_id=unique("UPI"))

    receipt = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/payments/{receipt['id']}"
    assert receipt["payment_status"] == "completed" and receipt["amount"] == receipt["allocated"] == 150000
    assert receipt["receipt_no"].startswith("R-") and receipt["receipt_no"].endswith("-00001")
    said = await money(client, customer, booking)
    assert (
        said["payments"] == [{name: receipt[name] for name in said["payments"][0]}]
        and said["total_paid"] == 150000
        and said["total_pending"] == 7350000.01
    )
    assert [line["status"] for line in said["payment_schedule"]][:2] == ["partially_paid", "scheduled"]
    assert said["payment_schedule"][0]["outstanding"] == 600000


async def test_the_oldest_line_is_paid_first_and_a_surplus_meets_the_next_demand(client, sold):
    builder, customer, booking = sold
    today = datetime.now(UTC).date()
    await demand(booking, [today - timedelta(days=40), today - timedelta(days=10)])

    first = (await pay(client, builder, booking, 2_000_000)).json()
    said = await money(client, customer, booking)
    assert [line["paid_amount"] for line in said["payment_schedule"][:4]] == [0, 1125000, 875000, 0]
    assert [line["is_overdue"] for line in said["payment_schedule"][:4]] == [False, False, True, False]
    assert first["allocated"] == 2_000_000

    second = (await pay(client, builder, booking, 1_500_000)).json()
    assert second["allocated"] == 1_000_000  # 250,000 and 750,000; the rest is credit
    await demand(booking, [today - timedelta(days=40), today - timedelta(days=10), today])
    await pay(client, builder, booking, 1)
    said = await money(client, customer, booking)
    assert [line["paid_amount"] for line in said["payment_schedule"][:4]] == [750000, 1125000, 1125000, 500001]
    assert said["total_paid"] == sum(line["paid_amount"] for line in said["payment_schedule"]) == 3_500_001


async def test_money_that_has_come_piece_by_piece_is_allocated_as_if_at_once(client):
    builder, pieces, sums = await make_builder(), [1, 150000.33, 99999.67, 500000], []
    for amounts in (pieces, [sum(pieces)]):
        customer = await make_customer()
        booking = await reserved_booking(client, customer, await make_unit(builder))
        for amount in amounts:
            await pay(client, builder, booking, amount)
        sums.append([line["paid_amount"] for line in (await money(client, customer, booking))["payment_schedule"]])
    assert sums[0] == sums[1]


async def test_paper_counts_once_it_has_cleared(client, sold):
    builder, customer, booking = sold

    cheque = (await pay(client, builder, booking, 150000, "cheque")).json()
    assert cheque["payment_status"] == "clearance_pending" and cheque["receipt_no"] is None and cheque["allocated"] == 0
    assert (await money(client, customer, booking))["total_paid"] == 0
    cleared = await client.post(f"/api/payments/{cheque['id']}/clearance", headers=builder.headers)

    assert cleared.json()["payment_status"] == "completed" and cleared.json()["allocated"] == 150000
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=customer.headers)).json()["status"] == "token_paid"
    assert (await client.post(f"/api/payments/{cheque['id']}/clearance", headers=builder.headers)).json()["code"] == "INVALID_TRANSITION"


async def test_paper_that_clears_for_a_booking_that_has_ended_is_queued_to_go_back(client, sold):
    builder, customer, booking = sold
    cheque = (await pay(client, builder, booking, 150000, "cheque")).json()
    await set_status(client, builder, booking, "rejected", reason="Too late.")

    cleared = (await client.post(f"/api/payments/{cheque['id']}/clearance", headers=builder.headers)).json()

    assert cleared["payment_status"] == "completed" and cleared["allocated"] == 0
    refund = (await money(client, customer, booking))["payments"][-1]
    assert (refund["kind"], refund["payment_status"], refund["refund_of_id"]) == ("refund", "pending", cheque["id"])
    assert refund["amount"] == 150000 and refund["payment_date"] > "2026-01-15"


async def test_a_line_that_falls_due_is_demanded_with_a_number_and_told(client, sold):
    builder, customer, booking = sold
    finance, sales = await make_member(builder, TeamRole.finance), await make_member(builder, TeamRole.sales)
    today = datetime.now(UTC).date()
    await demand(booking, [today - timedelta(days=400)])

    await pay(client, builder, booking, 100)

    line = (await money(client, customer, booking))["payment_schedule"][1]
    assert line["status"] == "partially_paid" and line["demand_no"].startswith(f"D-{financial_year(today, 'INR')}-")
    assert "demand_issued" in await types_told(client, customer) and "demand_issued" in await types_told(client, finance)
    assert "demand_issued" not in await types_told(client, sales)


async def test_money_is_in_the_books(client, sold):
    builder, _, booking = sold
    cheque = (await pay(client, builder, booking, 150000, "cheque")).json()

    async with transaction(WORKER) as session:
        found = await session.execute(
            text("SELECT action, actor_id FROM audit_events WHERE entity_type = 'payment' AND entity_id = :id"), {"id": cheque["id"]}
        )
        assert [tuple(row) for row in found] == [("payment.recorded", builder.user_id)]


async def test_one_transaction_is_recorded_once(client, sold):
    builder, _, booking = sold
    reference = unique("NEFT")

    answers = await asyncio.gather(*(pay(client, builder, booking, 100, "bank_transfer", transaction_id=reference) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"TRANSACTION_ALREADY_RECORDED"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 1.005}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"payment_date": "2999-01-01"}, "payment_date"),
        ({"payment_date": "2100-01-01"}, "payment_date"),
        ({"payment_method": "barter"}, "payment_method"),
        ({"payment_status": "completed"}, "payment_status"),
        ({"customer_id": 7}, "customer_id"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(client, sold, said, field):
    builder, customer, booking = sold

    answer = await pay(client, builder, booking, **{"amount": 100} | said)

    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field
    assert (await money(client, customer, booking))["payments"] == []


async def test_no_more_than_the_booking_can_owe_is_taken_however_many_try(client, sold):
    builder, customer, booking = sold

    answers = await asyncio.gather(*(pay(client, builder, booking, 2_000_000) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 3
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "EXCEEDS_TOTAL" and refused["outstanding"] == 1500000.01
    assert (await money(client, customer, booking))["total_paid"] == 6_000_000


async def test_a_booking_that_has_ended_takes_no_money(client, sold):
    builder, customer, booking = sold
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=customer.headers)
    assert (await pay(client, builder, booking, 100)).json()["code"] == "BOOKING_NOT_ACTIVE"


async def test_receipt_numbers_have_no_gaps_even_where_records_fail(client):
    builder = await make_builder()
    bookings = [await reserved_booking(client, await make_customer(), await make_unit(builder)) for _ in range(3)]

    answers = await asyncio.gather(
        *(pay(client, builder, booking, amount) for booking in bookings for amount in (100, 8_000_000, 200, 300))
    )

    numbers = sorted(int(answer.json()["receipt_no"][-5:]) for answer in answers if answer.status_code == 201)
    assert numbers == list(range(1, 10))


async def test_allocations_stay_within_lines_and_receipts_and_sum_to_both(client, sold):
    builder, _, booking = sold
    for amount in (150000, 250000.5, 349999.5):
        await pay(client, builder, booking, amount)

    async with transaction(WORKER) as session:
        lines = (await session.scalars(select(Installment).where(Installment.booking_id == booking["id"]).order_by(Installment.seq))).all()
        receipts = (await session.scalars(select(Payment).where(Payment.booking_id == booking["id"]))).all()
        parts = (
            await session.execute(text("SELECT sum(principal) / 100.0 FROM allocations WHERE booking_id = :id"), {"id": booking["id"]})
        ).scalar_one()
    assert sum(line.allocated for line in lines) == sum(receipt.allocated for receipt in receipts) == parts
    assert (
        list(accumulate(line.amount for line in lines))[-1] == booking["total_amount"]
        or float(sum(line.amount for line in lines)) == booking["total_amount"]
    )


async def test_the_team_sees_its_customers_booking_paid(client):
    builder = await make_builder()
    booking = await confirmed_booking(client, builder, await make_customer(), await make_unit(builder), "full_payment")
    await pay(client, builder, booking, 7350000.01)
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).json()["payment_status"] == "paid"
    assert (await reserve(client, await make_customer(), booking["unit_id"])).status_code == 409
