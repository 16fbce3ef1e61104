"""What goes along when a booking goes on as another one, in somebody else's name or for another unit, and what does not."""

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.change_requests import ChangeRequestStatus
from tests.factories import make_builder, make_change_request, make_customer, make_member, make_project, make_unit, make_units
from tests.routers.test_offers import LINES, cost_sheet, let_go, shown, state_of, wait
from tests.routers.test_parties import approve, asked, bring, code_for, shares, swap
from tests.routers.test_possession import drafted, post, registered
from tests.stories import confirmed_booking, pay, reserved_booking, timeline, visit

pytestmark = pytest.mark.anyio


async def schedule(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=person.headers)).json()


async def waive_first(client, builder, booking):
    """The first line, by two."""
    clerk, admin = await make_member(builder, TeamRole.finance), await make_member(builder, TeamRole.admin)
    [line, *_] = await schedule(client, builder, booking)
    made = await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "Goodwill"}, headers=clerk.headers)
    answer = await client.post(f"/api/waivers/{made.json()['id']}/approval", headers=admin.headers)
    assert answer.status_code == 200, answer.text
    return line


@pytest.fixture
async def three():
    return await make_builder(), await make_customer(), await make_customer("Ravi Nair")


# ── In somebody else's name ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_snags_and_changes_are_the_homes_and_go_over_with_it(client, three):
    builder, asha, ravi = three
    booking = await registered(client, builder, asha)
    snag = (await post(client, builder, booking, "snags", title="A crack", is_blocking=True)).json()
    wanted = await make_change_request(builder, booking)
    refused = await make_change_request(builder, booking, status=ChangeRequestStatus.declined)
    await asked(client, asha, ravi, booking)

    new = (await approve(client, builder, booking, ravi)).json()

    assert [one["id"] for one in (await client.get(f"/api/bookings/{new['id']}/snags", headers=ravi.headers)).json()] == [snag["id"]]
    assert (await client.get(f"/api/bookings/{booking['id']}/snags", headers=asha.headers)).json() == []
    assert (await client.get(f"/api/change-requests/{wanted}", headers=ravi.headers)).json()["booking_id"] == new["id"]
    for id, person in ((wanted, asha), (refused, ravi)):
        assert (await client.get(f"/api/change-requests/{id}", headers=person.headers)).status_code == 404
    said = {"status": "under_review"}
    assert (await client.patch(f"/api/change-requests/{wanted}", json=said, headers=builder.headers)).status_code == 200


async def test_the_price_of_a_change_that_was_agreed_on_is_owed_by_who_gets_it(client, three):
    builder, asha, ravi = three
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    change = await make_change_request(builder, booking, status=ChangeRequestStatus.under_review)
    path = f"/api/change-requests/{change}"
    await client.patch(path, json={"status": "quoted", "estimated_cost": 20000}, headers=builder.headers)
    assert (await client.patch(path, json={"status": "approved", "estimated_cost": 20000}, headers=asha.headers)).status_code == 200
    await pay(client, builder, booking, 620000)
    await asked(client, asha, ravi, booking)

    answer = await approve(client, builder, booking, ravi)

    assert answer.status_code == 200, answer.text
    [charge] = [line for line in await schedule(client, ravi, answer.json()) if line["kind"] == "charge"]
    assert (charge["amount"], charge["paid_amount"]) == (20000, 20000)
    assert (await client.patch(path, json={"status": "in_progress"}, headers=builder.headers)).status_code == 200


async def test_co_applicants_keep_their_shares(client, three):
    builder, asha, ravi = three
    nina = await make_customer("Nina Shah")
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    await asked(client, asha, nina, booking)
    new = (await approve(client, builder, booking, nina)).json()
    assert await shares(client, builder, new) == {nina.user_id: 60, ravi.user_id: 40}
    await asked(client, nina, ravi, new)
    last = (await approve(client, builder, new, ravi)).json()
    assert await shares(client, builder, last) == {ravi.user_id: 100}


async def test_what_has_been_waived_stays_waived_but_for_what_was_paid_of_it(client, three):
    builder, asha, ravi = three
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))  # its token is paid
    line = await waive_first(client, builder, booking)
    await asked(client, asha, ravi, booking)

    answer = await approve(client, builder, booking, ravi)

    assert answer.status_code == 200, answer.text
    after = await schedule(client, ravi, answer.json())
    assert sum(one["amount"] for one in after) == pytest.approx(booking["total_amount"])
    parts = [(one["amount"], one["paid_amount"], one["status"]) for one in after if one["name"] == line["name"]]
    assert parts == [(150000, 150000, "paid"), (pytest.approx(line["amount"] - 150000), 0, "waived")]


async def test_who_has_taken_over_what_was_signed_has_it_on_paper_in_their_name(client, three):
    builder, asha, ravi = three
    booking = await registered(client, builder, asha)
    await asked(client, asha, ravi, booking)
    new = (await approve(client, builder, booking, ravi)).json()
    assert new["status"] == "registered"
    terms = await drafted(client, builder, new)
    found = await client.get(f"/api/bookings/{new['id']}/download-agreement", headers=ravi.headers)
    assert (found.status_code, found.json()["content_hash"]) == (200, terms)
    assert await drafted(client, builder, new) == terms


async def test_visits_of_a_booking_that_has_gone_over_are_called_off(client, three):
    builder, asha, ravi = three
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    made = await visit(client, asha, booking["project_id"], appointment_type="handover", booking_id=booking["id"])
    await asked(client, asha, ravi, booking)
    assert (await approve(client, builder, booking, ravi)).status_code == 200
    now = (await client.get(f"/api/appointments/{made['id']}", headers=asha.headers)).json()
    assert (now["status"], now["cancel_reason"]) == ("cancelled", "The booking has gone over to somebody else.")


# ── For another unit ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_unit_that_the_buyer_holds_is_taken_at_the_price_of_the_hold_which_ends(client, three):
    builder, asha, ravi = three
    first, second, third = await make_units(builder, await make_project(builder), 3)
    await client.patch(f"/api/units/{second}", json={"price_lines": LINES}, headers=builder.headers)
    booking = await confirmed_booking(client, builder, asha, first)
    await client.post(f"/api/units/{second}/hold", json={}, headers=asha.headers)
    dearer = [LINES[0] | {"amount": 9000000}, *LINES[1:]]
    await client.patch(f"/api/units/{second}", json={"price_lines": dearer}, headers=builder.headers)

    new = (await swap(client, builder, booking, second)).json()

    assert new["total_amount"] == 7350000 == float((await cost_sheet(new))["total"])
    assert (await wait(client, ravi, second)).status_code == 201
    assert (await swap(client, builder, new, third)).status_code == 201
    assert await state_of(client, builder, second) == "held"  # for Ravi


async def test_who_has_waited_for_the_other_unit_waits_no_more(client, three):
    builder, asha, ravi = three
    first, second = await make_units(builder, await make_project(builder), 2)
    booking, theirs = await confirmed_booking(client, builder, asha, first), await reserved_booking(client, ravi, second)
    waits = (await wait(client, asha, second)).json()
    await let_go(client, ravi, theirs)
    assert (await swap(client, builder, booking, second)).status_code == 201
    assert (await shown(client, asha, waits))["status"] == "expired"


async def test_charges_and_the_loan_go_along(client, three):
    builder, asha, _ = three
    first, second = await make_units(builder, await make_project(builder, rules={"bounce_charge": 5000}), 2)
    booking = await confirmed_booking(client, builder, asha, first)
    payment = (await pay(client, builder, booking, 1000)).json()
    await client.post(f"/api/payments/{payment['id']}/bounce", json={"reason": "No funds"}, headers=builder.headers)
    loan = f"/api/bookings/{booking['id']}/loan"
    await client.put(loan, json={"lender": "HDFC", "loan_amount": 5000000}, headers=asha.headers)
    await client.put(loan, json={"loan_approved": True}, headers=builder.headers)

    new = (await swap(client, builder, booking, second)).json()

    [charge] = [line for line in await schedule(client, builder, new) if line["kind"] == "charge"]
    assert (charge["amount"], charge["status"]) == (5000, "demanded")
    kept = (await client.get(f"/api/bookings/{new['id']}/particulars", headers=asha.headers)).json()
    assert (kept["lender"], kept["loan_amount"], kept["loan_approved"]) == ("HDFC", 5000000, False)


async def test_a_dearer_unit_is_reserved_until_its_token_has_come(client, three):
    builder, asha, _ = three
    project = await make_project(builder)
    [first], [dear] = await make_units(builder, project), await make_units(builder, project, price="20000000")
    booking = await reserved_booking(client, asha, first)
    await pay(client, builder, booking, booking["token_amount"])

    new = (await swap(client, builder, booking, dear)).json()

    assert (new["status"], new["paid_amount"]) == ("reserved", 150000) and new["reserve_expires_at"] > booking["reserve_expires_at"]
    answer = await client.post(f"/api/bookings/{new['id']}/cancellation", json={}, headers=asha.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "PAYMENT_PENDING"), "a part of the money has come"
    await pay(client, builder, new, new["token_amount"] - 150000)
    assert (await shown(client, asha, new))["status"] == "token_paid"
    steps = [one for one in await timeline(client, asha, booking) if one["kind"] == "step"]
    assert (steps[-1]["to_status"], steps[-1]["by_role"]) == ("swapped", "builder")


# ── After the end ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_change_of_a_home_that_is_given_up_goes_no_further(client, three):
    builder, asha, _ = three
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    path = f"/api/bookings/{booking['id']}/cancellation"
    await client.post(path, json={}, headers=asha.headers)
    assert (await client.post(f"{path}/approval", json={}, headers=builder.headers)).status_code == 200
    change = await make_change_request(builder, booking)  # as they were left open once
    agreed = await make_change_request(builder, booking, status=ChangeRequestStatus.approved)
    for id, step in ((change, "under_review"), (agreed, "in_progress")):
        answer = await client.patch(f"/api/change-requests/{id}", json={"status": step}, headers=builder.headers)
        assert answer.json()["code"] == "NOT_CHANGEABLE"
    assert (await client.patch(f"/api/change-requests/{change}", json={"status": "withdrawn"}, headers=asha.headers)).status_code == 200
