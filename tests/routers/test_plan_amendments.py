"""Another schedule for what is not demanded yet: proposed by the team, read and agreed to by the owner of record, kept to the cent."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from realestate.services import dues
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.routers.test_parties import bring, code_for
from tests.routers.test_possession import drafted, post
from tests.stories import certify, confirmed_booking, made_phase, pay, types_told

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()
SOON, LATER = str(TODAY + timedelta(days=30)), str(TODAY + timedelta(days=90))
IN_THIRDS = [
    {"name": "In a month", "weight": 33.34, "trigger": "on_date", "due_date": SOON},
    {"name": "In three months", "weight": 33.33, "trigger": "on_date", "due_date": LATER},
    {"name": "On possession", "weight": 33.33, "trigger": "on_possession", "due_in_days": 30},
]


@pytest.fixture
async def sale(client):
    """Somebody of finance, the buyer, and a booking of 7,500,000.01 whose first line of 750,000 is paid."""
    builder, asha = await make_builder(), await make_customer()
    booking, _ = await sold(client, builder, asha)
    await pay(client, builder, booking, 600000)
    return builder, await make_member(builder, TeamRole.finance), asha, booking


async def sold(client, builder, asha, plan="construction_linked", **rules):
    project = await make_project(builder, timezone="UTC", rules=rules)
    [unit] = await make_units(builder, project)
    return await confirmed_booking(client, builder, asha, unit, plan), project


async def propose(client, member, booking, lines=IN_THIRDS, **more):
    said = {"reason": "The bank pays in parts.", "lines": lines} | more
    return await client.post(f"/api/bookings/{booking['id']}/plan-amendments", json=said, headers=member.headers)


async def proposed(client, member, booking, lines=IN_THIRDS):
    answer = await propose(client, member, booking, lines)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def agree(client, person, amendment, **said):
    said = {"content_hash": amendment["content_hash"]} | said
    return await client.post(f"/api/plan-amendments/{amendment['id']}/agreement", json=said, headers=person.headers)


async def end(client, person, amendment):
    return await client.delete(f"/api/plan-amendments/{amendment['id']}", headers=person.headers)


async def state(client, person, amendment):
    return (await client.get(f"/api/plan-amendments/{amendment['id']}", headers=person.headers)).json()["status"]


async def schedule(client, person, booking):
    """But for what has ended."""
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=person.headers)).json()
    return [line for line in lines if line["status"] != "cancelled"]


async def test_what_is_paid_stays_and_the_rest_is_split_anew_to_the_cent(client, sale):
    _, finance, asha, booking = sale
    first, *_ = await schedule(client, asha, booking)
    amendment = await proposed(client, finance, booking)
    assert amendment["amount"] == 6750000.01 and amendment["kept"] == [{"seq": 1, "name": "On booking", "amount": 750000}]
    assert (await schedule(client, asha, booking))[1]["name"] == "On agreement", "a proposal changes nothing"

    agreed = await agree(client, asha, amendment)

    assert (agreed.status_code, agreed.json()["status"], agreed.json()["addendum"]) == (200, "agreed", None), agreed.text
    lines = await schedule(client, asha, booking)
    assert lines[0] == first and [(line["seq"], line["amount"], line["due_date"]) for line in lines[1:]] == [
        (9, 2250450, SOON),
        (10, 2249775.01, LATER),
        (11, 2249775, None),
    ]
    assert (await agree(client, asha, amendment)).json()["code"] == "INVALID_TRANSITION"
    assert "plan_proposed" in await types_told(client, asha) and "plan_agreed" in await types_told(client, finance)


async def test_the_snapshot_of_the_plan_has_its_next_version_and_keeps_those_before(client, sale):
    _, finance, asha, booking = sale
    for lines in (IN_THIRDS, [{"name": "All", "amount": 6750000.01, "trigger": "on_possession"}]):
        assert (await agree(client, asha, await proposed(client, finance, booking, lines))).status_code == 200
    async with transaction(WORKER) as session:
        [snapshot] = await session.scalars(select(Booking.plan_snapshot).where(Booking.id == booking["id"]))
    assert (snapshot["version"], snapshot["amendment"], [line["name"] for line in snapshot["lines"]]) == (2, 2, ["On booking", "All"])
    assert [(one["version"], len(one["lines"])) for one in snapshot["earlier"]] == [(0, 8), (1, 4)]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"name": "x", "amount": 6750000, "trigger": "manual"}], "NOT_WHAT_IS_LEFT"),
        ([{"name": "x", "amount": 6750000.01, "trigger": "on_booking"}], "INVALID"),
        ([{"name": "x", "weight": 99, "trigger": "manual"}], "INVALID"),
        ([{"name": "x", "weight": 50, "amount": 5, "trigger": "manual"}, {"name": "x", "weight": 50, "trigger": "manual"}], "INVALID"),
        ([{"name": "x", "weight": 100, "trigger": "on_date"}], "INVALID"),
        ([{"name": "x", "weight": 100, "trigger": "manual", "due_date": SOON}], "INVALID"),
        ([{"name": "x", "weight": 100, "trigger": "on_date", "due_date": "2026-01-01"}], "INVALID"),
        ([{"name": "x", "weight": 100, "trigger": "on_milestone", "phase_key": "structure"}], "INVALID"),
        ([{"name": "x", "amount": 0, "trigger": "manual"}, {"name": "x", "amount": 6750000.01, "trigger": "manual"}], "INVALID"),
        ([], "INVALID"),
    ],
)
async def test_what_does_not_come_to_what_is_left_is_refused(client, sale, lines, code):
    _, finance, asha, booking = sale
    refused = await propose(client, finance, booking, lines)
    assert refused.json()["code"] == code, refused.text
    assert code != "NOT_WHAT_IS_LEFT" or refused.json()["expected"] == 6750000.01
    assert (await client.get(f"/api/bookings/{booking['id']}/plan-amendments", headers=asha.headers)).json() == []


async def test_only_the_owner_of_record_agrees_and_only_to_what_was_read(client, sale):
    builder, finance, asha, booking = sale
    ravi, seller = await make_customer("Ravi Nair"), await make_member(builder, TeamRole.sales)
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    assert (await propose(client, seller, booking)).json()["code"] == "NOT_PERMITTED"
    amendment = await proposed(client, finance, booking)
    assert (await agree(client, ravi, amendment)).json()["code"] == "OWNER_ONLY"
    assert (await agree(client, finance, amendment)).status_code == 403
    changed = await agree(client, asha, amendment, content_hash="0" * 64)
    assert (changed.json()["code"], changed.json()["content_hash"]) == ("PROPOSAL_CHANGED", amendment["content_hash"])
    assert (await end(client, ravi, amendment)).json()["code"] == "OWNER_ONLY"
    assert (await end(client, asha, amendment)).json()["status"] == "declined"
    assert (await agree(client, asha, amendment)).json()["code"] == "INVALID_TRANSITION"


async def test_the_next_proposal_comes_instead_of_the_one_before_and_can_be_withdrawn(client, sale):
    _, finance, asha, booking = sale
    first, second = [await proposed(client, finance, booking) for _ in range(2)]
    assert first["content_hash"] != second["content_hash"] and (await agree(client, asha, first)).json()["code"] == "INVALID_TRANSITION"
    assert (await end(client, finance, second)).json()["status"] == "withdrawn"
    listed = (await client.get(f"/api/bookings/{booking['id']}/plan-amendments", headers=asha.headers)).json()
    assert [(one["number"], one["status"]) for one in listed] == [(2, "withdrawn"), (1, "withdrawn")]
    assert "plan_proposal_ended" in await types_told(client, asha)


async def test_a_milestone_that_is_passed_is_demanded_at_once_as_of_somebody_who_comes_late(client):
    builder, asha = await make_builder(), await make_customer()
    booking, project = await sold(client, builder, asha, "possession_linked", catch_up_days=60)
    phase = await made_phase(client, builder, project, "Foundation", progress_percentage=100)
    await certify(client, builder, phase)
    lines = [
        {"name": "Raft", "weight": 50, "trigger": "on_milestone", "phase_key": phase["phase_key"], "threshold_pct": 100},
        {"name": "On possession", "weight": 50, "trigger": "on_possession"},
    ]
    await agree(client, asha, await proposed(client, builder, booking, lines))
    raft = (await schedule(client, asha, booking))[1]
    assert raft["demand_no"] and (raft["name"], raft["due_date"]) == ("Raft", str(TODAY + timedelta(days=60)))


async def test_before_the_agreement_the_cap_holds_for_new_lines_too(client):
    builder, asha = await make_builder(), await make_customer()
    booking, _ = await sold(client, builder, asha, "time_linked", pre_agreement_cap="20")
    lines = [
        {"name": "Now", "weight": weight, "trigger": "on_date", "due_date": str(TODAY)} for weight in (10, 20, 70)
    ]  # of 6,750,000.01: only the first fits
    await agree(client, asha, await proposed(client, builder, booking, lines))
    assert [line["status"] for line in await schedule(client, asha, booking)][1:] == ["demanded", "scheduled", "scheduled"]


async def test_a_proposal_lapses_when_a_line_that_it_replaces_is_demanded(client):
    builder, asha = await make_builder(), await make_customer()
    booking, _ = await sold(client, builder, asha, "time_linked")
    amendment = await proposed(client, builder, booking)
    async with transaction(WORKER) as session:
        line = (Installment.booking_id == booking["id"], Installment.seq == 2)
        await session.execute(update(Installment).where(*line).values(due_date=TODAY))
    await dues.demand()
    assert await state(client, asha, amendment) == "lapsed"
    assert (await agree(client, asha, amendment)).json()["code"] == "INVALID_TRANSITION"
    again = await proposed(client, builder, booking)
    assert (await agree(client, asha, again)).status_code == 200 and again["amount"] == 6000000.01


async def test_a_proposal_lapses_with_its_booking_and_waits_while_that_may_end(client, sale):
    builder, finance, asha, booking = sale
    amendment = await proposed(client, finance, booking)
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={"reason": "x"}, headers=asha.headers)
    assert (await agree(client, asha, amendment)).json()["code"] == "NOT_AMENDABLE"
    ended = await client.post(
        f"/api/bookings/{booking['id']}/cancellation/approval", json={"cause": "buyer_request"}, headers=builder.headers
    )
    assert ended.status_code == 200 and await state(client, asha, amendment) == "lapsed"


async def test_a_draft_of_the_agreement_is_outdated_and_a_signed_one_has_an_addendum(client, sale):
    builder, finance, asha, booking = sale
    old = await drafted(client, builder, booking)
    await agree(client, asha, await proposed(client, finance, booking))
    assert (await post(client, asha, booking, "signatures", content_hash=old)).json()["code"] == "AGREEMENT_OUTDATED"
    terms = await drafted(client, builder, booking)
    for person in (asha, builder):
        signed = await post(client, person, booking, "signatures", content_hash=terms)
    assert signed.json()["status"] == "agreement_signed", signed.text
    amendment = await proposed(client, finance, booking, [{"name": "All", "weight": 100, "trigger": "on_possession"}])
    agreed = (await agree(client, asha, amendment)).json()
    assert agreed["addendum"]["number"] == f"{booking['booking_number']}-A1"
    assert agreed["addendum"]["content_hash"] == amendment["content_hash"]
