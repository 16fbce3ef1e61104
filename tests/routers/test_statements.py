"""Statements of account: the same figures as JSON, CSV and on paper, equal to the ledger; and how old what is owed has become."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.interest import interest
from realestate.models.payments import Installment
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import pay, reserved_booking

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()


def test_interest_is_piecewise_over_the_unpaid_and_rounded_once():
    """1,000,000 at 10.75 %, 400,000 paid on day 10, the rest on day 30."""
    due = date(2027, 1, 1)
    paid = [(due + timedelta(days=10), D(400_000)), (due + timedelta(days=30), D(600_000))]
    assert interest(D(1_000_000), D("10.75"), due, 0, paid, due + timedelta(days=90)) == D("6479.45")
    assert interest(D(1_000_000), D("10.75"), due, 10, paid[:1], due + timedelta(days=10)) == 0
    assert interest(D(1_000_000), D("10.75"), due, 0, [], due) == 0
    assert interest(D(365_00), D(100), due, 5, [], due + timedelta(days=6)) == 100


@pytest.fixture
async def sold(client):
    """A booking on the full-payment plan with two receipts, one of which has bounced, and a refund that has been paid."""
    builder, customer = await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    [unit_id] = await make_units(builder, await make_project(builder, rules={"bounce_charge": "500", "interest_percent": "10.75"}))
    booking = await reserved_booking(client, customer, unit_id, "full_payment")
    kept = (await pay(client, builder, booking, "1000000.50")).json()
    bounced = (await pay(client, builder, booking, 250000)).json()
    await client.post(f"/api/payments/{bounced['id']}/bounce", json={"reason": "x"}, headers=builder.headers)
    said = {"amount": "0.25", "reason": "x"}
    refund = (await client.post(f"/api/payments/{kept['id']}/refunds", json=said, headers=finance.headers)).json()
    await client.post(f"/api/refunds/{refund['id']}/approval", headers=builder.headers)
    await client.post(f"/api/refunds/{refund['id']}/processing", json={}, headers=finance.headers)
    return builder, customer, booking


async def test_debits_and_credits_make_the_balance_which_is_that_of_the_ledger(client, sold):
    builder, customer, booking = sold
    path = f"/api/bookings/{booking['id']}/statement"
    said = (await client.get(path, headers=customer.headers)).json()

    debits, credits = (round(sum(entry[side] for entry in said["entries"]), 2) for side in ("debit", "credit"))
    assert (said["total_debits"], said["total_credits"]) == (debits, credits) == (7750500.26, 1250000.5)
    assert said["closing_balance"] == round(debits - credits, 2) == said["entries"][-1]["balance"]
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()
    assert said["closing_balance"] == round(money["total_pending"] - money["credit_amount"], 2)
    assert said["interest_accrued"] == 0
    later = (await client.get(f"{path}?since={TODAY + timedelta(days=2)}", headers=builder.headers)).json()
    assert later["entries"] == [] and later["opening_balance"] == later["closing_balance"] == said["closing_balance"]


async def test_json_csv_and_paper_agree_to_the_minor_unit(client, sold):
    from pypdf import PdfReader

    builder, customer, booking = sold
    path = f"/api/bookings/{booking['id']}/statement"
    said = (await client.get(path + ".json", headers=customer.headers)).json()
    sheet = await client.get(path, headers=customer.headers | {"Accept": "text/csv"})
    assert (
        sheet.headers["content-type"].startswith("text/csv")
        and sheet.text == (await client.get(path + ".csv", headers=builder.headers)).text
    )
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [float(row["balance"]) for row in rows[1:-1]] == [entry["balance"] for entry in said["entries"]]
    assert float(rows[-1]["balance"]) == said["closing_balance"] and float(rows[-1]["debit"]) == said["total_debits"]
    paper = await client.get(path, headers=customer.headers | {"Accept": "application/pdf"})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert said["closing_balance"] == 6500499.76 and "65,00,499.76" in text and "12,50,000.50" in text
    stranger = await make_customer("Ravi Nair")
    for suffix in ("", ".json", ".csv", ".pdf"):
        assert (await client.get(path + suffix, headers=stranger.headers)).status_code == 404


async def test_what_is_owed_is_sorted_by_its_age(client, sold):
    builder, customer, booking = sold
    async with transaction(WORKER) as session:
        line = update(Installment).where(Installment.booking_id == booking["id"], Installment.seq == 1)
        await session.execute(line.values(due_date=TODAY - timedelta(days=45)))
    said = (await client.get("/api/builder/collections", headers=builder.headers)).json()
    [ageing] = said["ageing"]
    assert (ageing["days_31_60"], ageing["overdue"], ageing["not_due"]) == (6499999.76, 6499999.76, 500)
    assert ageing["outstanding"] == 6500499.76 and [late["booking_id"] for late in said["bookings"]] == [booking["id"]]
    accrued = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=builder.headers)).json()["interest_accrued"]
    assert accrued == pytest.approx(6499999.76 * 0.1075 * 45 / 365, abs=0.01)
    assert (await client.get(f"/api/builder/collections?project_id={2**62}", headers=builder.headers)).json() == {
        "ageing": [],
        "bookings": [],
    }
    assert (await client.get("/api/builder/collections", headers=customer.headers)).status_code == 403
    engineer = await make_member(builder, TeamRole.engineer)
    assert (await client.get("/api/builder/collections", headers=engineer.headers)).json()["code"] == "NOT_PERMITTED"
