"""What buyers want otherwise in their home: asked, priced, agreed to, built."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from realestate.models.bookings import BookingStatus
from realestate.models.change_requests import ChangeRequestStatus
from realestate.services import change_requests
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.queries import counted
from tests.speaking import speaking
from tests.stories import confirmed_booking, made_phase, pay, reserved_booking, types_told, upload

pytestmark = pytest.mark.anyio
PATH = "/api/change-requests"
WISH = {"request_type": "electrical", "request_title": "Two more sockets", "request_description": "One beside the window."}
LINES = [{"name": "Sockets", "amount": 12500, "tax_percent": 18}, {"name": "Chasing", "amount": 333.33, "tax_percent": 5}]
PRICE = {"lines": LINES, "days": 10}
TOTAL = 15100.0  # 12,500 + 2,250 and 333.33 + 16.67


@pytest.fixture
async def sold(client):
    """A confirmed booking, its builder and its customer."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await confirmed_booking(client, builder, customer, await make_unit(builder))


def say(client, person, path, body=None, **headers):
    return client.post(f"{PATH}{path}", json=body, headers=person.headers | headers)


async def done(client, person, path, body=None):
    """The document after a step that works."""
    answer = await say(client, person, path, body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def wish(client, customer, booking, **more):
    return await done(client, customer, "", WISH | {"booking_id": booking["id"]} | more)


async def quoted(client, sold, price=PRICE):
    builder, customer, booking = sold
    request = await wish(client, customer, booking)
    await done(client, builder, f"/{request['id']}/review")
    return await done(client, builder, f"/{request['id']}/quote", price)


def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


# ── Who may ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_the_customer_asks_and_only_for_its_own_home(client, sold):
    builder, _, booking = sold
    said = WISH | {"booking_id": booking["id"]}
    refused(await client.post(PATH, json=said), 401, "UNAUTHENTICATED")
    refused(await say(client, builder, "", said), 403, "WRONG_ROLE")
    refused(await say(client, await make_customer("Ravi Nair"), "", said), 404, "NOT_FOUND")


async def test_only_those_of_the_team_whose_work_it_is_take_its_steps(client, sold):
    builder, customer, booking = sold
    request = await wish(client, customer, booking)
    may = {
        "review": (TeamRole.sales_manager, TeamRole.engineer),
        "quote": (TeamRole.finance, TeamRole.engineer),
        "work": (TeamRole.engineer,),
    }
    for step, roles in may.items():
        for role in (TeamRole.support, TeamRole.viewer, *({TeamRole.sales_manager, TeamRole.finance, TeamRole.engineer} - set(roles))):
            refused(await say(client, await make_member(builder, role), f"/{request['id']}/{step}", PRICE), 403, "NOT_PERMITTED")
    engineer, finance = await make_member(builder, TeamRole.engineer), await make_member(builder, TeamRole.finance)
    assert (await done(client, engineer, f"/{request['id']}/review"))["status"] == "under_review"
    assert (await done(client, finance, f"/{request['id']}/quote", PRICE))["status"] == "quoted"


async def test_nobody_accepts_for_the_customer(client, sold):
    builder, customer, _ = sold
    request = await quoted(client, sold)
    other = await make_customer("Ravi Nair")
    for person, status, code in ((builder, 403, "WRONG_ROLE"), (other, 404, "NOT_FOUND")):
        refused(await say(client, person, f"/{request['id']}/acceptance", {"quote_version": 1}), status, code)
        step = {"status": "approved", "estimated_cost": TOTAL}
        refused(await client.patch(f"{PATH}/{request['id']}", json=step, headers=person.headers), status, code)
    refused(await client.patch(f"{PATH}/{request['id']}", json={"status": "quoted"}, headers=customer.headers), 403, "WRONG_ROLE")


# ── From the wish to the work ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_wish_is_priced_agreed_to_charged_and_built(client, sold):
    builder, customer, booking = sold
    request = await wish(client, customer, booking)
    assert (request["status"], request["quote_version"], request["booking"]["booking_number"]) == (
        "submitted",
        0,
        booking["booking_number"],
    )
    assert (await done(client, builder, f"/{request['id']}/review", {"note": "We are looking."}))["builder_response"] == "We are looking."
    price = await done(client, builder, f"/{request['id']}/quote", PRICE)
    assert (price["estimated_cost"], price["tax_amount"], price["estimated_timeline_days"]) == (TOTAL, 2266.67, 10)
    assert [(line["name"], line["amount"], line["tax_amount"]) for line in price["quote_lines"]] == [
        ("Sockets", 12500.0, 2250.0),
        ("Chasing", 333.33, 16.67),
    ]
    agreed = await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    assert (agreed["status"], agreed["approval_date"] is not None) == ("approved", True)
    assert [(charge["name"], charge["amount"], charge["tax_amount"], charge["status"]) for charge in agreed["charges"]] == [
        ("Sockets", 14750.0, 2250.0, "demanded"),
        ("Chasing", 350.0, 16.67, "demanded"),
    ]
    assert all(charge["demand_no"] and charge["due_date"] for charge in agreed["charges"])
    addendum = agreed["addendum"]
    assert (addendum["number"], addendum["quote_version"], addendum["days"]) == (f"{booking['booking_number']}-A1", 1, 10)
    assert (addendum["possession_before"], addendum["possession_after"]) == ("2028-03-31", "2028-04-10")
    assert (await done(client, builder, f"/{request['id']}/work"))["status"] == "in_progress"
    built = await done(client, builder, f"/{request['id']}/completion", {"note": "Done and tested."})
    assert (built["status"], built["final_cost"], built["completion_date"] is not None) == ("completed", TOTAL, True)
    assert (await client.get(f"{PATH}/{request['id']}", headers=customer.headers)).json() == built


async def test_the_booking_owes_the_charges_beyond_its_schedule_and_moves_its_promise(client, sold):
    _, customer, booking = sold
    before = (await client.get(f"/api/bookings/{booking['id']}", headers=customer.headers)).json()
    request = await quoted(client, sold)
    await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    after = (await client.get(f"/api/bookings/{booking['id']}", headers=customer.headers)).json()
    assert after["total_amount"] == before["total_amount"]
    assert after["pending_amount"] == pytest.approx(before["pending_amount"] + TOTAL, abs=0.001)
    assert (before["promised_possession_date"], after["promised_possession_date"]) == ("2028-03-31", "2028-04-10")
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()["payment_schedule"]
    assert [line["kind"] for line in lines] == ["installment"] * 8 + ["charge"] * 2


async def test_money_meets_the_schedule_before_the_charges_and_no_more_than_all_of_it(client, sold):
    builder, customer, booking = sold
    request = await quoted(client, sold)
    await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    first = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()["payment_schedule"][0]
    assert (await pay(client, builder, booking, first["outstanding"] + 1000, "bank_transfer")).status_code == 201
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()["payment_schedule"]
    assert (lines[0]["status"], lines[8]["status"], lines[8]["paid_amount"]) == ("paid", "partially_paid", 1000)
    pending = (await client.get(f"/api/bookings/{booking['id']}", headers=customer.headers)).json()["pending_amount"]
    refused(await pay(client, builder, booking, round(pending + 0.01, 2), "bank_transfer"), 409, "EXCEEDS_TOTAL")
    assert (await pay(client, builder, booking, pending, "bank_transfer")).status_code == 201


async def test_credit_meets_the_charges_at_once(client, sold):
    builder, customer, booking = sold
    first = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()["payment_schedule"][0]
    await pay(client, builder, booking, first["outstanding"] + 15000, "bank_transfer")
    request = await quoted(client, sold)
    agreed = await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    assert [charge["outstanding"] for charge in agreed["charges"]] == [0, 100]


async def test_a_second_change_has_the_next_addendum_and_counts_from_there(client, sold):
    _, customer, booking = sold
    for number, possession in ((1, "2028-04-10"), (2, "2028-04-20")):
        request = await quoted(client, sold)
        agreed = await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
        assert agreed["addendum"]["number"] == f"{booking['booking_number']}-A{number}"
        assert agreed["addendum"]["possession_after"] == possession


async def test_what_costs_nothing_is_agreed_to_without_charges(client, sold):
    _, customer, _ = sold
    request = await quoted(client, sold, {"lines": [{"name": "As a favour", "amount": 0}]})
    agreed = await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    assert (agreed["status"], agreed["charges"], agreed["estimated_cost"]) == ("approved", [], 0)


async def test_the_portals_patch_takes_the_same_steps(client, sold):
    builder, customer, booking = sold
    request = await wish(client, customer, booking)

    async def patch(person, **said):
        answer = await client.patch(f"{PATH}/{request['id']}", json=said, headers=person.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert (await patch(builder, status="under_review"))["status"] == "under_review"
    price = await patch(builder, status="quoted", estimated_cost=5000, estimated_timeline_days=4, builder_response="All in.")
    assert (price["estimated_cost"], price["estimated_timeline_days"], price["builder_response"]) == (5000, 4, "All in.")
    agreed = await patch(customer, status="approved", estimated_cost=5000, customer_response="Yes, please.")
    assert (agreed["status"], agreed["customer_response"], len(agreed["charges"])) == ("approved", "Yes, please.", 1)
    assert [(await patch(builder, status=status))["status"] for status in ("in_progress", "completed")] == ["in_progress", "completed"]


@pytest.mark.parametrize(
    ("status", "field"), [("quoted", "estimated_cost"), ("rejected", "rejection_reason"), ("approved", "quote_version")]
)
async def test_a_patch_says_what_is_missing(client, sold, status, field):
    builder, customer, _ = sold
    request = await quoted(client, sold)
    person = customer if status == "approved" else builder
    answer = await client.patch(f"{PATH}/{request['id']}", json={"status": status}, headers=person.headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == field


# ── Prices ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_price_voids_the_one_before(client, sold):
    builder, customer, _ = sold
    request = await quoted(client, sold)
    revised = await done(client, builder, f"/{request['id']}/quote", {"lines": [{"name": "All in", "amount": 9000}]})
    assert (revised["quote_version"], revised["estimated_cost"], revised["status"]) == (2, 9000, "quoted")
    answer = await say(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    refused(answer, 409, "QUOTE_CHANGED")
    assert (answer.json()["quote_version"], answer.json()["estimated_cost"]) == (2, 9000)
    said = {"status": "approved", "estimated_cost": TOTAL}
    refused(await client.patch(f"{PATH}/{request['id']}", json=said, headers=customer.headers), 409, "QUOTE_CHANGED")
    agreed = await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 2})
    assert [charge["amount"] for charge in agreed["charges"]] == [9000]
    refused(await say(client, builder, f"/{request['id']}/quote", PRICE), 409, "INVALID_TRANSITION")


async def test_a_price_ends_by_the_clock_and_may_be_named_again(client, sold):
    builder, customer, _ = sold
    request = await quoted(client, sold)
    await let_time_pass_for(request)
    assert (await client.get(f"{PATH}/{request['id']}", headers=customer.headers)).json()["status"] == "quote_expired"
    for path, body in (("acceptance", {"quote_version": 1}), ("decline", None), ("withdrawal", None)):
        answer = await say(client, customer, f"/{request['id']}/{path}", body)
        refused(answer, 409, "INVALID_TRANSITION")
        assert (answer.json()["from"], answer.json()["allowed"]) == ("quote_expired", ["quote"])
    assert (await client.get(PATH, headers=customer.headers)).json() == []
    await done(client, builder, f"/{request['id']}/quote", PRICE)
    assert (await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 2}))["status"] == "approved"


async def let_time_pass_for(request):
    """As if its price had ended a minute ago. A price is never altered: the owner's hand lets the guard rest."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("ALTER TABLE change_requests DISABLE TRIGGER prices_are_new")
        owner.execute("SET ROLE realestate_worker")
        owner.execute("UPDATE change_requests SET quote_valid_until = now() - interval '1 minute' WHERE id = %s", [request["id"]])
        owner.execute("RESET ROLE")
        owner.execute("ALTER TABLE change_requests ENABLE TRIGGER prices_are_new")


async def test_the_sweeper_writes_down_what_the_clock_has_decided_and_tells(client, sold):
    builder, customer, _ = sold
    request, other = await quoted(client, sold), await quoted(client, sold)
    await let_time_pass_for(request)
    assert await change_requests.expire() >= 1
    async with speaking(WORKER) as connection:
        query = "SELECT id, status FROM change_requests WHERE id = ANY (%s) ORDER BY id"
        rows = await (await connection.execute(query, [[request["id"], other["id"]]])).fetchall()
    assert rows == [(request["id"], "quote_expired"), (other["id"], "quoted")]
    assert (await types_told(client, customer))[0] == "change_request_expired"
    assert (await done(client, builder, f"/{request['id']}/quote", PRICE))["quote_version"] == 2


@pytest.mark.parametrize("days", [-1, 0, 400])
async def test_a_price_is_good_for_some_time_within_a_year(client, sold, days):
    builder, customer, booking = sold
    request = await wish(client, customer, booking)
    await done(client, builder, f"/{request['id']}/review")
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = await say(client, builder, f"/{request['id']}/quote", PRICE | {"valid_until": until})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "valid_until"


async def test_accepted_twice_at_once_it_is_charged_once(client, sold):
    _, customer, booking = sold
    request = await quoted(client, sold)
    answers = await asyncio.gather(*(say(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    lines = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=customer.headers)).json()["payment_schedule"]
    assert [line["kind"] for line in lines].count("charge") == 2


async def test_accepted_while_another_price_is_named_it_is_one_or_the_other(client, sold):
    builder, customer, _ = sold
    for _ in range(5):
        request = await quoted(client, sold)
        new = {"lines": [{"name": "All in", "amount": 9000}]}
        accepted, revised = await asyncio.gather(
            say(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1}),
            say(client, builder, f"/{request['id']}/quote", new),
        )
        assert sorted((accepted.status_code, revised.status_code)) in ([200, 409], [201, 409]), (accepted.text, revised.text)
        if accepted.status_code == 200:
            assert sum(charge["amount"] for charge in accepted.json()["charges"]) == TOTAL


# ── All steps, all people ──────────────────────────────────────────────────────────────────────────────────────────────────

TARGETS = {
    "under_review": ("review", "builder", ("submitted",)),
    "quoted": ("quote", "builder", ("under_review", "quoted", "quote_expired")),
    "rejected": ("reject", "builder", ("under_review",)),
    "approved": ("accept", "customer", ("quoted",)),
    "declined": ("decline", "customer", ("quoted",)),
    "withdrawn": ("withdraw", "customer", ("submitted", "under_review", "quoted")),
    "in_progress": ("start", "builder", ("approved",)),
    "completed": ("complete", "builder", ("in_progress",)),
    "submitted": ("submit", "builder", ()),
    "quote_expired": ("expire", "builder", ()),
}
"""For each state: what leads there, who may say so, and from where (domain.md §5)."""
WAY = {
    "submitted": [],
    "under_review": ["under_review"],
    "quoted": ["under_review", "quoted"],
    "approved": ["under_review", "quoted", "approved"],
    "declined": ["under_review", "quoted", "declined"],
    "rejected": ["under_review", "rejected"],
    "withdrawn": ["withdrawn"],
    "in_progress": ["under_review", "quoted", "approved", "in_progress"],
    "completed": ["under_review", "quoted", "approved", "in_progress", "completed"],
}
SAID = {"estimated_cost": 5000, "rejection_reason": "It carries the floor above."}


@pytest.mark.parametrize("state", [state.value for state in ChangeRequestStatus])
async def test_each_step_from_each_state_by_each_side(client, sold, state):
    builder, customer, booking = sold
    sides = {"builder": builder, "customer": customer}

    async def patch(request_id, target, side):
        return await client.patch(f"{PATH}/{request_id}", json=SAID | {"status": target}, headers=sides[side].headers)

    async def fresh():
        request = await wish(client, customer, booking)
        for target in WAY["quoted" if state == "quote_expired" else state]:
            assert (await patch(request["id"], target, TARGETS[target][1])).status_code == 200
        if state == "quote_expired":
            await let_time_pass_for(request)
        return request["id"]

    request_id = await fresh()
    for target, (event, who, sources) in TARGETS.items():
        other = "customer" if who == "builder" else "builder"
        refused(await patch(request_id, target, other), 403, "WRONG_ROLE")
        answer = await patch(request_id, target, who)
        if state in sources:
            assert (answer.status_code, answer.json()["status"]) == (200, target), answer.text
            request_id = await fresh()
        else:
            refused(answer, 409, "INVALID_TRANSITION")
            assert event == "expire" or event not in answer.json()["allowed"]  # the clock's to take


# ── Bookings ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_only_a_home_that_is_bought_and_not_handed_over_is_changed(client):
    builder, customer = await make_builder(), await make_customer()
    one, other = await make_units(builder, await make_project(builder), 2)
    booking = await reserved_booking(client, customer, one)
    refused(await say(client, customer, "", WISH | {"booking_id": booking["id"]}), 409, "NOT_CHANGEABLE")
    sold = builder, customer, await confirmed_booking(client, builder, customer, other)
    request = await quoted(client, sold)
    async with speaking(WORKER) as connection:
        query = "UPDATE bookings SET status = %s WHERE id = %s"
        await connection.execute(query, [BookingStatus.possession_offered, sold[2]["id"]])
        await connection.commit()
    refused(await say(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1}), 409, "NOT_CHANGEABLE")
    refused(await say(client, builder, f"/{request['id']}/quote", PRICE), 409, "NOT_CHANGEABLE")


async def test_a_stale_version_is_refused(client, sold):
    builder, _, _ = sold
    request = await quoted(client, sold)
    headers = builder.headers | {"If-Match": '"1-x"'}
    answer = await client.patch(f"{PATH}/{request['id']}", json={"status": "quoted", "estimated_cost": 1}, headers=headers)
    refused(answer, 412, "STALE_VERSION")


async def test_what_the_work_has_come_too_far_for_is_not_asked_nor_priced(client):
    """Of a phase that several scopes define the widest counts, whether customers are shown it or not."""
    builder, customer = await make_builder(), await make_customer()
    rules = {"change_cutoffs": {"electrical": {"phase_key": "finishing", "threshold_pct": 50}}}
    project = await make_project(builder, rules=rules)
    [unit] = await make_units(builder, project)
    sold = builder, customer, await confirmed_booking(client, builder, customer, unit)
    early = await wish(client, customer, sold[2])
    await done(client, builder, f"/{early['id']}/review")
    for unit_id, percent in ((unit, 90), (None, 49)):
        await made_phase(
            client, builder, project, phase_key="finishing", unit_id=unit_id, progress_percentage=percent, customer_visible=False
        )
    assert (await wish(client, customer, sold[2]))["status"] == "submitted"
    phases = (await client.get(f"/api/projects/{project}/progress", headers=builder.headers)).json()
    widest = next(phase for phase in phases if phase["unit_id"] is None)
    answer = await client.patch(f"/api/progress/{widest['id']}", json={"progress_percentage": 50}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    refused(await say(client, customer, "", WISH | {"booking_id": sold[2]["id"]}), 409, "PAST_CUTOFF")
    refused(await say(client, builder, f"/{early['id']}/quote", PRICE), 409, "PAST_CUTOFF")
    assert (await wish(client, customer, sold[2], request_type="flooring"))["status"] == "submitted"


async def test_cut_offs_are_rules_of_a_project(client):
    builder = await make_builder()
    project = await make_project(builder)

    async def patch(cutoffs):
        said = {"rules": {"change_cutoffs": cutoffs}}
        return await client.patch(f"/api/projects/{project}", json=said, headers=builder.headers)

    good = {"plumbing": {"phase_key": "structure", "threshold_pct": 100}}
    assert (await patch(good)).json()["rules"]["change_cutoffs"] == good
    for bad in (
        {"plumbing": {"phase_key": "structure"}},
        {"roof": good["plumbing"]},
        {"plumbing": good["plumbing"] | {"threshold_pct": 101}},
    ):
        assert (await patch(bad)).status_code == 422


# ── Documents ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_documents_go_along_from_either_side_and_both_open_them(client, sold):
    builder, customer, booking = sold
    sketch, plan, photo = [(await upload(client, person)).json()["id"] for person in (customer, builder, builder)]
    request = await wish(client, customer, booking, attachment_ids=[sketch])
    await done(client, builder, f"/{request['id']}/review")
    await done(client, builder, f"/{request['id']}/quote", PRICE | {"attachment_ids": [plan]})
    await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 1})
    await done(client, builder, f"/{request['id']}/work")
    built = await done(client, builder, f"/{request['id']}/completion", {"note": "Done.", "attachment_ids": [photo]})
    assert [one["id"] for one in built["attachments"]] == [sketch, plan, photo]
    for person in (builder, customer):
        seen = (await client.get(f"{PATH}/{request['id']}", headers=person.headers)).json()
        assert [(await client.get(one["url"])).status_code for one in seen["attachments"]] == [200] * 3


async def test_documents_of_others_do_not_go_along(client, sold):
    builder, customer, booking = sold
    theirs = (await upload(client, builder)).json()["id"]
    strangers = (await upload(client, await make_customer("Ravi Nair"))).json()["id"]
    for document_id in (theirs, strangers):
        refused(await say(client, customer, "", WISH | {"booking_id": booking["id"], "attachment_ids": [document_id]}), 404, "NOT_FOUND")
    assert (await client.get(PATH, headers=customer.headers)).json() == []


# ── Reading and telling ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_lists_show_a_booking_or_what_is_open_or_all_of_a_company(client, sold):
    builder, customer, booking = sold
    first, second = await wish(client, customer, booking), await wish(client, customer, booking)
    await done(client, customer, f"/{first['id']}/withdrawal", {"note": "Not needed."})

    async def ids(path, person):
        with counted() as sent:
            answer = await client.get(path, headers=person.headers)
        assert answer.status_code == 200 and len(sent) == 1
        found = answer.json()
        return [one["id"] for one in (found if isinstance(found, list) else found["change_requests"])]

    for person in (builder, customer):
        assert await ids(f"{PATH}?booking_id={booking['id']}", person) == [second["id"], first["id"]]
        assert await ids(PATH, person) == [second["id"]]
    stranger = await make_customer("Ravi Nair")
    assert await ids(f"{PATH}?booking_id={booking['id']}", stranger) == []
    assert await ids("/api/builder/change-requests", builder) == [second["id"], first["id"]]
    assert await ids("/api/builder/change-requests?status=withdrawn&request_type=electrical", builder) == [first["id"]]


async def test_each_side_hears_of_the_others_steps(client, sold):
    builder, customer, booking = sold
    engineer, seller = await make_member(builder, TeamRole.engineer), await make_member(builder, TeamRole.sales_manager)
    request = await quoted(client, sold)
    await done(client, builder, f"/{request['id']}/quote", PRICE)
    await done(client, customer, f"/{request['id']}/acceptance", {"quote_version": 2})
    await done(client, engineer, f"/{request['id']}/work")
    await done(client, engineer, f"/{request['id']}/completion")

    async def heard(person):
        return [event.removeprefix("change_request_") for event in await types_told(client, person) if event.startswith("change_request_")]

    assert await heard(customer) == ["completed", "started", "quoted", "quoted", "reviewed"]
    assert await heard(seller) == ["submitted"]
    assert await heard(engineer) == ["accepted", "quoted", "quoted", "submitted"]
    assert (await heard(builder))[:3] == ["completed", "started", "accepted"]
    inbox = (await client.get("/api/notifications?type=change_request_accepted", headers=engineer.headers)).json()["notifications"]
    assert inbox[0]["message"] == f"{request['request_number']}: Two more sockets: INR 15,100.00, addendum {booking['booking_number']}-A1."
    assert inbox[0]["action_url"] == f"/change_requests/{request['id']}"


async def test_a_wish_may_be_said_in_full_and_is_kept_word_for_word(client, sold):
    _, customer, booking = sold
    said = {"current_specification": "White tiles", "requested_specification": "Kota stone <polished>", "request_type": "Material"}
    request = await wish(client, customer, booking, **said)
    assert (request["current_specification"], request["requested_specification"]) == ("White tiles", "Kota stone <polished>")
    assert (request["request_type"], request["request_number"], request["currency"]) == ("finishes", f"CR-{request['id']:06d}", "INR")
