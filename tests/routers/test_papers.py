"""Letters of allotment, signed agreements and cancellation statements: who reads them, what they say, and that they say what the JSON says."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfReader

from realestate.database import WORKER
from realestate.models.accounts import Customer
from realestate.models.bookings import Booking
from realestate.models.projects import Jurisdiction
from realestate.services import agreements
from tests.factories import make_builder, make_customer, make_project, make_snag, make_unit, make_units, put
from tests.queries import counted
from tests.speaking import speaking
from tests.stories import allotted_sale, confirmed_booking, pay, reserved_booking, set_status

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    return await allotted_sale(client)


async def get(client, person, booking, path):
    return await client.get(f"/api/bookings/{booking['id']}/{path}", headers=person.headers)


async def paper(client, person, booking, path):
    """Its text."""
    answer = await get(client, person, booking, path)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf", answer.text
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def amounts(text):
    """In the smallest unit, as they stand."""
    return [int(said.replace(",", "").replace(".", "")) for said in re.findall(r"₹\s([\d,]+\.\d\d)", text)]


def cents(*said):
    return [round(one * 100) for one in said]


async def sign(client, booking, *people):
    for person in people:
        terms = (await get(client, person, booking, "download-agreement")).json()["content_hash"]
        said = {"content_hash": terms}
        answer = await client.post(f"/api/bookings/{booking['id']}/signatures", json=said, headers=person.headers)
        assert answer.status_code == 201, answer.text
    return terms


# ── The letter of allotment ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_of_what_was_allotted_before_there_were_letters_none_is_made_up(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    async with speaking(WORKER) as connection:
        await connection.execute("DELETE FROM allotments WHERE booking_id = %s", [booking["id"]])
        await connection.commit()
    answer = await get(client, asha, booking, "allotment-letter.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "LETTER_NOT_KEPT")


async def test_there_is_a_letter_once_the_unit_is_allotted_and_for_the_parties_alone(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    answer = await get(client, asha, booking, "allotment-letter.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_ALLOTTED")
    await pay(client, builder, booking, booking["token_amount"])
    await set_status(client, builder, booking, "booking_confirmed")
    for person in (builder, asha):
        assert "Letter of allotment" in await paper(client, person, booking, "allotment-letter.pdf")
    for stranger in (await make_builder("Bharat Builders"), await make_customer("Ravi Nair")):
        assert (await get(client, stranger, booking, "allotment-letter.pdf")).status_code == 404
    assert (await client.get(f"/api/bookings/{booking['id']}/allotment-letter.pdf")).status_code == 401


async def test_it_says_what_the_booking_says_to_the_minor_unit(client, sale):
    _, asha, booking = sale
    text = await paper(client, asha, booking, "allotment-letter.pdf")
    lines = (await get(client, asha, booking, "schedule")).json()
    said = (booking["allotment_no"], booking["booking_number"], "Asha Rao", "Ashoka Homes", booking["unit"]["unit_number"], "Page 1 of")
    assert [one for one in said if one not in text] == []
    schedule = text[text.index("4. Payment plan") : text.index("5. Dates")]
    assert amounts(schedule) == cents(*(line["amount"] for line in lines), booking["total_amount"])
    assert amounts(text[text.index("3. Cost sheet") : text.index("4. Payment plan")])[-1] == round(booking["total_amount"] * 100)


async def test_what_is_paid_beside_the_plan_and_the_taxes_are_in_it(client):
    builder, asha = await make_builder(), await make_customer()
    lines = [
        {"code": "base", "name": "Base price", "amount": 7000000.01, "taxable": True},
        {"code": "tax", "name": "GST", "percent": 5},
        {"code": "fee", "name": "Registration", "amount": 45000, "in_plan": False, "pass_through": True},
    ]
    unit_id = await make_unit(builder)
    answer = await client.patch(f"/api/units/{unit_id}", json={"price_lines": lines}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    booking = await confirmed_booking(client, builder, asha, unit_id)
    text = await paper(client, asha, booking, "allotment-letter.pdf")
    sheet = text[text.index("3. Cost sheet") : text.index("4. Payment plan")]
    assert amounts(sheet) == cents(7000000.01, 350000, 7350000.01, 45000, 7395000.01)
    schedule = (await get(client, asha, booking, "schedule")).json()
    taxes = "{:,.2f}".format(sum(line["tax_amount"] for line in schedule))
    assert taxes == "350,000.00" and "Of which tax" in text and "3,50,000.00 73,50,000.01" in text


async def test_it_stays_as_it_was_whatever_changes(client, sale):
    builder, asha, booking = sale
    before = (await get(client, asha, booking, "allotment-letter.pdf")).content
    assert (await get(client, builder, booking, "allotment-letter.pdf")).content == before
    await put(Customer, asha.user_id, first_name="Usha", address="Elsewhere")
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json={}, headers=builder.headers)
    assert (await get(client, asha, booking, "allotment-letter.pdf")).content == before


async def test_it_names_all_who_are_allotted_with_their_shares_whoever_reads_it(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await reserved_booking(client, asha, await make_unit(builder))
    code = await client.post(f"/api/bookings/{booking['id']}/co-applicants/code", json={"share": 33.3333}, headers=asha.headers)
    await client.post("/api/customer/join", json={"code": code.json()["code"]}, headers=ravi.headers)
    await pay(client, builder, booking, booking["token_amount"])
    await set_status(client, builder, booking, "booking_confirmed")
    letters = [(await get(client, person, booking, "allotment-letter.pdf")).content for person in (asha, ravi, builder)]
    assert letters[0] == letters[1] == letters[2]
    text = " ".join((await paper(client, ravi, booking, "allotment-letter.pdf")).replace("\u00a0", " ").split())
    assert "the allottees named below, jointly" in text and "Joint allottee Ravi Nair" in text
    assert "Share 66.6667 %" in text and "Share 33.3333 %" in text


async def test_it_says_until_when_one_is_free_to_leave(client):
    builder, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, jurisdiction=Jurisdiction.in_rera))
    booking = await confirmed_booking(client, builder, asha, unit_id)
    assert booking["cooling_off_until"] > booking["confirmed_at"]
    assert "until then nothing is kept" in await paper(client, asha, booking, "allotment-letter.pdf")


async def test_where_no_such_time_is_agreed_it_says_nothing_of_one(client, sale):
    _, asha, booking = sale
    assert booking["cooling_off_until"] is None
    assert "leave until" not in await paper(client, asha, booking, "allotment-letter.pdf")
    assert "leave until" not in await paper(client, asha, booking, "cancellation-statement.pdf")


async def test_reading_it_takes_one_statement(client, sale):
    _, asha, booking = sale
    for path in ("allotment-letter.pdf", "cancellation-statement.pdf", "documents"):
        with counted() as sent:
            assert (await get(client, asha, booking, path)).status_code == 200
        assert len(sent) == 1, path


# ── The signed agreement ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_with_the_last_signature_there_is_an_edition_with_all_names_and_times_that_stays_for_ever(client, sale):
    builder, asha, booking = sale
    await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=builder.headers)
    assert "DRAFT" in await paper(client, asha, booking, "agreement.pdf")
    await sign(client, booking, asha)
    await agreements.draw_signed(booking["id"])
    assert "DRAFT" in await paper(client, asha, booking, "agreement.pdf"), "the company has not signed"
    terms = await sign(client, booking, builder)

    for _ in range(2):
        await agreements.draw_signed(booking["id"])

    text = await paper(client, asha, booking, "agreement.pdf")
    names = (await get(client, asha, booking, "signatures")).json()
    assert "DRAFT" not in text and text.count("Signed on") == len(names) == 2 and terms in text
    assert "Buyer\nAsha Rao" in text and "Meera Iyer" in text
    before = (await get(client, asha, booking, "agreement.pdf")).content
    await put(Customer, asha.user_id, first_name="Usha")
    assert (await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=builder.headers)).status_code == 200
    assert (await get(client, builder, booking, "agreement.pdf")).content == before
    listed = (await get(client, asha, booking, "documents")).json()["documents"]
    assert [one["edition"] for one in listed] == [2, 1]


# ── The cancellation statement ──────────────────────────────────────────────────────────────────────────────────────────────

ITEMS = ("paid_cleared", "retention", "non_refundable_taxes", "pass_through_spent", "interest_due", "other_charges", "tax_credits")


async def test_a_quote_is_marked_as_one_and_says_what_the_json_says(client, sale):
    builder, asha, booking = sale
    for person, cause in ((asha, ""), (builder, "?cause=builder_delay")):
        quote = (await get(client, person, booking, f"cancellation-quote{cause}")).json()
        text = await paper(client, person, booking, f"cancellation-statement.pdf{cause}")
        assert text.count("QUOTE") == len(re.findall(r"Page \d of", text)) and "Cancellation quote" in text
        settlement = text[text.index("Settlement") : text.index("Why")]
        assert amounts(settlement) == cents(*(quote[name] for name in (*ITEMS, "builder_interest_owed", "refundable")))
        assert quote["retention_rule"] in text and quote["cause"].replace("_", " ") in text and quote["policy_source"] in text


async def test_a_settled_one_is_no_quote_and_lists_receipts_and_refunds(client):
    builder, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder, jurisdiction=Jurisdiction.in_rera))
    booking = await confirmed_booking(client, builder, asha, unit_id)
    assert (await pay(client, builder, booking, 850000)).status_code == 201
    await put(Booking, booking["id"], cooling_off_until=datetime.now(UTC) - timedelta(days=1))
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={"reason": "We move away."}, headers=asha.headers)
    answer = await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json={}, headers=builder.headers)
    assert answer.json()["status"] == "cancelled", answer.text
    quote = (await get(client, asha, booking, "cancellation-quote")).json()

    text = await paper(client, asha, booking, "cancellation-statement.pdf")

    assert (
        "QUOTE" not in text
        and "Cancellation statement" in text
        and "We move away." in text
        and "Model Agreement for Sale" in " ".join(text.split())
    )
    settlement = text[text.index("Settlement") : text.index("Why")]
    assert amounts(settlement) == cents(*(quote[name] for name in (*ITEMS, "builder_interest_owed", "refundable")))
    money = (await get(client, asha, booking, "payments")).json()["payments"]
    came, back = ([one for one in money if (one["kind"] == "refund") is is_back] for is_back in (False, True))
    assert amounts(text[text.index("Money received") : text.index("Refunds")])[-1] == round(quote["paid_cleared"] * 100)
    assert all(one["receipt_no"] in text for one in came)
    assert amounts(text[text.index("Refunds") :]) == cents(*(one["amount"] for one in back), quote["refundable"])


async def test_strangers_find_none_and_nothing_is_settled_of_a_reserve(client, sale):
    builder, _, booking = sale
    for stranger in (await make_builder("Bharat Builders"), await make_customer("Ravi Nair")):
        assert (await get(client, stranger, booking, "cancellation-statement.pdf")).status_code == 404
    ravi = await make_customer("Ravi Nair")
    reserve = await reserved_booking(client, ravi, await make_unit(builder))
    assert (await get(client, ravi, reserve, "cancellation-statement.pdf")).json()["code"] == "INVALID_TRANSITION"


# ── The record of the handover ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_keys_are_recorded_with_what_was_checked_and_what_was_not_right(client, sale):
    builder, asha, booking = sale
    assert (await get(client, asha, booking, "handover-record.pdf")).json()["code"] == "NOT_HANDED_OVER"
    now = datetime.now(UTC)
    await make_snag(builder, booking, title="Leaking tap", is_blocking=True)
    await put(Booking, booking["id"], handed_over_at=now, acknowledged_at=now, handover_checklist={"keys": True, "meters": False})
    text = await paper(client, asha, booking, "handover-record.pdf")
    seen = (await client.get(f"/api/bookings/{booking['id']}", headers=builder.headers)).json()
    assert "Leaking tap" in text and "Open, blocking" in text and "Meters not done" in text and "Keys done" in text
    assert amounts(text) == cents(seen["total_amount"], seen["paid_amount"], seen["pending_amount"])
    assert (await get(client, await make_customer("Ravi Nair"), booking, "handover-record.pdf")).status_code == 404
    assert "handover_record" in [one["kind"] for one in (await get(client, asha, booking, "documents")).json()["papers"]]


# ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_booking_lists_its_papers_and_each_opens(client, sale):
    builder, asha, booking = sale
    await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=builder.headers)
    await sign(client, booking, asha, builder)
    await client.post(f"/api/bookings/{booking['id']}/cancellation", json={}, headers=asha.headers)
    await client.post(f"/api/bookings/{booking['id']}/cancellation/approval", json={}, headers=builder.headers)
    for person in (asha, builder):
        papers = (await get(client, person, booking, "documents?limit=1")).json()["papers"]
        kinds = [one["kind"] for one in papers]
        assert {"allotment_letter", "agreement", "demand_notice", "receipt", "statement", "cancellation_statement"} == set(kinds)
        assert kinds.count("receipt") == 2 and kinds[:2] == ["cancellation_statement", "statement"]
        for one in papers:
            opened = await client.get(one["url"], headers=person.headers)
            assert opened.status_code == 200 and opened.content.startswith(b"%PDF-"), one
            text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(opened.content)).pages)
            assert one["number"] in text and (one["content_hash"] or "") in text
    stranger = await make_customer("Ravi Nair")
    assert (await get(client, stranger, booking, "documents")).status_code == 404


async def test_what_everybody_has_signed_is_drawn_even_if_the_booking_has_gone_on_by_then(client, sale):
    builder, asha, booking = sale
    await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=builder.headers)
    for person in (builder, asha):
        await sign(client, booking, person)
    asked = await client.post(f"/api/bookings/{booking['id']}/cancellation", json={"reason": "We move."}, headers=asha.headers)
    assert asked.json()["status"] == "cancellation_requested"

    await agreements.draw_signed(booking["id"])

    text = await paper(client, asha, booking, "agreement.pdf")
    assert "DRAFT" not in text and text.count("Signed on") == 2
