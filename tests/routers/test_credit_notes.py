"""Demands that were a mistake: taken back on paper while nothing of them is paid, and by nothing else."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

import pytest

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from realestate.services import dues, dunning
from tests import figures
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, put
from tests.speaking import attempt
from tests.stories import certify, confirmed_booking, made_phase, pay, report, types_told

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()
LATER = str(TODAY + timedelta(days=40))


@pytest.fixture
async def site(client):
    """A milestone of 15 % that has been demanded of Asha by mistake: the phase was not as far as certified. The token has been paid."""
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="UTC", rules={"interest_percent": "10"})
    [unit_id] = await make_units(builder, project_id)
    booking = await confirmed_booking(client, builder, asha, unit_id)
    phase = await made_phase(client, builder, project_id, "Foundation", progress_percentage=0)
    await report(client, builder, phase, progress_percentage=100)
    await certify(client, builder, phase)
    return builder, asha, booking, phase


async def schedule(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()["payment_schedule"]


async def demanded(client, person, booking):
    return next(line for line in await schedule(client, person, booking) if line["demand_no"])


async def interest(client, person, booking):
    return [line for line in await schedule(client, person, booking) if line["kind"] == "interest"]


async def credit(client, person, line, **more):
    return await client.post(f"/api/demands/{line['id']}/credit-note", json={"reason": "Measured again."} | more, headers=person.headers)


async def test_after_a_correction_the_line_waits_for_its_milestone_again(client, site):
    builder, asha, booking, phase = site
    finance = await make_member(builder, TeamRole.finance)
    line = await demanded(client, asha, booking)
    assert (await credit(client, finance, line)).json()["code"] == "STILL_DUE"
    await report(client, builder, phase, progress_percentage=40, reason="Measured again.")
    assert "progress_corrected" in await types_told(client, finance)

    note = await credit(client, finance, line)

    assert note.status_code == 201, note.text
    said = note.json()
    assert (said["demand_no"], said["amount"], said["credit_no"][:3]) == (line["demand_no"], line["amount"], "CN-")
    assert note.headers["Location"] == f"/api/credit-notes/{said['id']}"
    again = next(one for one in await schedule(client, asha, booking) if one["id"] == line["id"])
    assert (again["status"], again["demand_no"], again["due_date"], again["demanded_at"], again["proof"]) == (
        "scheduled",
        None,
        None,
        None,
        None,
    )
    assert "demand_credited" in await types_told(client, asha)
    assert (await credit(client, finance, line)).json()["code"] == "NOT_CREDITABLE"
    await pay(client, builder, booking, 600_000)
    assert (await schedule(client, asha, booking))[2]["status"] == "scheduled"
    await report(client, builder, phase, progress_percentage=100)
    await certify(client, builder, phase)
    new = next(one for one in await schedule(client, asha, booking) if one["id"] == line["id"])
    assert new["demand_no"] > line["demand_no"] and new["status"] != "scheduled"


async def test_the_statement_shows_both_and_the_paper_says_why(client, site):
    from pypdf import PdfReader

    builder, asha, booking, _ = site
    before = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    line = await demanded(client, asha, booking)
    note = (await credit(client, builder, line, again_on=LATER)).json()
    said = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    assert said["closing_balance"] == before["closing_balance"] - line["amount"]
    entries = {entry["reference"]: (entry["debit"], entry["credit"]) for entry in said["entries"]}
    assert entries[line["demand_no"]] == (line["amount"], 0) and entries[note["credit_no"]] == (0, line["amount"])
    for person, status in ((asha, 200), (builder, 200), (await make_customer("Ravi"), 404), (await make_builder("Bharat"), 404)):
        answer = await client.get(f"/api/credit-notes/{note['id']}/note.pdf", headers=person.headers)
        assert answer.status_code == status
        assert (await client.get(f"/api/credit-notes/{note['id']}", headers=person.headers)).status_code == status
    paper = (await client.get(f"/api/credit-notes/{note['id']}/note.pdf", headers=asha.headers)).content
    text = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert note["credit_no"] in text and line["demand_no"] in text and "Measured again." in text
    page = (await client.get(f"/api/builder/credit-notes?booking_id={booking['id']}", headers=builder.headers)).json()
    assert [one["id"] for one in page["credit_notes"]] == [note["id"]]


async def test_the_papers_of_the_booking_list_it_for_both(client, site):
    builder, asha, booking, _ = site
    note = (await credit(client, builder, await demanded(client, asha, booking), again_on=LATER)).json()
    for person in (asha, builder):
        papers = (await client.get(f"/api/bookings/{booking['id']}/documents", headers=person.headers)).json()["papers"]
        [listed] = [one for one in papers if one["kind"] == "credit_note"]
        assert listed["number"] == note["credit_no"] and listed["issued_at"] == note["created_at"]
        assert (await client.get(listed["url"], headers=person.headers)).content.startswith(b"%PDF-")


async def test_what_still_holds_is_demanded_again_on_the_day_that_is_said_and_not_before(client, site):
    builder, asha, booking, _ = site
    line = await demanded(client, asha, booking)
    wrong = await credit(client, builder, line, again_on=str(TODAY))
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["field"] == "again_on"
    assert (await credit(client, builder, line, again_on=LATER)).status_code == 201
    await dues.demand()
    await pay(client, builder, booking, 1)
    again = next(one for one in await schedule(client, asha, booking) if one["id"] == line["id"])
    assert (again["status"], again["due_date"]) == ("scheduled", LATER)
    await put(Installment, line["id"], due_date=TODAY + timedelta(days=1), created_at=datetime.now(UTC) - timedelta(days=30))
    await dunning.remind()
    assert "payment_due_soon" not in await types_told(client, asha), "it will be demanded that day, not due"
    await let_come(line)
    await dues.demand()
    again = next(one for one in await schedule(client, asha, booking) if one["id"] == line["id"])
    assert again["status"] == "demanded" and again["demand_no"] > line["demand_no"]
    assert again["due_date"] == str(TODAY + timedelta(days=15)), "as much time as the plan gives"


async def let_come(line):
    """The day comes."""
    await put(Installment, line["id"], due_date=TODAY)


async def test_nothing_that_is_paid_in_part_is_taken_back(client, site):
    builder, asha, booking, _ = site
    await pay(client, builder, booking, 600_001)
    line = await demanded(client, asha, booking)
    assert (line["status"], (await credit(client, builder, line, again_on=LATER)).json()["code"]) == ("partially_paid", "NOT_CREDITABLE")
    first = (await schedule(client, asha, booking))[0]
    assert (await credit(client, builder, first, again_on=LATER)).json()["code"] == "NOT_CREDITABLE"
    waiting = (await schedule(client, asha, booking))[-1]
    assert (await credit(client, builder, waiting)).json()["code"] == "NOT_CREDITABLE"


async def test_a_charge_that_is_taken_back_is_cancelled(client):
    builder, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, rules={"bounce_charge": "500"}))
    booking = await confirmed_booking(client, builder, asha, unit_id)
    cheque = (await pay(client, builder, booking, 1000, "cheque")).json()
    await client.post(f"/api/payments/{cheque['id']}/bounce", json={"reason": "x"}, headers=builder.headers)
    charge = next(line for line in await schedule(client, asha, booking) if line["kind"] == "charge")
    assert (await credit(client, builder, charge, again_on=LATER)).status_code == 422
    assert (await credit(client, builder, charge)).status_code == 201
    charge = next(line for line in await schedule(client, asha, booking) if line["kind"] == "charge")
    assert (charge["status"], charge["outstanding"]) == ("cancelled", 0)
    said = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    assert said["closing_balance"] == 600_000, "the rest of the first line"


async def test_interest_that_was_charged_on_a_demand_goes_with_it_and_begins_anew(client, site):
    builder, asha, booking, _ = site
    line = await demanded(client, asha, booking)
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=70))
    await dues.close()
    [charged] = await interest(client, asha, booking)
    await client.post(f"/api/bookings/{booking['id']}/statement/close", headers=builder.headers)
    await put(Booking, booking["id"], default_notice_at=datetime.now(UTC))

    note = await credit(client, builder, line, again_on=LATER)

    assert note.status_code == 201, note.text
    assert {one["status"] for one in await interest(client, asha, booking)} == {"cancelled"}
    page = (await client.get(f"/api/builder/credit-notes?booking_id={booking['id']}", headers=builder.headers)).json()
    notes = {one["demand_no"]: one["credit_no"][-5:] for one in page["credit_notes"]}
    assert (len(notes), notes[charged["demand_no"]], notes[line["demand_no"]]) == (3, "00001", "00003")
    said = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    assert (said["closing_balance"], said["interest_accrued"]) == (600_000, 0), "the rest of the first line"
    async with transaction(WORKER) as session:
        assert (await session.get_one(Booking, booking["id"])).default_notice_at is None, "nothing is late any more"
    await figures.reconcile(client, builder, asha, booking["project_id"])

    await let_come(line)
    await dues.demand()
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=10))
    said = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    assert said["interest_accrued"] == round(line["amount"] * 0.10 * 10 / 365, 2)


async def test_interest_that_was_let_go_of_is_not_counted_against_a_later_demand(client, site):
    builder, asha, booking, _ = site
    finance, line = await make_member(builder, TeamRole.finance), await demanded(client, asha, booking)
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=70))
    await dues.close()
    [charged] = await interest(client, asha, booking)
    waiver = await client.post(f"/api/installments/{charged['id']}/waivers", json={"reason": "x"}, headers=finance.headers)
    assert (await client.post(f"/api/waivers/{waiver.json()['id']}/approval", headers=builder.headers)).status_code == 200
    assert (await credit(client, finance, line, again_on=LATER)).status_code == 201
    assert [one["status"] for one in await interest(client, asha, booking)] == ["waived"]
    await let_come(line)
    await dues.demand()
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=10))
    said = (await client.get(f"/api/bookings/{booking['id']}/statement", headers=asha.headers)).json()
    assert said["interest_accrued"] == round(line["amount"] * 0.10 * 10 / 365, 2)


async def test_a_demand_stays_of_which_interest_has_been_paid(client, site):
    builder, asha, booking, _ = site
    line = await demanded(client, asha, booking)
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=70))
    await put(Booking, booking["id"], interest_terms={"interest_percent": "10", "allocation_order": ["interest", "charge", "installment"]})
    await dues.close()
    await pay(client, builder, booking, 100, payment_date=str(TODAY))
    [charged] = await interest(client, asha, booking)
    assert (charged["status"], (await credit(client, builder, line, again_on=LATER)).json()["code"]) == ("partially_paid", "NOT_CREDITABLE")


async def test_numbers_have_no_gaps_and_of_two_at_once_one_is_made(client, site):
    builder, asha, booking, _ = site
    line = await demanded(client, asha, booking)
    said = await asyncio.gather(*(credit(client, builder, line, again_on=LATER) for _ in range(3)))
    assert sorted(answer.status_code for answer in said) == [201, 409, 409]
    [note] = [answer.json() for answer in said if answer.status_code == 201]
    await let_come(line)
    await dues.demand()
    second = (await credit(client, builder, line, again_on=LATER)).json()
    assert [one["credit_no"][-5:] for one in (note, second)] == ["00001", "00002"]


async def test_only_who_handles_money_takes_back(client, site):
    builder, asha, booking, _ = site
    line = await demanded(client, asha, booking)
    assert (await credit(client, asha, line)).status_code == 403
    assert (await credit(client, await make_member(builder, TeamRole.engineer), line)).json()["code"] == "NOT_PERMITTED"
    assert (await credit(client, await make_builder("Bharat"), line)).status_code == 404


NOTE = """INSERT INTO credit_notes (builder_id, project_id, booking_id, customer_id, installment_id, credit_no, name, amount, tax_amount, currency,
    demand_no, demanded_at, reason, created_by) SELECT builder_id, project_id, booking_id, customer_id, id, 'CN-1', name, {amount}, tax_amount,
    'INR', {number}, demanded_at, 'x', {by} FROM installments WHERE id = {line}"""


async def test_in_raw_sql_too_a_note_is_ones_own_and_of_an_unpaid_demand_as_it_stands(client, site):
    builder, asha, booking, _ = site
    line, bharat, seller = await demanded(client, asha, booking), await make_builder("Bharat"), await make_member(builder, TeamRole.sales)
    true = {"amount": "amount", "number": "demand_no", "by": builder.user_id, "line": line["id"]}
    for person, lies, outcome in (
        (builder, {}, 1),
        (builder, {"by": seller.user_id}, "42501"),
        (builder, {"amount": "amount - 1"}, "23514"),
        (builder, {"number": "'D-x'"}, "23514"),
        (builder, {"line": (await schedule(client, asha, booking))[0]["id"], "number": "'D-x'"}, "23514"),
        (seller, {"by": seller.user_id}, 0),  # Asha is not theirs
        (bharat, {"by": bharat.user_id}, 0),
        (asha, {"by": asha.user_id}, "42501"),
    ):
        assert await attempt(person, NOTE.format(**true | lies)) == outcome, lies
    await put(Installment, line["id"], due_date=TODAY - timedelta(days=70))
    await dues.close()
    assert await attempt(builder, NOTE.format(**true)) == "23514", "its interest would stay"
    note = (await credit(client, builder, line, again_on=LATER)).json()
    for person in (builder, asha):
        for change in ("UPDATE credit_notes SET amount = 1", "DELETE FROM credit_notes"):
            assert await attempt(person, f"{change} WHERE id = {note['id']}") == "42501"
    assert await attempt(bharat, f"SELECT FROM credit_notes WHERE id = {note['id']}") == 0
    assert await attempt(asha, f"SELECT FROM credit_notes WHERE id = {note['id']}") == 1
