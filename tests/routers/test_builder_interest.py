"""What a builder owes who is late with the keys: shown, credited, set off or paid out; and a settlement that says what the ledger says."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.interest import Stay, interest_to_buyer
from realestate.models.payments import Installment, Payment
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, put
from tests.speaking import attempt
from tests.stories import confirmed_booking, pay, set_status, types_told, upload

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()
RULES = {"interest_percent": "10.75"}


def ago(days):
    return TODAY - timedelta(days=days)


async def late(client, days=30, rules=RULES):
    """A home for 1,000,000 that was promised so many days ago; 20,000 came 100 days ago, 480,000 ten days ago."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="UTC", rules=rules)
    [unit_id] = await make_units(builder, project_id, price="1000000")
    booking = await confirmed_booking(client, builder, customer, unit_id, "full_payment")
    await put(Booking, booking["id"], promised_possession_date=ago(days))
    async with transaction(WORKER) as session:
        await session.execute(update(Installment).where(Installment.booking_id == booking["id"]).values(due_date=TODAY + timedelta(days=9)))
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    await put(Payment, money["payments"][0]["id"], payment_date=ago(100))
    await pay(client, builder, booking, 480_000, payment_date=str(ago(10)))
    return builder, customer, booking


OWED = interest_to_buyer([Stay(ago(100), D(20_000)), Stay(ago(10), D(480_000))], D("10.75"), TODAY, ago(30))
"""30 days on 20,000 and 10 on 480,000: 176.71 and 1,413.70."""


async def statement(client, person, booking, ending=""):
    return await client.get(f"/api/bookings/{booking['id']}/statement{ending}", headers=person.headers)


def test_the_vector():
    assert OWED == D("1590.41")


async def test_the_statement_shows_it_in_every_form(client):
    from pypdf import PdfReader

    builder, customer, booking = await late(client)
    assert (await statement(client, customer, booking)).json()["builder_interest_accrued"] == 1590.41
    rows = list(csv.DictReader(io.StringIO((await statement(client, builder, booking, ".csv")).text)))
    assert (rows[-1]["description"], rows[-1]["credit"]) == ("Interest for late possession, not credited", "1590.41")
    paper = PdfReader(io.BytesIO((await statement(client, customer, booking, ".pdf")).content))
    assert "Interest for late possession, not credited: ₹ 1,590.41." in "".join(page.extract_text() for page in paper.pages)


@pytest.mark.parametrize(("days", "rules", "expected"), [(-1, RULES, 0), (30, RULES | {"grace_days": 30}, 0), (30, {}, 1479.45)])
async def test_before_its_day_and_in_its_days_of_grace_it_owes_nothing_and_else_the_rate_of_the_law(client, days, rules, expected):
    """10 % of the house where buyers owe none."""
    _, customer, booking = await late(client, days, rules)
    assert (await statement(client, customer, booking)).json()["builder_interest_accrued"] == expected


async def offer(client, builder, booking):
    said = {"kind": "occupancy_certificate", "project_id": booking["project_id"]}
    assert (await upload(client, builder, **said)).status_code == 201
    await put(Booking, booking["id"], status="registered")
    answer = await set_status(client, builder, booking, "possession_offered")
    assert answer.status_code == 200, answer.text


async def test_it_is_credited_when_possession_is_offered_and_pays_what_is_owed(client):
    builder, customer, booking = await late(client)
    await offer(client, builder, booking)

    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()
    credit = money["payments"][-1]
    assert (credit["kind"], credit["payment_method"], credit["amount"], credit["allocated"]) == (
        "interest_credit",
        "set_off",
        1590.41,
        1590.41,
    )
    stats = (await client.get("/api/builder/bookings", headers=builder.headers)).json()["stats"]
    assert stats["total_revenue"] == 500_000, "what the company owes has not come"
    assert credit["receipt_no"].startswith("C-") and "interest_credited" in await types_told(client, customer)
    said = (await statement(client, customer, booking)).json()
    assert said["builder_interest_accrued"] == 0 and said["closing_balance"] == 500_000 - 1590.41
    assert [entry["credit"] for entry in said["entries"] if entry["description"] == "Interest for late possession"] == [1590.41]
    assert (await client.get(f"/api/payments/{credit['id']}/receipt.pdf", headers=customer.headers)).content.startswith(b"%PDF")
    assert (await client.post(f"/api/payments/{credit['id']}/bounce", json={"reason": "x"}, headers=builder.headers)).status_code == 409


async def test_nobody_records_a_credit_by_hand_and_none_has_a_number_twice(client):
    builder, _, booking = await late(client)
    assert (await pay(client, builder, booking, 1, "set_off")).status_code == 422
    await offer(client, builder, booking)
    again = f"""INSERT INTO payments (builder_id, project_id, booking_id, customer_id, kind, payment_type, amount, currency, payment_method,
        payment_date, created_by, interest_no) SELECT builder_id, project_id, booking_id, customer_id, kind, payment_type, amount, currency,
        payment_method, payment_date, {builder.user_id}, {{}} FROM payments WHERE booking_id = {booking["id"]} AND kind = 'interest_credit'"""
    assert await attempt(builder, again.format(1)) == "23505"
    assert await attempt(builder, again.format("NULL")) == "23514"


async def end(client, builder, booking, cause, asker=None):
    said = {"cause": cause, "reason": "x"}
    assert (
        await client.post(f"/api/bookings/{booking['id']}/cancellation", json=said, headers=(asker or builder).headers)
    ).status_code == 201
    quote = (await client.get(f"/api/bookings/{booking['id']}/cancellation-quote", headers=builder.headers)).json()
    ended = await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json={}, headers=builder.headers)
    assert ended.status_code == 200, ended.text
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    return quote, money


async def settled(client, builder, booking, money):
    """Every refund approved by somebody else and paid; the statement then."""
    admin, finance = await make_member(builder, TeamRole.admin), await make_member(builder, TeamRole.finance)
    for refund in (one for one in money["payments"] if one["kind"] == "refund"):
        assert (await client.post(f"/api/refunds/{refund['id']}/approval", headers=admin.headers)).status_code == 200
        done = await client.post(f"/api/refunds/{refund['id']}/processing", json={}, headers=finance.headers)
        assert done.status_code == 200, done.text
    return (await statement(client, builder, booking)).json()


async def test_who_leaves_because_of_the_delay_gets_it_from_each_receipt_and_it_is_paid_out(client):
    builder, _, booking = await late(client)
    quote, money = await end(client, builder, booking, "builder_delay")
    whole = interest_to_buyer([Stay(ago(100), D(20_000)), Stay(ago(10), D(480_000))], D("10.75"), TODAY)
    assert quote["builder_interest_owed"] == float(whole) and quote["refundable"] == float(500_000 + whole)
    credits = [one["amount"] for one in money["payments"] if one["kind"] == "interest_credit"]
    refunds = [one["amount"] for one in money["payments"] if one["kind"] == "refund"]
    assert credits == [float(whole)] and sum(map(D, map(str, refunds))) == 500_000 + whole
    assert (await settled(client, builder, booking, money))["closing_balance"] == 0


async def test_what_was_credited_before_is_not_owed_again(client):
    builder, _, booking = await late(client)
    await offer(client, builder, booking)
    quote, money = await end(client, builder, booking, "builder_delay")
    whole = interest_to_buyer([Stay(ago(100), D(20_000)), Stay(ago(10), D(480_000))], D("10.75"), TODAY)
    assert quote["paid_cleared"] == 501_590.41 and quote["builder_interest_owed"] == float(whole - OWED)
    assert quote["refundable"] == float(500_000 + whole)
    assert (await settled(client, builder, booking, money))["closing_balance"] == 0


async def test_what_was_credited_and_paid_out_is_not_owed_again_either(client):
    builder, _, booking = await late(client)
    await offer(client, builder, booking)
    credit = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payments"][-1]
    asked = await client.post(f"/api/payments/{credit['id']}/refunds", json={"reason": "In money, please."}, headers=builder.headers)
    assert asked.status_code == 201, asked.text
    await settled(client, builder, booking, {"payments": [asked.json()]})

    quote, money = await end(client, builder, booking, "builder_delay")

    whole = interest_to_buyer([Stay(ago(100), D(20_000)), Stay(ago(10), D(480_000))], D("10.75"), TODAY)
    assert quote["paid_cleared"] == 500_000 and quote["builder_interest_owed"] == float(whole - OWED)
    money["payments"].remove(next(one for one in money["payments"] if one["id"] == asked.json()["id"]))
    assert (await settled(client, builder, booking, money))["closing_balance"] == 0


async def test_interest_that_the_buyer_owes_is_charged_with_the_end_and_paid_by_what_is_kept(client):
    builder, customer, booking = await late(client, days=-100)
    async with transaction(WORKER) as session:
        await session.execute(update(Installment).where(Installment.booking_id == booking["id"]).values(due_date=ago(20)))
    accrued = (await statement(client, builder, booking)).json()["interest_accrued"]
    quote, money = await end(client, builder, booking, "buyer_request", customer)
    assert quote["interest_due"] == accrued > 0
    lines = [(one["kind"], one["amount"], one["status"]) for one in money["payment_schedule"] if one["kind"] == "interest"]
    assert lines == [("interest", accrued, "paid")]
    after = await settled(client, builder, booking, money)
    assert after["closing_balance"] == 0
    assert [entry["debit"] for entry in after["entries"] if entry["description"].startswith("Interest on")] == [accrued]
