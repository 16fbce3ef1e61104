"""Booking a unit, from the customer's side of the counter and from the builder's."""

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.units import Unit, UnitStatus
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.stories import confirmed_booking, pay, reserve, reserved_booking, set_status, types_told

pytestmark = pytest.mark.anyio

PLAN_OF_VECTOR = [750000.0, 1125000.0, 1125000.0, 1125000.01, 1125000.0, 1125000.0, 750000.0, 375000.0]


async def shown(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()


# ── Reserving ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stranger_is_asked_to_sign_in(client):
    answer = await client.post("/api/bookings", json={"unit_id": 1, "payment_plan": "full_payment"})
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_builder_does_not_book_as_a_customer(client):
    builder = await make_builder()
    assert (await reserve(client, builder, 1)).status_code == 403


@pytest.mark.parametrize("hidden", [{"published": False}, {"status": UnitStatus.unreleased}])
async def test_a_unit_that_is_not_shown_does_not_exist(client, hidden):
    builder = await make_builder()
    unit_id = await make_unit(builder, **hidden)

    answer = await reserve(client, await make_customer(), unit_id)

    assert answer.status_code == 404 and answer.json()["code"] == "NOT_FOUND"
    assert (await reserve(client, await make_customer(), 2**62)).status_code == 404


async def test_a_reserve_claims_the_unit_prices_it_and_writes_the_schedule(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    answer = await reserve(client, asha, unit_id)

    booking = answer.json()
    assert answer.status_code == 201 and answer.headers["Location"] == f"/api/bookings/{booking['id']}"
    assert booking["status"] == "reserved" and booking["total_amount"] == 7500000.01 and booking["token_amount"] == 150000.0
    assert booking["pending_amount"] == 7500000.01 and booking["paid_amount"] == 0 and booking["payment_status"] == "unpaid"
    assert booking["unit"]["project"]["builder"]["full_name"] == "Meera Iyer" and booking["customer"]["email"] == asha.email
    again = await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)
    assert again.content == answer.content and again.headers["ETag"] == answer.headers["ETag"]
    schedule = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=asha.headers)).json()["payment_schedule"]
    assert [line["amount"] for line in schedule] == PLAN_OF_VECTOR
    assert [line["status"] for line in schedule] == ["demanded", *["scheduled"] * 7]
    assert schedule[0]["due_date"] and schedule[0]["demand_no"] is None and not schedule[0]["is_overdue"]


async def test_nobody_sends_a_price(client):
    unit_id = await make_unit(await make_builder())

    answer = await reserve(client, await make_customer(), unit_id, total_amount=1)

    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "total_amount"


@pytest.mark.parametrize(
    ("said", "plan"),
    [("Down-Payment", "down_payment"), ("installments", "time_linked"), ("one_time", "full_payment"), ("TIME_LINKED", "time_linked")],
)
async def test_plans_are_understood_as_portals_spell_them(client, said, plan):
    unit_id = await make_unit(await make_builder())
    assert (await reserve(client, await make_customer(), unit_id, said)).json()["payment_plan"] == plan


async def test_a_loan_is_funding_and_not_a_plan(client):
    unit_id = await make_unit(await make_builder())
    booking = (await reserve(client, await make_customer(), unit_id, "loan")).json()
    assert booking["payment_plan"] == "construction_linked" and booking["needs_loan"] is True


@pytest.mark.parametrize(("plan", "status"), [(None, 422), ("monthly", 422), ("custom", 409)])
async def test_a_plan_that_is_not_there_is_refused_and_claims_nothing(client, plan, status):
    unit_id = await make_unit(await make_builder())

    assert (await reserve(client, await make_customer(), unit_id, plan)).status_code == status
    assert (await reserve(client, await make_customer(), unit_id)).status_code == 201


async def test_a_reserved_unit_is_refused_to_others_and_to_its_own_buyer(client):
    unit_id = await make_unit(await make_builder())
    asha = await make_customer()
    await reserve(client, asha, unit_id)

    for buyer in (asha, await make_customer()):
        answer = await reserve(client, buyer, unit_id)
        assert answer.status_code == 409 and answer.json()["code"] in ("UNIT_NOT_AVAILABLE", "INVALID_TRANSITION")


async def test_a_reserve_that_was_not_paid_in_time_is_free_without_any_sweeper(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    first = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Booking, first["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    assert (await shown(client, asha, first))["status"] == "expired"

    assert (await reserve(client, ravi, unit_id)).status_code == 201

    assert (await shown(client, asha, first))["pending_amount"] == 0
    assert await types_told(client, asha) == ["booking_expired"]
    assert await types_told(client, builder) == ["booking_reserved", "booking_expired", "booking_reserved"]


async def test_nobody_takes_a_tower_off_the_market_without_paying(client):
    builder, asha = await make_builder(), await make_customer()
    units = await make_units(builder, await make_project(builder), 5)
    for unit_id in units[:3]:
        first = await reserved_booking(client, asha, unit_id)

    assert (await reserve(client, asha, units[3])).json()["code"] == "RESERVE_LIMIT"
    await pay(client, builder, first, first["token_amount"])
    assert (await reserve(client, asha, units[3])).status_code == 201
    assert (await reserve(client, await make_customer(), units[4])).status_code == 201


async def test_an_enquiry_claims_nothing_and_goes_on_to_a_reserve(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)

    inquiry = (await reserve(client, asha, unit_id, None, intent="inquire")).json()
    assert inquiry["status"] == "inquiry" and inquiry["payment_plan"] is None
    assert (await reserve(client, asha, unit_id, None, intent="inquire")).json()["code"] == "ALREADY_ENQUIRED"
    booking = (await reserve(client, asha, unit_id)).json()

    assert booking["id"] == inquiry["id"] and booking["status"] == "reserved" and booking["booking_date"] > inquiry["booking_date"]


async def test_one_waits_only_for_what_is_taken_and_only_once(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    assert (await reserve(client, ravi, unit_id, None, intent="waitlist")).json()["code"] == "UNIT_AVAILABLE"
    await reserve(client, asha, unit_id)

    waiting = await reserve(client, ravi, unit_id, None, intent="waitlist")

    assert waiting.status_code == 201 and waiting.json()["status"] == "waitlisted"
    assert (await reserve(client, ravi, unit_id, None, intent="waitlist")).json()["code"] == "ALREADY_WAITING"


async def test_the_team_books_for_a_customer_it_knows_and_for_nobody_else(client):
    builder = await make_builder()
    asha, stranger = await make_customer(known_to=builder), await make_customer("Ravi Nair")
    unit_id = await make_unit(builder)
    order = {"customer_id": stranger.user_id, "unit_id": unit_id, "payment_plan": "full_payment"}

    assert (await client.post("/api/builder/bookings", json=order, headers=builder.headers)).status_code == 404
    answer = await client.post("/api/builder/bookings", json=order | {"customer_id": asha.user_id}, headers=builder.headers)

    assert answer.status_code == 201 and answer.json()["customer_id"] == asha.user_id
    assert await types_told(client, asha) == ["booking_reserved"] and await types_told(client, builder) == []


# ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_story_from_reserve_to_allotment(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))

    await pay(client, builder, booking, 100000)
    assert (await shown(client, asha, booking))["status"] == "reserved"
    await pay(client, builder, booking, "50000.00", "bank_transfer")
    assert (await shown(client, asha, booking))["status"] == "token_paid"
    confirmed = await set_status(client, builder, booking, "booking_confirmed")

    assert confirmed.status_code == 200 and confirmed.json()["status"] == "booking_confirmed" and confirmed.json()["confirmed_at"]
    assert await types_told(client, asha) == ["booking_confirmed", "booking_token_paid", "receipt_cleared", "receipt_cleared"]
    assert await types_told(client, builder) == ["booking_reserved"]


async def test_steps_are_the_managers_alone(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))

    assert (await set_status(client, asha, booking, "booking_confirmed")).json()["code"] == "WRONG_ROLE"
    seller = await make_member(builder, TeamRole.sales)
    assert (await set_status(client, seller, booking, "booking_confirmed")).json()["code"] == "NOT_PERMITTED"
    assert (await set_status(client, await make_builder("Bharat Builders"), booking, "rejected", reason="no")).status_code == 404


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("booking_confirmed", "INVALID_TRANSITION"),
        ("token_paid", "SET_BY_MONEY"),
        ("handed_over", "INVALID_TRANSITION"),
        ("expired", "INVALID_TRANSITION"),
    ],
)
async def test_a_step_that_does_not_exist_is_refused_with_those_that_do(client, status, code):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))

    answer = await set_status(client, builder, booking, status)

    assert answer.status_code == 409 and answer.json()["code"] == code and "reject" in answer.json()["allowed"]
    assert (await shown(client, asha, booking))["status"] == "reserved"


async def test_a_rejection_needs_a_reason_frees_the_unit_and_queues_the_refund(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    await pay(client, builder, booking, 150000)

    assert (await set_status(client, builder, booking, "rejected")).json()["errors"][0]["field"] == "reason"
    rejected = (await set_status(client, builder, booking, "rejected", reason="Documents do not match.")).json()

    assert rejected["status"] == "rejected" and rejected["status_reason"] == "Documents do not match."
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    assert [(payment["kind"], payment["payment_status"], payment["amount"]) for payment in money["payments"]] == [
        ("receipt", "completed", 150000),
        ("refund", "pending", 150000),
    ]
    assert money["total_pending"] == 0 and (await reserve(client, await make_customer(), unit_id)).status_code == 201


async def test_a_customer_lets_go_before_the_token_and_asks_for_it_after(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    cancel = {"url": f"/api/bookings/{booking['id']}/cancellation", "json": {"reason": "We found another home."}, "headers": asha.headers}

    assert (await client.post(**cancel)).json()["status"] == "cancelled"
    assert (await client.post(**cancel)).json()["code"] == "INVALID_TRANSITION"
    confirmed = await confirmed_booking(client, builder, asha, unit_id)
    answer = await client.post(f"/api/bookings/{confirmed['id']}/cancellation", json={}, headers=asha.headers)
    assert answer.status_code == 201 and answer.json()["status"] == "cancellation_requested"


async def test_money_on_its_way_keeps_a_reserve_from_being_cancelled(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    await pay(client, builder, booking, 1000, "cheque")

    answer = await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)

    assert answer.status_code == 409 and answer.json()["code"] == "PAYMENT_PENDING"


async def test_what_the_clock_has_ended_takes_no_more_steps(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    booking = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")

    for answer in (
        await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers),
        await set_status(client, builder, booking, "rejected", reason="Too late."),
        await set_status(client, builder, booking, "booking_confirmed"),
    ):
        assert answer.status_code == 409 and answer.json()["code"] == "INVALID_TRANSITION"
    assert answer.json()["from"] in ("expired", "reserved") and (await shown(client, asha, booking))["status"] == "expired"


async def test_sales_may_let_go_of_a_reserve_but_not_confirm_it(client):
    builder = await make_builder()
    seller = await make_member(builder, TeamRole.sales)
    booking = await reserved_booking(client, await make_customer(known_to=seller), await make_unit(builder))

    assert (await set_status(client, seller, booking, "rejected", reason="no")).status_code == 403
    assert (await set_status(client, seller, booking, "cancelled")).json()["status"] == "cancelled"


TOLD = {  # domain.md §7: which of the team hear of what, besides the customer
    "booking_reserved": {TeamRole.sales_manager, TeamRole.sales},
    "booking_token_paid": {TeamRole.sales_manager, TeamRole.sales},
    "booking_confirmed": {TeamRole.sales_manager, TeamRole.finance},
    "booking_cancelled": {TeamRole.sales_manager, TeamRole.sales, TeamRole.finance},
    "booking_rejected": {TeamRole.sales_manager, TeamRole.sales, TeamRole.finance},
    "receipt_cleared": {TeamRole.finance},
}


async def test_those_whom_it_concerns_are_told_and_nobody_else(client):
    builder = await make_builder()
    team = {role: await make_member(builder, role) for role in TeamRole if role is not TeamRole.owner}
    seller = team[TeamRole.sales]
    await confirmed_booking(client, builder, await make_customer(known_to=seller), await make_unit(builder))
    for status in ("rejected", "cancelled"):
        booking = await reserved_booking(client, await make_customer(known_to=seller), await make_unit(builder))
        await set_status(client, builder, booking, status, reason="So be it.")

    for role, member in team.items():
        expected = {event for event, roles in TOLD.items() if role in roles or role is TeamRole.admin}
        assert set(await types_told(client, member)) == expected, role


async def test_a_stale_etag_is_refused(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    etag = (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).headers["ETag"]
    await pay(client, builder, booking, 150000)

    answer = await set_status(client, builder, booking, "booking_confirmed", headers={"If-Match": etag})

    assert answer.status_code == 412 and answer.json()["code"] == "STALE_VERSION"
    fresh = (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).headers["ETag"]
    assert (await set_status(client, builder, booking, "booking_confirmed", headers={"If-Match": fresh})).status_code == 200


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_the_parties_see_a_booking(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))

    for stranger in (await make_customer("Ravi Nair"), await make_builder("Bharat Builders")):
        for address in (f"/api/bookings/{booking['id']}", f"/api/bookings/{booking['id']}/payments"):
            assert (await client.get(address, headers=stranger.headers)).status_code == 404
    assert (await shown(client, builder, booking))["customer"]["full_name"] == "Asha Rao"


async def test_an_unchanged_booking_is_not_sent_again(client):
    asha = await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(await make_builder()))
    first = await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)

    again = await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers | {"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304 and again.content == b"" and first.headers["Cache-Control"] == "no-store"


async def test_a_customers_bookings_are_its_own_and_the_builders_share_of_them(client):
    builder, bharat, asha = await make_builder(), await make_builder("Bharat Builders"), await make_customer()
    ours = await reserved_booking(client, asha, await make_unit(builder))
    theirs = await reserved_booking(client, asha, await make_unit(bharat))
    address = f"/api/bookings/customer/{asha.user_id}"

    assert [row["id"] for row in (await client.get(address, headers=asha.headers)).json()] == [theirs["id"], ours["id"]]
    assert [row["id"] for row in (await client.get(address, headers=builder.headers)).json()] == [ours["id"]]
    assert (await client.get(address, headers=(await make_customer("Ravi Nair")).headers)).status_code == 403


async def test_the_builders_list_filters_by_state_group_project_money_and_text(client):
    builder, asha = await make_builder(), await make_customer("Zubin Mistry")
    confirmed = await confirmed_booking(client, builder, asha, await make_unit(builder))
    reserved = await reserved_booking(client, await make_customer(), await make_unit(builder))

    async def found(**query):
        page = (await client.get("/api/builder/bookings", params=query, headers=builder.headers)).json()
        assert page["total"] == len(page["bookings"])
        return [row["id"] for row in page["bookings"]]

    assert await found() == [reserved["id"], confirmed["id"]]
    assert await found(status="active") == await found(status="Booking-Confirmed") == [confirmed["id"]]
    assert await found(status="pending") == await found(payment_status="unpaid") == [reserved["id"]]
    assert await found(project_id=reserved["project_id"]) == [reserved["id"]]
    assert await found(q="mistry") == await found(q=confirmed["booking_number"].lower()) == [confirmed["id"]]
    assert await found(q="%") == [] and await found(sort="total_amount,-created_at") == [reserved["id"], confirmed["id"]]


async def test_the_builders_list_carries_its_figures(client):
    builder = await make_builder()
    await confirmed_booking(client, builder, await make_customer(), await make_unit(builder))
    await reserved_booking(client, await make_customer(), await make_unit(builder))

    page = (await client.get("/api/builder/bookings?limit=1&count=false", headers=builder.headers)).json()

    assert page["total"] is None and len(page["bookings"]) == 1
    assert page["stats"] == {
        "total_bookings": 2,
        "active_bookings": 1,
        "completed_bookings": 0,
        "total_revenue": 150000,
        "pending_revenue": 2 * 7500000.01 - 150000,
        "by_currency": [{"currency": "INR", "total_revenue": 150000, "pending_revenue": 2 * 7500000.01 - 150000}],
    }


@pytest.mark.parametrize("query", ["status=nonsense", "sort=price", "sort=-id", "page=0", "limit=101", "project=1", "q=%00"])
async def test_a_wrong_question_is_422(client, query):
    answer = await client.get(f"/api/builder/bookings?{query}", headers=(await make_builder()).headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == query.partition("=")[0]
