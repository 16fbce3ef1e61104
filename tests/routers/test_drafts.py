"""Demands that somebody looks at before they are sent: within the cap, and with all the time that their draft has given."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.payments import Installment
from realestate.services import dues
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.stories import certify, confirmed_booking, made_phase, pay

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()


async def sold(client, rules, plan="time_linked", own_plan=None):
    builder, asha = await make_builder(), await make_customer()
    project = await make_project(builder, timezone="UTC", rules=rules)
    if own_plan:
        said = {"name": "Their own", "lines": own_plan}
        answer = await client.put(f"/api/projects/{project}/payment-plans/{plan}", json=said, headers=builder.headers)
        assert answer.status_code == 200, answer.text
    [unit] = await make_units(builder, project)
    return builder, asha, await confirmed_booking(client, builder, asha, unit, plan)


async def fall_due(booking, *seqs):
    """One after the other, in a night each."""
    for seq in seqs:
        async with transaction(WORKER) as session:
            line = (Installment.booking_id == booking["id"], Installment.seq == seq)
            await session.execute(update(Installment).where(*line).values(due_date=TODAY - timedelta(days=1)))
        await dues.demand()


async def drafts(client, builder, booking):
    found = await client.get(f"/api/builder/demands?booking_id={booking['id']}&state=draft", headers=builder.headers)
    return found.json()["demands"]


async def send(client, builder, line_id, approved=True):
    """A draft, approved first."""
    if approved:
        assert (await client.post(f"/api/demands/{line_id}/approval", headers=builder.headers)).status_code == 200
    return await client.post(f"/api/demands/{line_id}/issue", headers=builder.headers)


async def test_drafts_count_against_the_cap_before_the_agreement(client):
    builder, _, booking = await sold(client, {"auto_issue": False, "pre_agreement_cap": "20"})
    await fall_due(booking, 2, 3, 4)
    [draft] = await drafts(client, builder, booking)
    assert (draft["amount"], (await send(client, builder, draft["id"])).status_code) == (750000, 200)


async def test_a_draft_is_not_issued_when_money_has_come_meanwhile_and_nothing_is_left_under_the_cap(client):
    builder, _, booking = await sold(client, {"auto_issue": False, "pre_agreement_cap": "20"})
    await fall_due(booking, 2)
    [draft] = await drafts(client, builder, booking)
    await pay(client, builder, booking, 1300000)  # beside the token of 150,000: 50,000 are left
    refused = await send(client, builder, draft["id"])
    assert (refused.status_code, refused.json()["code"], refused.json()["room"]) == (409, "PRE_AGREEMENT_CAP", 50000)


async def test_by_hand_no_more_is_asked_for_than_the_cap_before_the_agreement(client):
    lines = [
        {"name": "On booking", "weight": 10, "trigger": "on_booking"},
        {"name": "Small", "weight": 10, "trigger": "manual", "due_in_days": 1},
        {"name": "Large", "weight": 80, "trigger": "manual", "due_in_days": 1},
    ]
    builder, asha, booking = await sold(client, {"pre_agreement_cap": "20"}, "custom", lines)
    _, small, large = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    refused = await send(client, builder, large["id"], approved=False)
    assert (refused.json()["code"], refused.json()["room"]) == ("PRE_AGREEMENT_CAP", 750000)
    assert (await send(client, builder, small["id"], approved=False)).json()["due_date"] == str(TODAY + timedelta(days=1))


async def test_a_draft_that_is_issued_keeps_the_days_to_catch_up(client):
    builder, asha = await make_builder(), await make_customer()
    project = await make_project(builder, timezone="UTC", rules={"auto_issue": False, "catch_up_days": 60})
    phase = await made_phase(client, builder, project, "Foundation", progress_percentage=100)
    await certify(client, builder, phase)
    [unit] = await make_units(builder, project)
    booking = await confirmed_booking(client, builder, asha, unit)
    [draft] = await drafts(client, builder, booking)
    assert (await send(client, builder, draft["id"])).json()["due_date"] == draft["due_date"] == str(TODAY + timedelta(days=60))


async def test_what_is_demanded_by_hand_before_the_day_on_which_it_comes_again_has_its_days_from_then_on(client):
    lines = [
        {"name": "On booking", "weight": 10, "trigger": "on_booking"},
        {"name": "By hand", "weight": 90, "trigger": "manual", "due_in_days": 15},
    ]
    builder, asha, booking = await sold(client, {}, "custom", lines)
    _, line = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
    await send(client, builder, line["id"], approved=False)
    again = str(TODAY + timedelta(days=40))
    note = {"reason": "Too early", "again_on": again}
    credited = await client.post(f"/api/demands/{line['id']}/credit-note", json=note, headers=builder.headers)
    assert credited.status_code == 201, credited.text
    assert (await send(client, builder, line["id"], approved=False)).json()["due_date"] == str(TODAY + timedelta(days=40 + 15))
