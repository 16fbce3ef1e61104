"""Cost sheets and quotes on paper: the figures of the JSON, for whoever reads that, dated, and no offer."""

import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from realestate.models.accounts import Builder, BuilderStatus
from realestate.papers.writing import plain
from realestate.services import drawing
from tests.factories import make_builder, make_customer, make_project, make_unit, make_units, put
from tests.queries import counted
from tests.stories import made_phase

pytestmark = pytest.mark.anyio
LINES = [
    {"code": "base", "name": "Base price", "amount": 7000000.01, "taxable": True},
    {"code": "tax", "name": "GST", "percent": 5},
    {"code": "fee", "name": "Registration", "amount": 45000, "in_plan": False, "pass_through": True},
    {"code": "other", "name": "Deposit", "amount": 20000, "in_plan": False, "refundable": True},
]


@pytest.fixture
async def priced(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    [unit_id] = await make_units(builder, project_id)
    answer = await client.patch(f"/api/units/{unit_id}", json={"price_lines": LINES}, headers=builder.headers)
    assert answer.status_code == 200, answer.text
    return builder, project_id, unit_id


def day():
    return f"{datetime.now(ZoneInfo('Asia/Kolkata')):%d %B %Y}".lstrip("0")


def said(answer):
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf", answer.text
    reader = PdfReader(io.BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")
    assert text.count("not an offer") >= len(reader.pages) and day() in text
    return text


def lakhs(amount):
    return plain(Decimal(str(amount)), "INR")


async def test_a_cost_sheet_says_what_the_json_says_to_whoever_reads_that(client, priced):
    builder, _, unit_id = priced
    path = f"/api/units/{unit_id}/cost-sheet"
    sheet = (await client.get(path)).json()
    for person in (None, await make_customer(), builder):
        headers = person.headers if person else {}
        with counted() as sent:
            text = said(await client.get(f"{path}.pdf", headers=headers))
        assert len(sent) == 1 and "It is not an offer" in " ".join(text.split())
        assert all(lakhs(line["amount"]) in text and line["name"] in text for line in sheet["lines"])
        assert lakhs(sheet["price"]) in text and lakhs(sheet["total"]) in text
        assert "GST, 5 %" in text and "Registration (goes on to others)" in text and "Deposit (comes back)" in text
    first, again = (await client.get(path, headers={"Accept": "application/pdf"})).content, (await client.get(f"{path}.pdf")).content
    assert first == again
    stranger = await make_builder("Bharat Builders")
    assert (await client.get(f"{path}.pdf", headers=stranger.headers)).status_code == 404


async def test_a_quote_dates_every_plan_with_its_taxes_or_the_one_that_is_asked_for(client, priced):
    _, _, unit_id = priced
    path = f"/api/units/{unit_id}/quote"
    plans = (await client.post(path)).json()["plans"]
    text = said(await client.post(path, headers={"Accept": "application/pdf"}))
    for plan in plans:
        assert sum(round(line["tax_amount"] * 100) for line in plan["lines"]) == 35000000
        assert plan["name"] in text and f"₹ {lakhs(plan['token_amount'])}" in text
        assert all(lakhs(line["amount"]) in text and lakhs(line["tax_amount"]) in text for line in plan["lines"])
    assert text.count("Falls due") >= len(plans) and " ".join(text.split()).count("Total 3,50,000.00 73,50,000.01") == len(plans)
    one = said(await client.get(f"{path}.pdf?payment_plan=full_payment"))
    assert one.count("Falls due") == 1 and plans[-1]["name"] in one
    asked = {"json": {"payment_plan": "full_payment"}, "headers": {"Accept": "application/pdf"}}
    assert said(await client.post(path, **asked)) == one
    assert (await client.get(f"{path}.pdf?payment_plan=custom")).json()["code"] == "PLAN_NOT_OFFERED"
    assert (await client.get("/api/units/9000000000/quote.pdf")).status_code == 404


async def test_who_joins_late_reads_what_is_due_for_work_that_is_done(client, priced):
    builder, project_id, unit_id = priced
    phase = await made_phase(client, builder, project_id, phase_key="structure", progress_percentage=60)
    path = f"/api/units/{unit_id}/quote.pdf?payment_plan=construction_linked"
    assert "as the work is done" not in said(await client.get(path))
    await client.post(f"/api/progress/{phase['id']}/certification", json={}, headers=builder.headers)
    [plan] = (await client.post(f"/api/units/{unit_id}/quote", json={"payment_plan": "construction_linked"})).json()["plans"]
    text = " ".join(said(await client.get(path)).split())
    passed = sum(line["amount"] for line in plan["lines"] if line["is_passed"])
    assert f"Work done already ₹ {lakhs(passed)}" in text and text.count("as the work is done") == 1
    assert f"Due at once ₹ {lakhs(plan['due_at_once'])}" in text


async def test_the_price_of_a_hold_is_kept_and_until_when_is_said_to_who_holds(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)
    await client.patch(f"/api/units/{unit_id}", json={"price": 9_000_000}, headers=builder.headers)
    path = f"/api/units/{unit_id}/quote.pdf?payment_plan=full_payment"
    mine, others = said(await client.get(path, headers=asha.headers)), said(await client.get(path))
    assert "A hold keeps this price until" in mine and "75,00,000.01" in mine and "90,00,000.00" not in mine
    assert "A hold keeps" not in others and "90,00,000.00" in others


async def test_nobody_sells_for_a_company_that_is_suspended(client, priced):
    builder, _, unit_id = priced
    await put(Builder, builder.builder_id, status=BuilderStatus.suspended)
    assert (await client.post(f"/api/units/{unit_id}/quote")).status_code == 200, "its project is still on show"
    for paper in ("quote", "cost-sheet"):
        assert (await client.get(f"/api/units/{unit_id}/{paper}.pdf")).status_code == 404


async def test_visitors_do_not_fill_the_line_for_everybody(client, priced, monkeypatch):
    _, _, unit_id = priced
    asha = await make_customer()
    monkeypatch.setattr(drawing, "_in_line", drawing.MOST_OF_VISITORS)
    path = f"/api/units/{unit_id}/cost-sheet.pdf"
    refused = await client.get(path)
    assert refused.status_code == 503 and refused.json()["code"] == "UNAVAILABLE" and refused.headers["Retry-After"]
    said(await client.get(path, headers=asha.headers))
