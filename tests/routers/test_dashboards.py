"""/api/builder/dashboard and /api/customer/dashboard"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from realestate.models.units import Unit
from tests import figures
from tests.factories import (
    let_time_pass,
    make_builder,
    make_change_request,
    make_customer,
    make_member,
    make_project,
    make_unit,
    make_units,
)
from tests.queries import counted
from tests.routers.test_parties import swap
from tests.stories import confirmed_booking, pay, posted_update, reserve, reserved_booking, set_status, visit, written

pytestmark = pytest.mark.anyio


async def dashboard(client, person):
    answer = await client.get(f"/api/{person.role}/dashboard", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def payments_of(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()


def cents(*amounts):
    return sum(Decimal(str(amount)) for amount in amounts)


@pytest.mark.parametrize("side", ["builder", "customer"])
async def test_each_side_has_its_own(client, side):
    anyone = await client.get(f"/api/{side}/dashboard")
    other = await make_customer() if side == "builder" else await make_builder()
    wrong = await client.get(f"/api/{side}/dashboard", headers=other.headers)
    assert (anyone.status_code, wrong.status_code, wrong.json()["code"]) == (401, 403, "WRONG_ROLE")


async def test_a_new_company_has_zeros_and_empty_lists(client):
    said = await dashboard(client, await make_builder())
    assert set(said["units"].values()) == set(said["bookings"].values()) == set(said["change_requests"].values()) == {0}
    amounts = dict.fromkeys(("booked", "received", "received_this_month", "outstanding", "overdue"), 0)
    assert said["revenue"] == [{"currency": "INR", **amounts}]
    assert said["appointments"] == {"today": 0, "next_7_days": 0, "next": []}
    assert said["conversations"] == {"open": 0, "unread": 0, "unread_messages": 0}
    assert (said["projects"], said["activity"], said["unread_notifications"]) == ([], [], 0)


async def test_a_new_customer_has_empty_lists(client):
    said = await dashboard(client, await make_customer())
    assert (said["unread_notifications"], said["unread_messages"]) == (0, 0)
    assert [said[name] for name in ("bookings", "appointments", "change_requests", "updates")] == [[]] * 4


async def test_it_is_one_statement(client):
    for person in (await make_builder(), await make_customer()):
        with counted() as sent:
            await dashboard(client, person)
        assert len(sent) == 1


# ── Money ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_money_is_the_same_to_the_paisa_wherever_it_is_said(client):
    """A confirmed booking with receipts, a reserve, one turned down with its refund, and one that has lapsed."""
    builder, customer = await make_builder(), await make_customer()
    units = await make_units(builder, await make_project(builder), 4, price="7500000.01")
    confirmed = await confirmed_booking(client, builder, customer, units[0])
    await pay(client, builder, confirmed, "333333.33")
    reserved = await reserved_booking(client, customer, units[1], "down_payment")
    rejected = await reserved_booking(client, await make_customer(), units[2])
    await pay(client, builder, rejected, rejected["token_amount"])
    assert (await set_status(client, builder, rejected, "rejected", reason="No papers.")).status_code == 200
    lapsed = await reserved_booking(client, await make_customer(), units[3])
    await let_time_pass(Booking, lapsed["id"], "reserve_expires_at")
    await let_time_pass(Unit, units[3], "hold_expires_at")

    said = await dashboard(client, builder)
    [revenue] = said["revenue"]
    stats = (await client.get("/api/builder/bookings", headers=builder.headers)).json()["stats"]
    books = [await payments_of(client, builder, one) for one in (confirmed, reserved, rejected, lapsed)]
    assert cents(revenue["received"]) == cents(stats["total_revenue"]) == cents(*(book["total_paid"] for book in books))
    assert cents(revenue["outstanding"]) == cents(stats["pending_revenue"]) == cents(*(book["total_pending"] for book in books))
    assert cents(revenue["booked"]) == cents(confirmed["total_amount"], reserved["total_amount"]) == Decimal("15000000.02")
    numbers = ("total_bookings", "active_bookings", "completed_bookings")
    assert [said["bookings"][name] for name in ("total", "active", "completed")] == [stats[name] for name in numbers] == [4, 1, 0]
    assert (said["bookings"]["pending"], said["bookings"]["cancelled"]) == (1, 2)
    assert {name: count for name, count in said["units"].items() if count} == {"total": 4, "available": 2, "reserved": 1, "booked": 1}


async def test_what_is_late_is_the_lines_that_are_and_the_month_is_what_came_in_it(client):
    builder, customer = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder))
    first = (await payments_of(client, builder, booking))["payment_schedule"][0]
    await let_time_pass(Installment, first["id"], "due_date", timedelta(days=10))
    today = (datetime.now(UTC) + timedelta(hours=5, minutes=30)).date()  # where the project stands
    await pay(client, builder, booking, "1000.25", payment_date=today.isoformat())

    [revenue] = (await dashboard(client, builder))["revenue"]
    book = await payments_of(client, builder, booking)
    late = [line["outstanding"] for line in book["payment_schedule"] if line["is_overdue"]]
    assert late and cents(revenue["overdue"]) == cents(*late)
    assert revenue["received_this_month"] == 1000.25 and revenue["received"] == cents(booking["token_amount"], "1000.25")


async def test_money_that_goes_along_with_a_booking_has_come_once_and_in_its_month(client):
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    first, second = await make_units(builder, project_id, 2)
    booking = await confirmed_booking(client, builder, customer, first)
    await pay(client, builder, booking, "1000.25", payment_date=(datetime.now(UTC) + timedelta(hours=5, minutes=30)).date().isoformat())
    [before] = (await dashboard(client, builder))["revenue"]

    assert (await swap(client, builder, booking, second)).status_code == 201

    [revenue] = (await dashboard(client, builder))["revenue"]
    assert (revenue["received_this_month"], revenue["received"]) == (1000.25, before["received"])
    await figures.reconcile(client, builder, customer, project_id)


async def test_currencies_are_not_added_up(client):
    builder, customer = await make_builder(), await make_customer()
    here, there = await make_project(builder), await make_project(builder, currency="AED", timezone="Asia/Dubai")
    for project_id in (here, there):
        [unit_id] = await make_units(builder, project_id, price="1000000")
        await reserved_booking(client, customer, unit_id, "down_payment")
    revenue = (await dashboard(client, builder))["revenue"]
    assert [(one["currency"], one["booked"], one["outstanding"]) for one in revenue] == [("AED", 1e6, 1e6), ("INR", 1e6, 1e6)]
    stats = (await client.get("/api/builder/bookings", headers=builder.headers)).json()["stats"]
    assert stats["pending_revenue"] == 1e6, "in the company's own"
    assert [(one["currency"], one["pending_revenue"]) for one in stats["by_currency"]] == [("AED", 1e6), ("INR", 1e6)]


async def test_who_does_not_read_reports_reads_all_but_the_money(client):
    builder, customer = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder))
    for role in TeamRole:
        said = await dashboard(client, await make_member(builder, role))
        assert (said["revenue"] is None) == (role in (TeamRole.engineer, TeamRole.support)), role
        assert said["units"]["total"] == 1
    engineer = await make_member(builder, TeamRole.engineer)
    for member, came in ((engineer, None), (builder, booking["token_amount"])):
        stats = (await client.get("/api/builder/bookings", headers=member.headers)).json()["stats"]
        assert (stats["total_bookings"], stats["total_revenue"], stats["by_currency"] is None) == (1, came, came is None)


# ── What waits ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_team_reads_what_waits_for_it(client):
    builder, customer = await make_builder(), await make_customer("Ravi Menon")
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder))
    await make_change_request(builder, booking)
    await written(client, customer, booking["project_id"])
    await written(client, customer, booking["project_id"], "Hello?")
    seen = await visit(client, customer, booking["project_id"], 0)

    said = await dashboard(client, builder)
    assert said["change_requests"] == {"waiting": 1, "quoted": 0, "approved": 0, "in_progress": 0}
    assert said["conversations"] == {"open": 1, "unread": 1, "unread_messages": 2}
    [coming] = said["appointments"]["next"]
    assert (coming["id"], coming["appointment_date"], coming["customer"]["full_name"]) == (
        seen["id"],
        seen["appointment_date"],
        "Ravi Menon",
    )
    assert said["appointments"]["next_7_days"] == 1
    [project] = said["projects"]
    assert (project["id"], project["overall_progress"], project["available_units"]) == (booking["project_id"], 0, 0)
    assert said["activity"][0]["type"] == "appointment_booked" and said["unread_notifications"] >= 4


async def test_a_customer_reads_what_is_due_and_what_waits(client):
    builder, customer = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, customer, await make_unit(builder), "down_payment")
    wish = await make_change_request(builder, booking)
    quote = {"lines": [{"name": "Sockets", "amount": 1000, "tax_percent": 18}]}
    path = f"/api/change-requests/{wish}"
    await client.patch(path, json={"status": "under_review"}, headers=builder.headers)
    assert (await client.post(f"{path}/quote", json=quote, headers=builder.headers)).status_code in (200, 201)
    news = await posted_update(client, builder, booking["project_id"])
    await posted_update(client, builder, booking["project_id"], audience="internal")
    await posted_update(client, builder, await make_project(builder))  # not where it has booked
    await written(client, builder, booking["project_id"], customer_id=customer.user_id)
    seen = await visit(client, customer, booking["project_id"])

    said = await dashboard(client, customer)
    book = await payments_of(client, customer, booking)
    [mine] = said["bookings"]
    assert (mine["id"], mine["status"], mine["payment_status"]) == (booking["id"], "booking_confirmed", "partial")
    assert (mine["paid_amount"], mine["pending_amount"]) == (book["total_paid"], book["total_pending"])
    due = next(line for line in book["payment_schedule"] if line["outstanding"] and line["due_date"])
    names = ("name", "due_date", "outstanding", "is_overdue")
    assert mine["next_due"] == {"installment_id": due["id"]} | {name: due[name] for name in names}
    [wanted] = said["change_requests"]
    assert (wanted["id"], wanted["estimated_cost"], wanted["quote_version"]) == (wish, 1180, 1)
    assert [one["id"] for one in said["updates"]] == [news["id"]]
    assert [one["id"] for one in said["appointments"]] == [seen["id"]]
    assert said["unread_messages"] == 1 and said["unread_notifications"] > 0


async def test_a_booking_that_owes_nothing_with_a_day_has_no_next_line(client):
    customer = await make_customer()
    await reserve(client, customer, await make_unit(await make_builder()), None, intent="inquire")
    [mine] = (await dashboard(client, customer))["bookings"]
    assert (mine["status"], mine["next_due"], mine["paid_amount"], mine["pending_amount"]) == ("inquiry", None, 0, 0)


# ── The wall ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_another_company_and_another_customer_leave_no_trace(client):
    builder, customer = await make_builder(), await make_customer()
    other, stranger = await make_builder(), await make_customer()
    await confirmed_booking(client, other, stranger, await make_unit(other))
    assert (await dashboard(client, builder))["units"]["total"] == 0
    said = await dashboard(client, builder)
    assert (said["bookings"]["total"], said["revenue"][0]["booked"], said["projects"]) == (0, 0, [])
    assert (await dashboard(client, customer))["bookings"] == []


async def test_a_member_limited_to_a_project_sees_the_figures_of_that_project(client):
    builder, customer = await make_builder(), await make_customer()
    here, there = await make_project(builder), await make_project(builder)
    bookings = {}
    for project_id, price in ((here, "1000000"), (there, "2000000")):
        [unit_id] = await make_units(builder, project_id, price=price)
        bookings[project_id] = await confirmed_booking(client, builder, customer, unit_id)
    limited = await dashboard(client, await make_member(builder, TeamRole.finance, here))
    [revenue] = limited["revenue"]
    book = await payments_of(client, builder, bookings[here])
    assert (revenue["booked"], revenue["received"], revenue["outstanding"]) == (1e6, book["total_paid"], book["total_pending"])
    assert [one["id"] for one in limited["projects"]] == [here]
    assert (limited["units"]["total"], limited["bookings"]["total"]) == (1, 1)


async def test_a_seller_sees_the_bookings_of_its_own_customers(client):
    builder = await make_builder()
    seller = await make_member(builder, TeamRole.sales)
    units = await make_units(builder, await make_project(builder), 2)
    await reserved_booking(client, await make_customer(known_to=seller), units[0])
    await reserved_booking(client, await make_customer(), units[1])
    said = await dashboard(client, seller)
    assert (said["bookings"]["total"], said["units"]["total"]) == (1, 2)
    assert said["activity"] == [] or {one["builder_id"] for one in said["activity"]} == {builder.builder_id}
