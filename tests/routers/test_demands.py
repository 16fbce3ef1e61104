"""Demands: fired by milestones, days, the agreement; once, in order, with proof; looked at before; let go of by two."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking, BookingStatus
from realestate.models.payments import Installment
from realestate.models.projects import Jurisdiction, Project
from realestate.models.units import Unit
from realestate.services import dues, payments
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import certify, confirmed_booking, made_phase, pay, report, types_told

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()


async def site(client, rules=None, buyers=1, **more):
    """A builder's project with two phases at nothing, and so many confirmed bookings on the construction-linked plan."""
    builder = await make_builder()
    project_id = await make_project(builder, rules=rules or {}, **more)
    phases = [await made_phase(client, builder, project_id, name, progress_percentage=0) for name in ("Foundation", "Structure")]
    sold = []
    for unit_id in await make_units(builder, project_id, buyers):
        customer = await make_customer()
        sold.append((customer, await confirmed_booking(client, builder, customer, unit_id)))
    return builder, project_id, phases, sold


async def build(client, builder, phase, percent):
    """Reported and certified."""
    assert (await report(client, builder, phase, progress_percentage=percent)).status_code == 200
    answer = await certify(client, builder, phase)
    assert answer.status_code == 201, answer.text


async def schedule(client, person, booking):
    said = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()
    return said["payment_schedule"]


async def demanded(client, person, booking):
    return [line["seq"] for line in await schedule(client, person, booking) if line["demand_no"]]


async def take_to(booking, status):
    """As its own step would."""
    async with transaction(WORKER) as session:
        row = await session.get_one(Booking, booking["id"], with_for_update=True)
        row.previous_status = row.status if status is BookingStatus.cancellation_requested else None
        row.status = status
        project = await session.get_one(Project, row.project_id)
        await session.flush()
        await payments.settle(session, row, project, datetime.now(UTC))


async def test_a_certified_rise_demands_every_line_that_it_passes_once_in_order_with_proof(client):
    builder, _, (_, structure), [(customer, booking)] = await site(client)
    await report(client, builder, structure, progress_percentage=100)
    assert await demanded(client, customer, booking) == [], "nothing is certified yet"

    await certify(client, builder, structure)

    lines = await schedule(client, customer, booking)
    half, whole = lines[3], lines[4]
    assert await demanded(client, customer, booking) == [4, 5] and half["demand_no"] < whole["demand_no"]
    assert half["status"] == "demanded" and half["due_date"] == str(TODAY + timedelta(days=15))
    proof = whole["proof"]
    assert (proof["phase_key"], proof["threshold_pct"], proof["percentage"], proof["certified_by"]) == ("structure", 100, 100, "Meera Iyer")
    assert (await types_told(client, customer)).count("demand_issued") == 2
    numbers = [half["demand_no"], whole["demand_no"]]
    await report(client, builder, structure, progress_percentage=40, reason="Measured again.")
    await build(client, builder, structure, 100)
    again = await schedule(client, customer, booking)
    assert [again[3]["demand_no"], again[4]["demand_no"]] == numbers, "what goes back takes no demand back, and none comes twice"


async def test_where_no_certificate_is_required_the_report_counts(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client, {"certificate_required": False})
    await report(client, builder, foundation, progress_percentage=100)
    assert await demanded(client, customer, booking) == [3]


async def test_a_phase_of_one_tower_demands_of_that_tower_alone(client):
    builder, project_id, _, [(customer, booking)] = await site(client)
    [other] = await make_units(builder, project_id)
    async with transaction(WORKER) as session:
        (await session.get_one(Unit, other)).tower = "B"
    ravi = await make_customer("Ravi Nair")
    neighbour = await confirmed_booking(client, builder, ravi, other)
    finishing = await made_phase(client, builder, project_id, "Finishing", progress_percentage=0, tower="B")
    await build(client, builder, finishing, 60)
    assert await demanded(client, customer, booking) == [] and await demanded(client, ravi, neighbour) == [6]


async def test_who_buys_late_owes_at_the_confirmation_what_was_passed_before(client):
    builder, project_id, (foundation, structure), _ = await site(client, {"catch_up_days": 60}, buyers=0)
    await build(client, builder, foundation, 100)
    await build(client, builder, structure, 60)
    customer = await make_customer()
    [unit_id] = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, customer, unit_id)
    assert await demanded(client, customer, booking) == [3, 4]
    assert (await schedule(client, customer, booking))[2]["due_date"] == str(TODAY + timedelta(days=60))


async def test_before_the_agreement_no_more_than_the_cap_is_asked_for_and_the_rest_fires_on_signing(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client, {"pre_agreement_cap": "26"})
    await build(client, builder, foundation, 100)
    assert await demanded(client, customer, booking) == [3], "10 + 15 fit into 26"
    await take_to(booking, BookingStatus.agreement_signed)
    assert await demanded(client, customer, booking) == [2, 3]


async def test_in_india_the_cap_is_ten_percent_unless_the_rules_say_otherwise(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client, jurisdiction=Jurisdiction.in_rera)
    await build(client, builder, foundation, 100)
    assert await demanded(client, customer, booking) == []
    await take_to(booking, BookingStatus.agreement_signed)
    assert await demanded(client, customer, booking) == [2, 3]


async def test_who_has_paid_before_the_first_line_may_be_asked_for_is_not_unpaid(client):
    """The first line is beyond the cap: it waits for the signature, and the token meets no line until then."""
    builder, customer = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, jurisdiction=Jurisdiction.in_rera))
    booking = await confirmed_booking(client, builder, customer, unit_id, "possession_linked")
    assert (booking["paid_amount"], booking["payment_status"]) == (150000, "partial")
    assert (await schedule(client, customer, booking))[0]["status"] == "scheduled"
    said = (await client.get("/api/customer/dashboard", headers=customer.headers)).json()["bookings"]
    assert [one["payment_status"] for one in said] == ["partial"]
    found = (await client.get("/api/builder/bookings?payment_status=unpaid", headers=builder.headers)).json()
    assert found["bookings"] == []


async def test_who_wants_out_is_asked_for_nothing_more(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client)
    await take_to(booking, BookingStatus.cancellation_requested)
    await build(client, builder, foundation, 100)
    assert await demanded(client, customer, booking) == []


async def test_two_at_once_demand_once(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client, {"certificate_required": False})
    async with transaction(WORKER) as session:
        await session.execute(
            update(Installment).where(Installment.booking_id == booking["id"], Installment.seq == 2).values(due_date=TODAY)
        )
    await asyncio.gather(
        report(client, builder, foundation, progress_percentage=100), *(pay(client, builder, booking, 1) for _ in range(4)), dues.demand()
    )
    assert await demanded(client, customer, booking) == [2, 3]
    assert (await types_told(client, customer)).count("demand_issued") == 2


async def test_a_day_that_comes_is_a_demand_without_anybody_asking(client):
    builder, project_id, _, _ = await site(client, buyers=0)
    customer = await make_customer()
    [unit_id] = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, customer, unit_id, "time_linked")
    async with transaction(WORKER) as session:
        line = update(Installment).where(Installment.booking_id == booking["id"], Installment.seq == 2)
        await session.execute(line.values(due_date=TODAY - timedelta(days=1)))
    await dues.demand()
    await dues.demand()
    lines = await schedule(client, customer, booking)
    assert [line["seq"] for line in lines if line["demand_no"]] == [2] and lines[1]["is_overdue"]


async def test_where_demands_are_looked_at_first_they_are_drafts(client):
    builder, _, (foundation, _), [(customer, booking)] = await site(client, {"auto_issue": False})
    finance = await make_member(builder, TeamRole.finance)
    await build(client, builder, foundation, 100)
    page = (await client.get("/api/builder/demands?state=draft", headers=finance.headers)).json()
    [draft] = page["demands"]
    assert draft["booking"]["booking_number"] == booking["booking_number"] and draft["proof"]["phase_key"] == "foundation"
    assert await demanded(client, customer, booking) == [] and "demand_issued" not in await types_told(client, customer)
    assert "demand_drafted" in await types_told(client, finance)
    step = f"/api/demands/{draft['id']}/"
    assert (await client.post(step + "issue", headers=finance.headers)).json()["code"] == "INVALID_TRANSITION"
    assert (await client.post(step + "approval", headers=(await make_builder("Bharat")).headers)).status_code == 404
    assert (await client.post(step + "approval", headers=finance.headers)).json()["demand_state"] == "approved"
    issued = (await client.post(step + "issue", headers=finance.headers)).json()
    assert (issued["demand_state"], issued["status"]) == ("issued", "partially_paid" if issued["paid_amount"] else "demanded")
    assert (await client.post(step + "issue", headers=finance.headers)).json()["code"] == "INVALID_TRANSITION"
    assert await demanded(client, customer, booking) == [3]


async def test_a_preview_says_what_a_certificate_would_demand_and_demands_nothing(client):
    builder, _, (_, structure), sold = await site(client, buyers=2)
    for percent, expected in ((49, []), ("50", [4, 4]), (100, [4, 5, 4, 5])):
        path = f"/api/progress/{structure['id']}/demand-preview?percent={percent}"
        said = (await client.get(path, headers=builder.headers)).json()
        assert [line["seq"] for line in said["demands"]] == expected
        assert said["bookings"] == (2 if expected else 0) and said["total_amount"] == pytest.approx(
            sum(line["amount"] for line in said["demands"])
        )
    assert (await client.get(path, headers=(await make_builder("Bharat")).headers)).status_code == 404
    assert (await client.get(path, headers=sold[0][0].headers)).status_code == 403
    assert [await demanded(client, customer, booking) for customer, booking in sold] == [[], []]


async def test_a_notice_on_paper_shows_why(client):
    import io

    from pypdf import PdfReader

    builder, _, (foundation, _), [(customer, booking)] = await site(client)
    await build(client, builder, foundation, 100)
    line = (await schedule(client, customer, booking))[2]
    answer = await client.get(f"/api/demands/{line['id']}/notice.pdf", headers=customer.headers)
    said = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert line["demand_no"] in said and "Foundation" in said and "Meera Iyer" in said and "11,25,000.00" in said
    later = (await schedule(client, customer, booking))[3]
    assert (await client.get(f"/api/demands/{later['id']}/notice.pdf", headers=customer.headers)).json()["code"] == "NOT_DEMANDED"


async def test_a_line_is_let_go_of_by_two(client):
    builder, _, _, [(customer, booking)] = await site(client)
    finance = await make_member(builder, TeamRole.finance)
    line = (await schedule(client, customer, booking))[0]
    path = f"/api/installments/{line['id']}/waivers"
    assert (await client.post(path, json={"reason": "x"}, headers=customer.headers)).status_code == 403
    waiver = (await client.post(path, json={"reason": "A gift."}, headers=finance.headers)).json()
    assert (waiver["status"], waiver["amount"]) == ("pending", 600000)
    assert (await client.post(path, json={"reason": "x"}, headers=finance.headers)).json()["code"] == "WAIVER_PENDING"
    decision = f"/api/waivers/{waiver['id']}/"
    assert (await client.post(decision + "approval", headers=finance.headers)).json()["code"] == "NOT_PERMITTED"
    approved = (await client.post(decision + "approval", headers=builder.headers)).json()
    assert (approved["status"], approved["decided_by"]) == ("approved", builder.user_id)
    paid, *_, waived = await schedule(client, customer, booking)
    assert (paid["status"], paid["amount"], paid["outstanding"]) == ("paid", 150000, 0)
    assert (waived["status"], waived["amount"], waived["paid_amount"], waived["outstanding"]) == ("waived", 600000, 0, 0)
    assert "line_waived" in await types_told(client, customer) and "waiver_requested" not in await types_told(client, customer)
    assert (await client.post(path, json={"reason": "x"}, headers=finance.headers)).json()["code"] == "NOT_WAIVABLE"
    own = (await schedule(client, customer, booking))[1]
    assert (await client.post(f"/api/installments/{own['id']}/waivers", json={"reason": "x"}, headers=builder.headers)).status_code == 409


async def test_nobody_lets_go_of_what_they_have_asked_for_themselves(client):
    builder, _, _, [(customer, booking)] = await site(client)
    line = (await schedule(client, customer, booking))[0]
    waiver = (await client.post(f"/api/installments/{line['id']}/waivers", json={"reason": "x"}, headers=builder.headers)).json()
    answer = await client.post(f"/api/waivers/{waiver['id']}/approval", headers=builder.headers)
    assert answer.json()["code"] == "MAKER_IS_CHECKER"


@pytest.mark.parametrize(
    ("plan", "first"), [("construction_linked", "demanded"), ("possession_linked", "scheduled"), ("full_payment", "scheduled")]
)
async def test_in_india_not_even_the_booking_asks_for_more_than_the_cap_before_the_agreement(client, plan, first):
    builder, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, jurisdiction=Jurisdiction.in_rera))
    [said] = (await client.post(f"/api/units/{unit_id}/quote", json={"payment_plan": plan}, headers=asha.headers)).json()["plans"]
    assert (said["due_at_once"] > 0, said["lines"][0]["is_due_at_once"]) == (first == "demanded",) * 2
    booking = await confirmed_booking(client, builder, asha, unit_id, plan)
    line = (await schedule(client, asha, booking))[0]
    assert (line["status"] != "scheduled", line["due_date"] is not None) == (first == "demanded",) * 2
    await take_to(booking, BookingStatus.agreement_signed)
    line = (await schedule(client, asha, booking))[0]
    assert (line["status"], line["paid_amount"]) == ("partially_paid", booking["token_amount"]) and line["due_date"]
