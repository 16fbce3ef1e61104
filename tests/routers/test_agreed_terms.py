"""What leaving and delay cost stands from the allotment on, whatever the company sets afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.projects import Jurisdiction, Project
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units, put
from tests.stories import confirmed_booking, pay, reserved_booking, unit_with_registration

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def sale(client):
    """A flat that is allotted, with a million paid."""
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    assert (await pay(client, builder, booking, 850000)).status_code == 201
    return builder, asha, booking


async def set_policy(client, builder, **figures):
    answer = await client.put("/api/builder/settings/bookings.policy", json={"setting_value": figures}, headers=builder.headers)
    assert answer.status_code == 200, answer.text


async def quoted(client, person, booking, **question):
    answer = (await client.get(f"/api/bookings/{booking['id']}/cancellation-quote", params=question, headers=person.headers)).json()
    return {name: answer[name] for name in ("retention", "refundable", "refund_due_by", "policy_source")}


async def say(client, person, booking, path="", **said):
    return await client.post(f"/api/bookings/{booking['id']}/cancellation{path}", json=said, headers=person.headers)


async def test_a_policy_that_is_raised_after_the_allotment_is_for_others(client, sale):
    builder, asha, booking = sale
    before = await quoted(client, asha, booking)
    await set_policy(client, builder, retention_percent=100, refund_due_days=1000, interest_percent=0)
    await put(Project, booking["project_id"], jurisdiction=Jurisdiction.ae_dubai)
    assert await quoted(client, asha, booking) == before
    assert (await quoted(client, asha, booking, cause="builder_delay"))["refundable"] > 1000000


async def test_of_a_booking_that_has_kept_none_the_policy_is_that_of_the_day_it_is_asked_on(client, sale):
    builder, asha, booking = sale
    await put(Booking, booking["id"], policy_terms={})
    await set_policy(client, builder, retention_percent=1)
    before = await quoted(client, asha, booking)
    assert before["retention"] == 75000
    assert (await say(client, asha, booking, reason="We move.")).status_code == 201
    await set_policy(client, builder, retention_percent=100)
    assert await quoted(client, asha, booking) == before
    assert (await say(client, builder, booking, "/approval")).status_code == 200
    assert (await quoted(client, asha, booking))["refundable"] == before["refundable"]


async def test_days_of_grace_stay_what_they_were_for_both_sides(client):
    builder, asha = await make_builder(), await make_customer()
    late = TODAY - timedelta(days=80)
    project = await make_project(builder, timezone="UTC", rules={"interest_percent": "10"}, promised_possession_date=late)
    [unit_id] = await make_units(builder, project)
    booking = await confirmed_booking(client, builder, asha, unit_id)

    async def owed():
        return (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()["builder_interest_accrued"]

    before = await owed()
    rules = {"rules": {"interest_percent": 10, "grace_days": 90}}
    assert (await client.patch(f"/api/projects/{project}", json=rules, headers=builder.headers)).status_code == 200
    assert await owed() == before > 0
    assert (await say(client, asha, booking, reason="We move.")).status_code == 201
    assert await owed() == before


async def test_a_home_that_is_exchanged_keeps_what_was_agreed_on(client):
    builder, asha = await make_builder(), await make_customer()
    project = await make_project(builder, rules={"interest_percent": "10"})
    first, second = await make_units(builder, project, 2)
    booking = await confirmed_booking(client, builder, asha, first)
    await pay(client, builder, booking, 850000)
    new = (await client.post(f"/api/bookings/{booking['id']}/swap", json={"unit_id": second}, headers=builder.headers)).json()
    before = await quoted(client, asha, new)
    await set_policy(client, builder, retention_percent=100)
    await put(Project, project, rules={"interest_percent": "99"})
    assert await quoted(client, asha, new) == before


async def test_no_more_is_paid_on_for_a_buyer_than_the_price_has_lines_for_others(client, sale):
    builder, asha, booking = sale
    await say(client, asha, booking, reason="We move.")
    answer = await say(client, builder, booking, "/approval", pass_through_spent=1)
    assert (answer.status_code, answer.json()["code"], answer.json()["most"]) == (409, "EXCEEDS_PASS_THROUGH", 0)


async def test_what_was_paid_on_is_part_of_what_the_customer_agrees_to(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await unit_with_registration(client, builder, 200000))
    await pay(client, builder, booking, 850000)
    proposed = {"cause": "mutual", "retention": 50000, "pass_through_spent": 150000}
    assert (await say(client, asha, booking, **proposed)).status_code == 422
    assert (await say(client, builder, booking, **proposed)).status_code == 201
    answer = await say(client, asha, booking, "/consent", cause="mutual", retention=50000)
    assert (answer.json()["code"], answer.json()["pass_through_spent"]) == ("TERMS_CHANGED", 150000)
    assert (await say(client, asha, booking, "/consent", **proposed)).status_code == 200
    answer = await say(client, builder, booking, "/approval", pass_through_spent=200000)
    assert answer.json()["code"] == "CONSENT_MISSING"
    assert (await say(client, builder, booking, "/approval")).status_code == 200
    assert (await quoted(client, asha, booking))["refundable"] == 800000


async def test_a_discount_that_was_granted_is_not_made_smaller(client):
    builder, asha = await make_builder(), await make_customer()
    await set_policy(client, builder, discount_limit_percent=20)
    seller = await make_member(builder, TeamRole.sales_manager)
    booking = await reserved_booking(client, asha, await make_unit(builder))
    said = {"amount": 700000, "reason": "A friend of the house."}
    assert (await client.post(f"/api/bookings/{booking['id']}/discount", json=said, headers=builder.headers)).status_code == 201
    answer = await client.post(f"/api/bookings/{booking['id']}/discount", json=said | {"amount": 1}, headers=seller.headers)
    assert (answer.status_code, answer.json()["code"], answer.json()["granted"]) == (409, "DISCOUNT_STANDS", 700000)


async def test_a_waiver_that_waits_ends_with_its_booking(client):
    builder, asha = await make_builder(), await make_customer()
    finance = await make_member(builder, TeamRole.finance)
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    line = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()[0]
    asked = await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "Kindness."}, headers=finance.headers)
    assert asked.status_code == 201, asked.text
    await say(client, asha, booking, reason="We move.")
    assert (await say(client, builder, booking, "/approval")).status_code == 200
    waiting = (await client.get("/api/builder/waivers?status=pending", headers=builder.headers)).json()["waivers"]
    assert waiting == []


async def test_of_many_who_let_go_of_a_reserve_at_once_the_others_read_that_it_is_over(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    answers = await asyncio.gather(*(say(client, asha, booking, reason="No.") for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
