"""How bookings end: asked for, taken back, settled item by item, or for default after notice."""

from datetime import UTC, datetime, timedelta

import pytest

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment, Payment
from realestate.models.projects import Jurisdiction, Project
from tests.factories import make_builder, make_customer, make_member, make_unit, put
from tests.stories import confirmed_booking, pay, reserve, types_told, unit_with_registration

pytestmark = pytest.mark.anyio
PRICE = 7500000.01


async def ask(client, person, booking, **said):
    return await client.post(f"/api/bookings/{booking['id']}/cancellation", json=said, headers=person.headers)


async def settle(client, person, booking, **terms):
    return await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json=terms, headers=person.headers)


async def quoted(client, person, booking, **question):
    return (await client.get(f"/api/bookings/{booking['id']}/cancellation-quote", params=question, headers=person.headers)).json()


@pytest.fixture
async def sale(client):
    """A flat that is allotted, with a million paid."""
    builder, asha = await make_builder(), await make_customer()
    unit_id = await unit_with_registration(client, builder, 250000)
    booking = await confirmed_booking(client, builder, asha, unit_id)
    assert (await pay(client, builder, booking, 850000)).status_code == 201
    return builder, asha, unit_id, booking


async def test_a_quote_says_item_by_item_what_leaving_comes_to_and_changes_nothing(client, sale):
    builder, asha, _, booking = sale
    said = await quoted(client, asha, booking)
    assert (said["cause"], said["paid_cleared"], said["retention"], said["refundable"]) == ("buyer_request", 1000000, 750000, 250000)
    assert said["retention_rule"] == "10 % of the price" and not said["is_settled"] and said["policy_source"]
    late = await quoted(client, builder, booking, cause="builder_delay")
    assert late["retention"] == 0 and late["refundable"] == 1000000 + late["builder_interest_owed"] > 1000000
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["status"] == "booking_confirmed"


async def test_leaving_is_asked_for_taken_back_and_declined(client, sale):
    builder, asha, _, booking = sale
    asked = (await ask(client, asha, booking, reason="We move away.")).json()
    assert (asked["status"], asked["cancellation_cause"]) == ("cancellation_requested", "buyer_request")
    for person in (asha, builder):
        back = await client.delete(f"/api/bookings/{booking['id']}/cancellation", headers=person.headers)
        assert back.json()["status"] == "booking_confirmed" and back.json()["cancellation_cause"] is None
        await ask(client, asha, booking)
    assert (await types_told(client, asha))[0] == "cancellation_withdrawn"
    assert "cancellation_requested" in await types_told(client, builder)


async def test_a_settlement_frees_the_unit_ends_the_schedule_and_queues_refunds_for_another_to_approve(client, sale):
    builder, asha, unit_id, booking = sale
    admin = await make_member(builder, TeamRole.admin)
    await ask(client, asha, booking, reason="We move away.")

    ended = await settle(client, builder, booking, pass_through_spent=50000)

    assert ended.json()["status"] == "cancelled", ended.text
    said = await quoted(client, asha, booking)
    assert said["is_settled"] and (said["refundable"], said["pass_through_spent"]) == (200000, 50000)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    refunds = [one for one in money["payments"] if one["kind"] == "refund"]
    assert [(one["payment_status"], one["amount"]) for one in refunds] == [("pending", 200000)] and money["total_pending"] == 0
    assert (await reserve(client, await make_customer(), unit_id)).status_code == 201
    assert (await types_told(client, asha))[0] == "cancellation_settled"
    assert "refund_requested" in await types_told(client, admin) and "refund_requested" not in await types_told(client, builder)
    assert (await settle(client, builder, booking)).json()["code"] == "INVALID_TRANSITION"


async def test_refunds_are_split_over_the_receipts_the_latest_first(client, sale):
    builder, asha, _, booking = sale
    await ask(client, builder, booking, cause="builder_delay")
    await settle(client, builder, booking)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    refunds = [one["amount"] for one in money["payments"] if one["kind"] == "refund"]
    said = await quoted(client, asha, booking)
    assert refunds == [said["builder_interest_owed"], 850000, 150000], "first what the company owes for its delay"
    assert said["refundable"] == pytest.approx(sum(refunds))


async def test_where_the_policy_wants_it_finance_agrees_first_and_somebody_else_settles(client, sale):
    builder, asha, _, booking = sale
    rules = {"setting_value": {"finance_agrees_to_cancel": True}}
    await client.put("/api/builder/settings/bookings.policy", json=rules, headers=builder.headers)
    clerk, path = await make_member(builder, TeamRole.finance), f"/api/bookings/{booking['id']}/cancellation/agreement"
    assert (await client.post(path, headers=clerk.headers)).json()["code"] == "INVALID_TRANSITION"
    await ask(client, asha, booking)
    assert (await settle(client, builder, booking)).json()["code"] == "FINANCE_MISSING"
    assert (await client.post(path, headers=(await make_member(builder, TeamRole.sales_manager)).headers)).status_code == 403
    assert (await client.post(path, headers=builder.headers)).status_code == 200
    assert (await client.post(path, headers=clerk.headers)).status_code == 200  # what counts is who has agreed first
    assert (await settle(client, builder, booking)).json()["code"] == "MAKER_IS_CHECKER"
    await client.delete(f"/api/bookings/{booking['id']}/cancellation", headers=asha.headers)
    await ask(client, asha, booking)  # another wish is looked at anew
    assert (await settle(client, builder, booking)).json()["code"] == "FINANCE_MISSING"
    await client.post(path, headers=clerk.headers)
    assert (await settle(client, builder, booking)).json()["status"] == "cancelled"


async def test_where_the_policy_wants_it_the_unit_waits_for_its_refunds_and_then_goes_to_who_waits(client, sale):
    builder, _, unit_id, booking = sale
    ravi, boss = await make_customer("Ravi Nair"), await make_member(builder, TeamRole.admin)
    await reserve(client, ravi, unit_id, None, intent="waitlist")
    await client.put("/api/builder/settings/bookings.policy", json={"setting_value": {"hold_until_refund": True}}, headers=builder.headers)
    await ask(client, builder, booking, cause="project_cancelled")
    await settle(client, builder, booking)
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    first, *others = [one["id"] for one in money["payments"] if one["kind"] == "refund"]

    async def unit():
        return (await client.get(f"/api/units/{unit_id}", headers=builder.headers)).json()["status"]

    async def decide(refund_id, step, **said):
        answer = await client.post(f"/api/refunds/{refund_id}/{step}", headers=boss.headers, **({"json": said} if said else {}))
        assert answer.is_success, answer.text

    await decide(first, "approval")
    await decide(first, "processing", transaction_id="NEFT-1")
    assert await unit() == "blocked"
    for number, one in enumerate(others):
        await decide(one, "approval")
        await decide(one, "processing", transaction_id=f"CASH-{number}")
    assert await unit() == "held" and (await types_told(client, ravi))[0] == "booking_offered"


async def let_be_due(booking, day):
    """As if what is to go back had been promised for a day."""
    async with transaction(WORKER) as session:
        kept = await session.get_one(Booking, booking["id"])
        kept.cancellation = kept.cancellation | {"settlement": kept.cancellation["settlement"] | {"refund_due_by": str(day)}}


async def test_what_goes_back_late_bears_interest_that_somebody_approves_like_any_refund(client, sale):
    builder, asha, _, booking = sale
    boss, today = await make_member(builder, TeamRole.admin), datetime.now(UTC).date()
    await ask(client, asha, booking)
    await settle(client, builder, booking, pass_through_spent=50000)
    assert (await quoted(client, asha, booking))["refund_interest_accrued"] == 0
    await let_be_due(booking, today - timedelta(days=73))  # a fifth of a year
    for one in (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()["payments"]:
        if one["kind"] == "receipt":
            await put(Payment, one["id"], cleared_at=datetime.now(UTC) - timedelta(days=90))

    async def refunds():
        money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
        return [(one["id"], one["payment_status"], one["amount"]) for one in money["payments"] if one["kind"] == "refund"]

    [(first, _, amount)] = await refunds()
    said = await quoted(client, asha, booking)
    assert (said["refund_interest_percent"], amount) == (10, 200000) and said["refund_interest_accrued"] in (4000, 4054.79)  # or tomorrow
    await client.post(f"/api/refunds/{first}/approval", headers=boss.headers)
    said = {"transaction_id": "NEFT-1", "payment_date": str(today)}
    assert (await client.post(f"/api/refunds/{first}/processing", json=said, headers=boss.headers)).is_success
    [done, (second, status, interest)] = await refunds()
    assert done == (first, "completed", 200000) and (status, interest) == ("pending", 4000)
    assert (await types_told(client, asha))[:2] == ["receipt_refunded", "interest_credited"]
    await client.post(f"/api/refunds/{second}/approval", headers=builder.headers)
    assert (
        await client.post(f"/api/refunds/{second}/processing", json=said | {"transaction_id": "NEFT-2"}, headers=boss.headers)
    ).is_success
    assert len(await refunds()) == 2 and (await quoted(client, asha, booking))["refund_interest_accrued"] == 0, "none on interest"


async def test_what_came_after_its_refund_was_due_bears_interest_only_from_then(client, sale):
    builder, asha, _, booking = sale
    boss, today = await make_member(builder, TeamRole.admin), datetime.now(UTC).date()
    cheque = (await pay(client, builder, booking, 100000, "cheque")).json()
    await ask(client, asha, booking, reason="We move away.")
    await settle(client, builder, booking, pass_through_spent=250000)
    await let_be_due(booking, today - timedelta(days=73))
    assert (await client.post(f"/api/payments/{cheque['id']}/clearance", headers=builder.headers)).is_success
    assert (await quoted(client, asha, booking))["refund_interest_accrued"] == 0
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=builder.headers)).json()
    [refund] = [one for one in money["payments"] if one["kind"] == "refund"]
    assert (refund["refund_of_id"], refund["amount"]) == (cheque["id"], 100000)
    await client.post(f"/api/refunds/{refund['id']}/approval", headers=boss.headers)
    assert (await client.post(f"/api/refunds/{refund['id']}/processing", json={}, headers=boss.headers)).is_success
    assert "interest_credited" not in await types_told(client, asha)


async def test_in_dubai_a_refund_after_default_is_due_earlier_once_the_unit_is_sold_again(client, sale):
    builder, asha, unit_id, booking = sale
    await put(Booking, booking["id"], policy_terms={})  # as if it were of a time when none were kept
    await put(Project, booking["project_id"], jurisdiction=Jurisdiction.ae_dubai)
    line = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=builder.headers)).json()[1]
    long_ago, today = datetime.now(UTC) - timedelta(days=60), datetime.now(UTC).date()
    await put(Installment, line["id"], due_date=long_ago.date(), demanded_at=long_ago, status="demanded", demand_no="D-1")
    await put(Booking, booking["id"], default_notice_at=long_ago)
    assert (await client.post(f"/api/bookings/{booking['id']}/termination", headers=builder.headers)).status_code == 200
    said = await quoted(client, asha, booking)
    assert said["retention_rule"] == "at most 30 % of the money paid, before the works began" and said["refundable"] == 700000
    assert (today + timedelta(days=364)).isoformat() <= said["refund_due_by"]

    await confirmed_booking(client, builder, await make_customer("Ravi Nair"), unit_id)

    due = (await quoted(client, asha, booking))["refund_due_by"]
    assert due in [(today + timedelta(days=days)).isoformat() for days in (60, 61)]  # it is tomorrow there already, perhaps


async def test_within_the_cooling_off_nothing_is_kept_and_the_request_is_what_counts(client, sale):
    builder, asha, _, booking = sale
    await put(Booking, booking["id"], cooling_off_until=datetime.now(UTC) + timedelta(days=1))
    assert (await ask(client, asha, booking)).json()["cancellation_cause"] == "cooling_off"
    await put(Booking, booking["id"], cooling_off_until=datetime.now(UTC) - timedelta(days=1))
    await settle(client, builder, booking)
    assert (await quoted(client, asha, booking))["refundable"] == 1000000


async def test_only_what_both_sides_agree_on_may_be_named(client, sale):
    builder, asha, _, booking = sale
    await ask(client, asha, booking)
    assert (await settle(client, builder, booking, retention=1)).json()["code"] == "NOT_MUTUAL"
    assert (await settle(client, builder, booking, cause="mutual")).json()["code"] == "RETENTION_MISSING"
    assert (await settle(client, builder, booking, cause="mutual", retention=100000)).status_code == 200
    assert (await quoted(client, asha, booking))["refundable"] == 900000


async def test_settling_is_for_the_managers_alone(client, sale):
    builder, asha, _, booking = sale
    await ask(client, asha, booking)
    for role in (TeamRole.sales_manager, TeamRole.finance):
        assert (await settle(client, await make_member(builder, role), booking)).json()["code"] == "NOT_PERMITTED"
    assert (await settle(client, asha, booking)).json()["code"] == "WRONG_ROLE"
    assert (await settle(client, await make_builder("Bharat Builders"), booking)).status_code == 404


async def overdue(client, booking, person):
    lines = (await client.get(f"/api/bookings/{booking['id']}/schedule", headers=person.headers)).json()
    await put(Installment, lines[0]["id"], due_date=datetime.now(UTC).date() - timedelta(days=60))


async def test_a_booking_ends_for_default_after_notice_and_only_if_it_is_still_late(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    notice, end = f"/api/bookings/{booking['id']}/default-notice", f"/api/bookings/{booking['id']}/termination"

    async def post(path):
        return (await client.post(path, headers=builder.headers)).json()

    assert (await post(notice))["code"] == "NO_ARREARS" and (await post(end))["code"] == "NO_NOTICE"
    await overdue(client, booking, builder)
    assert (await post(notice))["default_notice_at"] and (await post(notice))["code"] == "NOTICE_RUNNING"
    assert (await types_told(client, asha))[0] == "booking_default_notice"
    assert (await post(end))["code"] == "NOTICE_RUNNING"
    await put(Booking, booking["id"], default_notice_at=datetime.now(UTC) - timedelta(days=30))
    ended = await post(end)
    assert (ended["status"], ended["cancellation_cause"]) == ("cancelled", "buyer_default")


async def test_who_pays_after_the_notice_keeps_the_home(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    await overdue(client, booking, builder)
    await client.post(f"/api/bookings/{booking['id']}/default-notice", headers=builder.headers)
    await put(Booking, booking["id"], default_notice_at=datetime.now(UTC) - timedelta(days=30))
    await pay(client, builder, booking, 600000)
    answer = await client.post(f"/api/bookings/{booking['id']}/termination", headers=builder.headers)
    assert answer.json()["code"] == "NO_NOTICE"


async def test_policies_are_a_projects_own_its_companys_and_its_jurisdictions_in_that_order(client, sale):
    builder, asha, _, booking = sale
    await put(Booking, booking["id"], policy_terms={})  # as if it were of a time when none were kept

    async def say(scope, **rules):
        path = f"/api/builder/settings/bookings.policy{scope}"
        return await client.put(path, json={"setting_value": rules}, headers=builder.headers)

    assert (await say("", retention_percent=5)).status_code == 200
    assert (await quoted(client, asha, booking))["retention"] == 375000
    assert (await say(f"?project_id={booking['project_id']}", retention_percent=2, refund_due_days=10)).status_code == 200
    said = await quoted(client, asha, booking)
    assert said["retention"] == 150000 and said["refund_due_by"] < (datetime.now(UTC) + timedelta(days=12)).date().isoformat()
    await put(Project, booking["project_id"], jurisdiction=Jurisdiction.ae_dubai)
    assert "Dubai" in (await quoted(client, asha, booking))["policy_source"]
    assert (await say("", retention_percent=101)).status_code == 422
