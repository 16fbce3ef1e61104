"""Interest on what is paid late: charged when its line is paid, when a month is closed or by hand; each day once, whatever happens meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D

import psycopg
import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.interest import Stay, interest, interest_to_buyer
from realestate.models.payments import Allocation, Installment, Payment
from realestate.models.projects import Project
from realestate.services import dues
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, put
from tests.speaking import attempt, speaking
from tests.stories import confirmed_booking, pay, reserved_booking, set_status

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()
DUE = TODAY - timedelta(days=60)


def day(n):
    """So many days after the line was due."""
    return str(DUE + timedelta(days=n))


async def late(client, days=60, **rules):
    """A line of 1,000,000 at 10.75 % that was due so many days ago, and nothing paid of it."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="UTC", rules={"interest_percent": "10.75"} | rules)
    [unit_id] = await make_units(builder, project_id, price="1000000")
    booking = await reserved_booking(client, customer, unit_id, "full_payment")
    await set_line(booking, due_date=TODAY - timedelta(days=days))
    return builder, customer, booking


async def set_line(booking, seq=1, **values):
    async with transaction(WORKER) as session:
        await session.execute(update(Installment).where(Installment.booking_id == booking["id"], Installment.seq == seq).values(**values))


async def charged(client, person, booking):
    """Interest that has been charged: amount and status."""
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()["payment_schedule"]
    return [(line["amount"], line["status"]) for line in lines if line["kind"] == "interest"]


async def statement(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/statement", headers=person.headers)).json()


async def close(client, person, booking):
    return await client.post(f"/api/bookings/{booking['id']}/statement/close", headers=person.headers)


def test_a_builder_owes_by_the_same_rule_from_each_receipt_or_from_its_delay():
    """30 days on 1,000,000, of which 10 on 500,000 that came later, at 10.75 %."""
    came = [Stay(DUE - timedelta(days=200), D(1_000_000)), Stay(DUE + timedelta(days=20), D(500_000))]
    until = DUE + timedelta(days=30)
    assert interest_to_buyer(came, D("10.75"), until, DUE) == D("8835.62") + D("1472.60")
    assert interest_to_buyer(came[1:], D("10.75"), until) == D("1472.60")
    assert interest_to_buyer(came[:1], D("10.75"), until, DUE) == interest(D(1_000_000), D("10.75"), DUE, 0, [], until)
    assert interest_to_buyer(came, D("10.75"), DUE - timedelta(days=1), DUE) == 0
    gone = [came[0]._replace(until=DUE + timedelta(days=10))]
    assert interest_to_buyer(gone, D("10.75"), until, DUE) == D("2945.21"), "until it went back"


async def test_the_vector_of_the_design_is_charged_when_the_line_is_paid(client):
    """1,000,000 at 10.75 %, 400,000 paid on day 10, the rest on day 30: 6,479.45."""
    builder, customer, booking = await late(client)
    await pay(client, builder, booking, 400_000, payment_date=day(10))
    assert await charged(client, customer, booking) == []
    await pay(client, builder, booking, 600_000, payment_date=day(30))

    assert await charged(client, customer, booking) == [(6479.45, "demanded")]
    said = await statement(client, customer, booking)
    assert (said["closing_balance"], said["interest_accrued"]) == (6479.45, 0)
    assert said["entries"][-1]["reference"].startswith("D-") and "Interest on 'Full payment'" in said["entries"][-1]["description"]
    await pay(client, builder, booking, "6479.45", payment_date=str(TODAY))
    assert await charged(client, customer, booking) == [(6479.45, "paid")]
    assert (await statement(client, builder, booking))["closing_balance"] == 0
    async with transaction(WORKER) as session:
        parts = await session.scalars(select(Allocation).where(Allocation.booking_id == booking["id"]).order_by(Allocation.id))
        assert [(one.principal, one.interest) for one in parts] == [(400_000, 0), (600_000, 0), (0, D("6479.45"))]


async def test_what_is_paid_at_once_with_its_interest_is_taken_whole(client):
    builder, customer, booking = await late(client, days=30)
    too_much = await pay(client, builder, booking, "1008835.63", payment_date=str(TODAY))
    assert (too_much.json()["code"], too_much.json()["outstanding"]) == ("EXCEEDS_TOTAL", 1008835.62)
    assert (await pay(client, builder, booking, "1008835.62", payment_date=str(TODAY))).status_code == 201
    assert await charged(client, customer, booking) == [(8835.62, "paid")]
    assert (await statement(client, customer, booking))["closing_balance"] == 0


async def test_a_bounce_afterwards_leaves_what_was_charged_and_adds_only_what_is_missing(client):
    """The 400,000 of day 10 bounce and come again on day 50: interest on 1,000,000 for 30 days and on 400,000 for 20 more."""
    builder, customer, booking = await late(client)
    first = (await pay(client, builder, booking, 400_000, payment_date=day(10))).json()
    await pay(client, builder, booking, 600_000, payment_date=day(30))
    await client.post(f"/api/payments/{first['id']}/bounce", json={"reason": "x"}, headers=builder.headers)
    assert await charged(client, customer, booking) == [(6479.45, "demanded")]
    whole = interest(D(1_000_000), D("10.75"), DUE, 0, [(DUE + timedelta(days=30), D(600_000))], TODAY)
    assert (await statement(client, customer, booking))["interest_accrued"] == float(whole - D("6479.45"))

    await pay(client, builder, booking, 400_000, payment_date=day(50))

    assert [amount for amount, _ in await charged(client, customer, booking)] == [6479.45, float(D("11191.78") - D("6479.45"))]
    assert (await statement(client, customer, booking))["interest_accrued"] == 0


async def test_money_that_turns_out_to_have_come_earlier_charges_nothing_more_and_takes_nothing_back(client):
    builder, customer, booking = await late(client, days=40)
    assert (await close(client, builder, booking)).json()["closing_balance"] == 1_000_000 + 11780.82
    await pay(client, builder, booking, 1_000_000, payment_date=str(TODAY - timedelta(days=30)))
    assert await charged(client, customer, booking) == [(11780.82, "demanded")]
    assert (await statement(client, customer, booking))["interest_accrued"] == 0


async def test_a_line_of_which_enough_is_charged_keeps_no_other_month_from_being_closed(client, monkeypatch):
    """All of the first was charged, for fewer days than it turned out to be: it is looked at again each time."""
    monkeypatch.setattr(dues, "MOST_AT_ONCE", 1)
    sales = [await late(client, days=70) for _ in range(3)]
    await put(Booking, sales[0][2]["id"], status="booking_confirmed")
    await dues.close()
    assert len(await charged(client, *sales[0][1:])) == 1
    async with transaction(WORKER) as session:
        of_first = update(Installment).where(Installment.booking_id == sales[0][2]["id"], Installment.interest_no == 1)
        await session.execute(of_first.values(interest_until=DUE))
    for _, _, booking in sales[1:]:
        await put(Booking, booking["id"], status="booking_confirmed")
    await dues.close()
    assert [len(await charged(client, customer, booking)) for _, customer, booking in sales] == [1, 1, 1]


async def test_a_month_that_has_ended_is_closed_once_and_the_next_goes_on_from_there(client):
    builder, customer, booking = await late(client, days=70)
    await dues.close()
    assert await charged(client, customer, booking) == [], "nothing of a reserve"
    await put(Booking, booking["id"], status="booking_confirmed")
    ended = TODAY.replace(day=1) - timedelta(days=1)
    until_then = interest(D(1_000_000), D("10.75"), TODAY - timedelta(days=70), 0, [], ended)
    for _ in range(2):
        await dues.close()
        assert await charged(client, customer, booking) == [(float(until_then), "demanded")]
    whole = interest(D(1_000_000), D("10.75"), TODAY - timedelta(days=70), 0, [], TODAY)
    assert (await statement(client, customer, booking))["interest_accrued"] == float(whole - until_then)
    await pay(client, builder, booking, 1_000_000, payment_date=str(TODAY))
    assert sum(D(str(amount)) for amount, _ in await charged(client, customer, booking)) == whole


async def test_however_often_it_is_asked_for_at_once_it_is_charged_once(client):
    builder, customer, booking = await late(client, days=30)
    said = await asyncio.gather(
        *(close(client, builder, booking) for _ in range(4)), pay(client, builder, booking, 1, payment_date=day(60))
    )
    assert {answer.status_code for answer in said} <= {200, 201}
    assert sum(D(str(amount)) for amount, _ in await charged(client, customer, booking)) == D("8835.62")


async def test_the_database_lets_no_posting_of_a_line_happen_twice(client):
    builder, _, booking = await late(client, days=30)
    await close(client, builder, booking)
    again = """INSERT INTO installments (builder_id, project_id, booking_id, customer_id, kind, seq, name, amount, trigger, interest_of_id, interest_no,
            interest_until) SELECT builder_id, project_id, booking_id, customer_id, kind, seq + 1, name, amount, trigger, interest_of_id, {},
            interest_until FROM installments WHERE booking_id = {} AND kind = 'interest'"""
    async with speaking(WORKER) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(again.format("interest_no", booking["id"]))
    async with speaking(WORKER) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            await connection.execute(again.format("NULL", booking["id"]))


async def test_interest_is_let_go_of_by_two_and_does_not_come_back(client):
    builder, customer, booking = await late(client, days=30)
    finance = await make_member(builder, TeamRole.finance)
    await close(client, finance, booking)
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payment_schedule"]
    path = f"/api/installments/{lines[1]['id']}/waivers"
    waiver = (await client.post(path, json={"reason": "The bank was late."}, headers=finance.headers)).json()
    assert waiver["amount"] == 8835.62
    assert (await client.post(f"/api/waivers/{waiver['id']}/approval", headers=finance.headers)).status_code == 403
    assert (await client.post(f"/api/waivers/{waiver['id']}/approval", headers=builder.headers)).status_code == 200
    await close(client, finance, booking)
    await pay(client, builder, booking, 1_000_000, payment_date=str(TODAY))
    assert await charged(client, customer, booking) == [(8835.62, "waived")]
    said = await statement(client, customer, booking)
    assert said["closing_balance"] == 0 and [entry["credit"] for entry in said["entries"] if "Waived" in entry["description"]] == [8835.62]


async def test_who_handles_money_closes_a_statement_and_nobody_else(client):
    builder, customer, booking = await late(client)
    assert (await close(client, customer, booking)).status_code == 403
    assert (await close(client, await make_member(builder, TeamRole.sales), booking)).json()["code"] == "NOT_PERMITTED"
    assert (await close(client, await make_builder("Bharat"), booking)).status_code == 404
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={"reason": "x"}, headers=customer.headers)
    assert (await close(client, builder, booking)).json()["code"] == "BOOKING_NOT_ACTIVE"


async def test_what_delay_costs_and_what_money_pays_first_are_agreed_with_the_allotment(client):
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="UTC", rules={"interest_percent": "10.75"})
    [unit_id] = await make_units(builder, project_id, price="1000000")
    booking = await confirmed_booking(client, builder, customer, unit_id, "full_payment")
    await set_line(booking, due_date=TODAY - timedelta(days=30))
    before = (await statement(client, customer, booking))["interest_accrued"]
    assert before == float(interest(D(980_000), D("10.75"), TODAY - timedelta(days=30), 0, [], TODAY))
    await put(Project, project_id, rules={"interest_percent": "24", "allocation_order": ["interest", "charge", "installment"]})
    assert (await statement(client, customer, booking))["interest_accrued"] == before
    await close(client, builder, booking)
    await pay(client, builder, booking, 100, payment_date=str(TODAY))
    assert [status for _, status in await charged(client, customer, booking)] == ["demanded"]
    lie = f"UPDATE bookings SET interest_terms = '{{}}' WHERE id = {booking['id']}"
    assert [await attempt(person, lie) for person in (builder, customer)] == ["42501", "42501"]


async def test_a_project_may_have_interest_paid_first(client):
    builder, customer, booking = await late(client, days=30, allocation_order=["interest", "charge", "installment"])
    await close(client, builder, booking)
    await pay(client, builder, booking, 10_000, payment_date=str(TODAY))
    assert await charged(client, customer, booking) == [(8835.62, "paid")]
    said = {"rules": {"allocation_order": ["interest", "interest", "charge"]}}
    answer = await client.patch(f"/api/projects/{booking['project_id']}", json=said, headers=builder.headers)
    assert answer.status_code == 422


async def test_the_tax_within_what_is_paid_sums_to_that_of_the_line(client):
    builder, _, booking = await late(client, days=-5)
    await set_line(booking, tax_amount=D("47619.05"))
    first = (await pay(client, builder, booking, "333333.33")).json()
    await pay(client, builder, booking, "333333.33", payment_date=str(TODAY))
    await pay(client, builder, booking, "333333.34", payment_date=str(TODAY))

    async def taxes():
        async with transaction(WORKER) as session:
            parts = await session.scalars(select(Allocation).where(Allocation.booking_id == booking["id"]).order_by(Allocation.id))
            return [(one.principal + one.tax, one.tax) for one in parts]

    assert await taxes() == [(D("333333.33"), D("15873.02")), (D("333333.33"), D("15873.01")), (D("333333.34"), D("15873.02"))]
    await client.post(f"/api/payments/{first['id']}/bounce", json={"reason": "x"}, headers=builder.headers)
    assert await taxes() == [(D("333333.33"), D("15873.01")), (D("333333.34"), D("15873.02"))], "rounded up to there"


# ── Money that goes back ────────────────────────────────────────────────────────────────────────────────────────────────────


async def give_back(client, builder, receipt, amount, days_ago):
    """Asked for by one, approved and paid by another, so many days ago."""
    finance = await make_member(builder, TeamRole.finance)
    asked = await client.post(f"/api/payments/{receipt['id']}/refunds", json={"amount": amount, "reason": "x"}, headers=finance.headers)
    for step in ("approval", "processing"):
        body = {} if step == "approval" else {"json": {"transaction_id": f"N-{asked.json()['id']}"}}
        answer = await client.post(f"/api/refunds/{asked.json()['id']}/{step}", **body, headers=builder.headers)
        assert answer.status_code == 200, answer.text
    await put(Payment, answer.json()["id"], payment_date=TODAY - timedelta(days=days_ago))


async def test_a_refund_makes_no_interest_for_the_days_on_which_the_money_was_there(client):
    builder, customer, booking = await late(client)
    receipt = (await pay(client, builder, booking, 1_000_000, payment_date=day(0))).json()
    await give_back(client, builder, receipt, 400_000, days_ago=20)
    await give_back(client, builder, receipt, 600_000, days_ago=10)
    said = await statement(client, customer, booking)
    assert said["interest_accrued"] == 4123.29, "of 400,000 for 20 days, of 600,000 for 10"
    assert (await close(client, builder, booking)).status_code == 200
    assert await charged(client, customer, booking) == [(4123.29, "demanded")]


async def test_what_was_there_counts_for_the_buyer_until_it_went_back(client):
    """100 days late: 300,000 for 100 days, and 700,000 for the 60 until they went."""
    builder, customer = await make_builder(), await make_customer()
    promised = TODAY - timedelta(days=100)
    project_id = await make_project(builder, timezone="UTC", rules={"interest_percent": "10"}, promised_possession_date=promised)
    booking = await reserved_booking(client, customer, (await make_units(builder, project_id))[0])
    receipt = (await pay(client, builder, booking, 1_000_000, payment_date=str(TODAY - timedelta(days=150)))).json()
    assert (await set_status(client, builder, booking, "booking_confirmed")).status_code == 200
    await give_back(client, builder, receipt, 700_000, days_ago=40)
    assert (await statement(client, customer, booking))["builder_interest_accrued"] == 8219.18 + 11506.85
