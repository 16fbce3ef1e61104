"""Why a booking ends is nobody's word alone, and what a settlement says goes back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from realestate.models.policies import Policy
from realestate.models.projects import Jurisdiction, Project
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units, put
from tests.routers.test_cancellations import ask, overdue, quoted, settle
from tests.routers.test_discounts import itemised
from tests.routers.test_parties import approve, asked, bring, code_for
from tests.routers.test_possession import certify_occupancy, drafted, post
from tests.stories import allotted_sale, confirmed_booking, made_phase, pay, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    return await allotted_sale(client)


async def ledger(client, builder, booking):
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    return [one for one in money["payments"] if one["kind"] == "refund"]


async def state(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=person.headers)).json()["status"]


# ── Whose word it is ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_nobody_is_in_default_by_request(client, sale):
    builder, asha, booking = sale
    for answer in (
        await ask(client, builder, booking, cause="buyer_default"),
        await settle(client, builder, booking, cause="buyer_default"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "NOT_BY_REQUEST")
    assert await state(client, asha, booking) == "booking_confirmed"


async def test_who_asks_in_time_gets_no_less_whatever_the_company_calls_it(client, sale):
    builder, asha, booking = sale
    await put(Booking, booking["id"], cooling_off_until=datetime.now(UTC) + timedelta(days=5))
    await ask(client, asha, booking)
    for terms in ({"cause": "buyer_request"}, {"cause": "mutual", "retention": 1}):
        worse = await settle(client, builder, booking, **terms)
        assert (worse.json()["code"], worse.json()["refundable"]) == ("WORSE_FOR_BUYER", 1000000)
    assert (await settle(client, builder, booking, cause="builder_delay")).json()["cancellation_cause"] == "builder_delay"


async def test_what_the_team_proposes_needs_the_customers_word(client, sale):
    builder, asha, booking = sale
    seller = await make_member(builder, TeamRole.sales_manager)
    consent = {"cause": "mutual", "retention": 100000}
    assert (await post(client, asha, booking, "cancellation/consent", **consent)).json()["code"] == "INVALID_TRANSITION"
    assert (await ask(client, seller, booking, cause="mutual")).json()["code"] == "RETENTION_MISSING"
    assert (await ask(client, seller, booking, cause="mutual", retention=100000)).status_code == 201
    quote = await quoted(client, asha, booking)
    assert (quote["cause"], quote["retention"], quote["refundable"], quote["is_agreed"]) == ("mutual", 100000, 900000, False)
    assert (await settle(client, builder, booking)).json()["code"] == "CONSENT_MISSING"

    other = await post(client, asha, booking, "cancellation/consent", **consent | {"retention": 50000})
    assert (other.json()["code"], other.json()["retention"]) == ("TERMS_CHANGED", 100000)
    assert (await post(client, builder, booking, "cancellation/consent", **consent)).json()["code"] == "WRONG_ROLE"
    assert (await post(client, asha, booking, "cancellation/consent", **consent)).status_code == 200

    assert (await types_told(client, builder))[0] == "cancellation_requested"
    assert (await quoted(client, asha, booking))["is_agreed"]
    for more in ({"retention": 100000.01}, {"cause": "buyer_request"}):
        assert (await settle(client, builder, booking, **more)).json()["code"] == "CONSENT_MISSING"
    assert (await settle(client, builder, booking)).json()["status"] == "cancelled"
    assert (await quoted(client, asha, booking))["refundable"] == 900000


async def test_a_customer_may_refuse_what_is_proposed_and_proposes_no_amounts(client, sale):
    builder, asha, booking = sale
    await ask(client, builder, booking)
    assert (await settle(client, builder, booking)).json()["code"] == "CONSENT_MISSING"
    await client.delete(f"/api/bookings/{booking['id']}/cancellation", headers=asha.headers)
    assert await state(client, asha, booking) == "booking_confirmed"
    assert (await ask(client, asha, booking, retention=0)).json()["errors"][0]["code"] == "TEAM_ONLY"
    assert (await ask(client, builder, booking, cause="buyer_request", retention=5)).json()["code"] == "NOT_MUTUAL"


async def test_a_co_applicant_agrees_to_nothing(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await bring(client, ravi, (await code_for(client, asha, booking)).json()["code"])
    await ask(client, builder, booking, cause="mutual", retention=0)
    answer = await post(client, ravi, booking, "cancellation/consent", cause="mutual", retention=0)
    assert answer.json()["code"] == "OWNER_ONLY"


# ── What goes back ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_tax_that_was_credited_is_an_item_of_its_own_and_no_refund(client, sale):
    builder, asha, booking = sale
    credit = (await pay(client, builder, booking, 75000, "tds")).json()
    assert (await client.post(f"/api/payments/{credit['id']}/clearance", headers=builder.headers)).status_code == 200
    await ask(client, builder, booking, cause="builder_delay")
    assert (await settle(client, builder, booking)).json()["status"] == "cancelled"
    said = await quoted(client, asha, booking)
    assert (said["paid_cleared"], said["tax_credits"]) == (1075000, 75000)
    assert said["refundable"] - said["builder_interest_owed"] == pytest.approx(1000000)
    assert sum(one["amount"] for one in await ledger(client, builder, booking)) == pytest.approx(said["refundable"])


async def test_tax_within_what_was_paid_is_kept_in_proportion(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await itemised(client, builder))
    await pay(client, builder, booking, 735000 - booking["token_amount"])
    said = await quoted(client, asha, booking)
    assert (said["paid_cleared"], said["retention"], said["non_refundable_taxes"]) == (735000, 735000, 0)
    await put(Booking, booking["id"], policy_terms=Policy(retention_percent=Decimal(0)).agreed(Jurisdiction.generic))
    assert (await quoted(client, asha, booking))["non_refundable_taxes"] == 35000


async def test_a_refund_that_was_on_its_way_is_part_of_the_settlement_and_cannot_be_refused_any_more(client, sale):
    builder, asha, booking = sale
    boss = await make_member(builder, TeamRole.admin)
    first, _ = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payments"]
    early = await client.post(
        f"/api/payments/{first['id']}/refunds", json={"amount": 100000, "reason": "Goodwill"}, headers=builder.headers
    )
    await ask(client, asha, booking)
    await settle(client, boss, booking)
    assert (await quoted(client, asha, booking))["refundable"] == 250000
    assert sorted(one["amount"] for one in await ledger(client, builder, booking)) == [100000, 150000]
    for refund in await ledger(client, builder, booking):
        answer = await client.post(f"/api/refunds/{refund['id']}/rejection", json={"reason": "No."}, headers=boss.headers)
        assert answer.json()["code"] == "REFUND_OWED"
    more = await client.post(f"/api/payments/{first['id']}/refunds", json={"amount": 50000, "reason": "More"}, headers=builder.headers)
    refused = await client.post(f"/api/refunds/{more.json()['id']}/rejection", json={"reason": "No."}, headers=boss.headers)
    assert early.status_code == 201 and refused.status_code == 200, refused.text


async def test_a_settlement_says_for_good_by_which_rules_it_was_made(client, sale):
    builder, asha, booking = sale
    await ask(client, asha, booking)
    await settle(client, builder, booking)
    before = await quoted(client, asha, booking)
    await put(Project, booking["project_id"], jurisdiction=Jurisdiction.ae_dubai)
    assert await quoted(client, asha, booking) == before and "Dubai" not in before["policy_source"]


async def test_who_takes_a_booking_over_reads_no_numbers_of_the_one_before(client, sale):
    builder, asha, booking = sale
    ravi = await make_customer("Ravi Nair")
    await asked(client, asha, ravi, booking)
    new = (await approve(client, builder, booking, ravi)).json()
    said = (await client.get(f"/api/bookings/{new['id']}/payments", headers=ravi.headers)).text
    assert booking["booking_number"] not in said and "Carried over" in said


# ── What goes on ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_notice_ends_with_the_arrears_and_who_is_late_again_is_given_another(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await overdue(client, booking, builder)
    assert (await post(client, builder, booking, "default-notice")).status_code == 201
    await put(Booking, booking["id"], default_notice_at=datetime.now(UTC) - timedelta(days=400))
    await pay(client, builder, booking, 599999)
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["default_notice_at"]
    await pay(client, builder, booking, 1)
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["default_notice_at"] is None

    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=builder.headers)).json()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await put(Installment, lines[1]["id"], due_date=yesterday.date(), demanded_at=yesterday, status="demanded", demand_no="D-1")
    assert (await post(client, builder, booking, "termination")).json()["code"] == "NO_NOTICE"
    assert (await post(client, builder, booking, "default-notice")).status_code == 201


async def test_a_notice_ends_when_what_was_late_is_waived(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await overdue(client, booking, builder)
    await post(client, builder, booking, "default-notice")
    line = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=builder.headers)).json()[0]
    clerk = await make_member(builder, TeamRole.finance)
    wish = (await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "Flood"}, headers=clerk.headers)).json()
    assert (await client.post(f"/api/waivers/{wish['id']}/approval", headers=builder.headers)).status_code == 200
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["default_notice_at"] is None


async def test_who_stays_after_all_owes_what_has_become_due_meanwhile(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, rules={"certificate_required": False})
    (unit_id,) = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, asha, unit_id, "hybrid")
    await ask(client, asha, booking)
    await made_phase(client, builder, project_id, "Structure", progress_percentage=100)

    async def structure():
        lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=asha.headers)).json()
        return lines[2]["status"]

    assert await structure() == "scheduled"
    await client.delete(f"/api/bookings/{booking['id']}/cancellation", headers=asha.headers)
    assert await structure() == "demanded"


async def test_keys_wait_for_a_line_whose_demand_is_only_drafted(client):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, rules={"auto_issue": False, "certificate_required": False})
    (unit_id,) = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, asha, unit_id, "possession_linked")
    terms = await drafted(client, builder, booking)
    for person in (asha, builder):
        signed = (await post(client, person, booking, "signatures", content_hash=terms)).json()
    await post(client, builder, booking, "registration", registration_no="7", registration_date=signed["agreement_date"])
    await certify_occupancy(client, builder, booking)
    await post(client, builder, booking, "possession-offer")
    await post(client, asha, booking, "handover/acknowledgement")
    await pay(client, builder, booking, 1350000)
    done = {"done": {"keys": True, "meters": True, "documents": True}}
    await client.put(f"/api/bookings/{booking['id']}/handover/checklist", json=done, headers=builder.headers)
    answer = await post(client, builder, booking, "handover")
    assert (answer.json()["code"], answer.json()["outstanding"]) == ("ARREARS", 6000000.01)
