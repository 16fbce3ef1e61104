"""Agreements over HTTP: who has them made, who reads them, when there is a new version, and what the PDF says."""

import asyncio
import io
import json
import re
from hashlib import sha256

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.models.accounts import Customer, TeamRole
from realestate.models.agreements import Agreement
from realestate.models.bookings import Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.documents import Document, DocumentSubject
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.queries import counted
from tests.stories import confirmed_booking, reserved_booking, types_told

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client):
    """A builder, a customer and their confirmed booking."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await confirmed_booking(client, builder, customer, await make_unit(builder))


async def generate(client, person, booking, **headers):
    return await client.post(f"/api/bookings/{booking['id']}/generate-agreement", headers=person.headers | headers)


async def download(client, person, booking, accept="*/*"):
    return await client.get(f"/api/bookings/{booking['id']}/download-agreement", headers=person.headers | {"Accept": accept})


async def paper(client, person, booking):
    """The newest version, as pages of text."""
    answer = await client.get(f"/api/bookings/{booking['id']}/agreement.pdf", headers=person.headers)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf", answer.text
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


async def kept(booking):
    async with transaction(WORKER) as session:
        return (await session.scalars(select(Agreement).where(Agreement.booking_id == booking["id"]).order_by(Agreement.edition))).all()


async def files(booking):
    async with transaction(WORKER) as session:
        of_agreement = (Document.booking_id == booking["id"], Document.subject == DocumentSubject.agreement)
        return (await session.scalars(select(Document).where(*of_agreement).order_by(Document.id))).all()


async def change(model, id, **values):
    async with transaction(WORKER) as session:
        await session.execute(update(model).where(model.id == id).values(**values))


def amounts(text):
    return [int(said.replace(",", "").replace(".", "")) for said in re.findall(r"₹\s([\d,]+\.\d\d)", text)]


# ── Who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_approves_sales_or_records_money_has_it_made(client, sale):
    builder, customer, booking = sale
    assert (await generate(client, customer, booking)).json()["code"] == "WRONG_ROLE"
    for role in (TeamRole.sales, TeamRole.engineer, TeamRole.support, TeamRole.viewer):
        assert (await generate(client, await make_member(builder, role), booking)).json()["code"] == "NOT_PERMITTED", role
    for role in (TeamRole.finance, TeamRole.sales_manager, TeamRole.admin):
        assert (await generate(client, await make_member(builder, role), booking)).status_code == 200, role


async def test_what_is_not_yours_is_not_there(client, sale):
    builder, _, booking = sale
    assert (await generate(client, builder, booking)).status_code == 200
    for stranger in (await make_builder("Bharat Builders"), await make_customer("Ravi Nair")):
        assert (await download(client, stranger, booking)).status_code == 404
        assert (await download(client, stranger, booking, "application/pdf")).status_code == 404
        assert (await client.get(f"/api/bookings/{booking['id']}/agreement.pdf", headers=stranger.headers)).status_code == 404
    others = await make_builder("Bharat Builders")
    assert (await generate(client, others, booking)).status_code == 404


async def test_the_link_opens_the_file_without_a_token_for_both_sides(client, sale):
    builder, customer, booking = sale
    made = (await generate(client, builder, booking)).json()
    for person in (builder, customer):
        found = (await download(client, person, booking)).json()
        assert found["generated_at"] == made["generated_at"]
        opened = await client.get(found["agreement_url"])
        assert opened.status_code == 200 and opened.content.startswith(b"%PDF-")
    assert "AG-" in (await client.get(made["agreement_url"])).headers["Content-Disposition"]


@pytest.mark.parametrize("accept", ["application/pdf", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"])
async def test_who_asks_for_a_pdf_or_a_page_gets_the_pdf(client, sale, accept):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    answer = await download(client, customer, booking, accept)
    assert answer.headers["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "private" in answer.headers["Cache-Control"]


async def test_a_co_applicant_reads_it_and_is_named_in_it(client, sale):
    builder, customer, booking = sale
    second = await make_customer("Kiran Rao", known_to=builder)
    key = {"builder_id": builder.builder_id, "project_id": booking["project_id"], "booking_id": booking["id"], "owner_id": customer.user_id}
    async with transaction(WORKER) as session:
        session.add(BookingParty(**key, customer_id=second.user_id, role=PartyRole.co_applicant, share=0))
    await generate(client, builder, booking)
    assert "Joint buyer\nKiran Rao" in "\n".join(await paper(client, second, booking))
    assert "agreement_generated" in await types_told(client, second)


async def test_a_party_that_the_company_does_not_know_stops_it(client, sale):
    builder, customer, booking = sale
    second = await make_customer("Kiran Rao")
    key = {"builder_id": builder.builder_id, "project_id": booking["project_id"], "booking_id": booking["id"], "owner_id": customer.user_id}
    async with transaction(WORKER) as session:
        session.add(BookingParty(**key, customer_id=second.user_id, role=PartyRole.co_applicant, share=0))
    answer = await generate(client, builder, booking)
    assert (answer.status_code, answer.json()["code"]) == (409, "PARTY_UNKNOWN")


# ── When ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_there_is_none_before_the_booking_is_confirmed(client):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    answer = await generate(client, builder, booking)
    assert (answer.status_code, answer.json()["code"]) == (409, "BOOKING_NOT_CONFIRMED")
    assert (await download(client, customer, booking)).status_code == 404
    assert await kept(booking) == [] and await files(booking) == []


async def test_an_enquiry_and_an_ended_booking_have_none(client, sale):
    builder, _, booking = sale
    for status in (BookingStatus.cancelled, BookingStatus.cancellation_requested, BookingStatus.inquiry):
        before = BookingStatus.booking_confirmed if status is BookingStatus.cancellation_requested else None
        await change(Booking, booking["id"], status=status, previous_status=before)
        assert (await generate(client, builder, booking)).json()["code"] == "BOOKING_NOT_CONFIRMED", status


async def test_the_customer_is_told_once_of_each_version_and_the_booking_says_where_it_is(client, sale):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    await generate(client, builder, booking)
    assert (await types_told(client, customer)).count("agreement_generated") == 1
    assert "agreement_generated" not in await types_told(client, builder)
    seen = (await client.get(f"/api/bookings/{booking['id']}", headers=customer.headers)).json()
    assert seen["agreement_url"] == f"/api/bookings/{booking['id']}/agreement.pdf"
    listed = (await client.get(f"/api/bookings/{booking['id']}/documents", headers=customer.headers)).json()["documents"]
    assert [(one["kind"], one["subject"], one["edition"]) for one in listed] == [("agreement", "agreement", 1)]


# ── Versions ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_version_comes_only_with_a_change(client, sale):
    builder, customer, booking = sale
    first = (await generate(client, builder, booking)).json()
    again = (await generate(client, builder, booking)).json()
    assert again["generated_at"] == first["generated_at"] and "Version 1" in again["message"]
    await change(Customer, customer.user_id, address="14 Lake View Road, Bandra West, Mumbai")
    assert "Version 2" in (await generate(client, builder, booking)).json()["message"]
    editions = await kept(booking)
    assert [one.edition for one in editions] == [1, 2] and editions[0].content_hash != editions[1].content_hash
    assert [one.edition for one in await files(booking)] == [1, 2]
    text = "\n".join(await paper(client, customer, booking))
    assert "Version 2" in text and "14 Lake View Road" in text and editions[1].content_hash in text


async def test_money_and_states_that_move_make_no_version(client, sale):
    builder, _, booking = sale
    await generate(client, builder, booking)
    said = {
        "booking_id": booking["id"],
        "payment_type": "installment",
        "amount": 5000,
        "payment_method": "upi",
        "payment_date": "2026-01-20",
    }
    assert (await client.post("/api/payments", json=said, headers=builder.headers)).status_code == 201
    await generate(client, builder, booking)
    assert len(await kept(booking)) == 1


async def test_the_printed_hash_can_be_worked_out_again_from_what_is_kept(client, sale):
    builder, _, booking = sale
    await generate(client, builder, booking)
    [edition] = await kept(booking)
    text = json.dumps(edition.terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert edition.content_hash == sha256(text.encode()).hexdigest()
    [file] = await files(booking)
    assert file.sha256 != edition.content_hash and file.media_type == "application/pdf"


async def test_once_signed_it_is_no_draft_and_its_terms_stand(client, sale):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    await change(Customer, customer.user_id, address="Elsewhere")
    await change(Booking, booking["id"], status=BookingStatus.agreement_signed)
    assert (await generate(client, builder, booking)).status_code == 200
    draft, signed = await kept(booking)
    assert (draft.is_draft, signed.is_draft) == (True, False) and draft.content_hash == signed.content_hash
    text = "\n".join(await paper(client, customer, booking))
    assert "DRAFT" not in text and "Elsewhere" not in text and draft.content_hash in text
    assert "is as it was" in (await generate(client, builder, booking)).json()["message"]


@pytest.mark.parametrize("status", [BookingStatus.agreement_signed, BookingStatus.handed_over])
async def test_what_was_signed_without_a_draft_is_not_put_on_paper_afterwards(client, sale, status):
    builder, customer, booking = sale
    await change(Booking, booking["id"], status=status)
    answer = await generate(client, builder, booking)
    assert (answer.status_code, answer.json()["code"]) == (409, "AGREEMENT_NOT_DRAFTED")
    assert (await kept(booking), await files(booking)) == ([], [])
    assert (await download(client, customer, booking)).status_code == 404


async def test_many_at_once_make_one_version(client, sale):
    builder, _, booking = sale
    answers = await asyncio.gather(*(generate(client, builder, booking) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["generated_at"] for answer in answers}) == 1
    assert [one.edition for one in await kept(booking)] == [1] and len(await files(booking)) == 1


async def test_a_change_in_between_is_in_the_version_that_is_kept(client, sale):
    """Whichever comes first: versions count up, and the newest one says what is so."""
    builder, customer, booking = sale
    await asyncio.gather(generate(client, builder, booking), change(Customer, customer.user_id, address="14 Lake View Road"))
    await generate(client, builder, booking)
    editions = await kept(booking)
    assert [one.edition for one in editions] == list(range(1, len(editions) + 1))
    assert editions[-1].terms["parties"][0]["customer"]["address"] == "14 Lake View Road"


async def test_a_key_sent_twice_makes_one_version(client, sale):
    builder, _, booking = sale
    first, second = [await generate(client, builder, booking, **{"Idempotency-Key": "agreement-1"}) for _ in range(2)]
    assert first.json() == second.json() and second.headers["Idempotency-Replayed"] == "true"


async def test_a_key_answers_the_same_when_the_booking_has_ended(client, sale):
    builder, _, booking = sale
    first = await generate(client, builder, booking, **{"Idempotency-Key": "agreement-2"})
    await change(Booking, booking["id"], status=BookingStatus.cancelled)
    again = await generate(client, builder, booking, **{"Idempotency-Key": "agreement-2"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert (await generate(client, builder, booking)).json()["code"] == "BOOKING_NOT_CONFIRMED"


async def test_reading_it_takes_one_statement(client, sale):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    for accept in ("*/*", "application/pdf"):
        with counted() as sent:
            assert (await download(client, customer, booking, accept)).status_code == 200
        assert len(sent) == 1, accept


# ── What it says ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_page_says_what_it_is(client, sale):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    pages = await paper(client, customer, booking)
    [edition] = await kept(booking)
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text and edition.content_hash in text and "DRAFT" in text
        assert f"AG-{booking['id']:06d}" in text and "version 1" in text


async def test_it_names_parties_unit_and_price_and_its_schedule_sums_to_the_total(client, sale):
    builder, customer, booking = sale
    await generate(client, builder, booking)
    text = "\n".join(await paper(client, customer, booking))
    for said in ("Ashoka Homes", "Meera Iyer", "Asha Rao", booking["booking_number"], booking["unit"]["unit_number"], "Signatures"):
        assert said in text, said
    schedule = amounts(text[text.index("4. Payment schedule") :])
    *lines, total = schedule
    assert len(lines) == 8 and sum(lines) == total == round(booking["total_amount"] * 100)
