"""Escrow accounts: what receipts put into them, what may be drawn, by two, and that the statement is the same money."""

import asyncio
import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.projects import Jurisdiction
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.stories import ask_escrow, certificates, certify, confirmed_booking, made_phase, pay, report, types_told

pytestmark = pytest.mark.anyio
TOKEN = 150000
"""What the confirmed booking below has paid."""


@pytest.fixture
async def site(client):
    """A project in India, half built and certified so, and a booking whose token has come."""
    owner, customer = await make_builder(), await make_customer()
    finance = await make_member(owner, TeamRole.finance)
    project = await make_project(owner, jurisdiction=Jurisdiction.in_rera)
    [unit] = await make_units(owner, project, price="7500000.00")
    phase = await made_phase(client, owner, project, weight=100)
    await certify(client, owner, phase)
    booking = await confirmed_booking(client, owner, customer, unit)
    papers = await certificates(client, finance)
    return SimpleNamespace(owner=owner, finance=finance, customer=customer, project=project, booking=booking, phase=phase, papers=papers)


async def account(client, site, path="", **headers):
    answer = await client.get(f"/api/builder/projects/{site.project}/escrow{path}", headers=site.finance.headers | headers)
    assert answer.status_code == 200, answer.text
    return answer


async def figures(client, site, *names):
    said = (await account(client, site)).json()
    return tuple(said[name] for name in names)


async def decide(client, person, withdrawal, step="approval", **said):
    path = f"/api/escrow-withdrawals/{withdrawal['id']}/{step}"
    return await client.post(path, json=said or None, headers=person.headers)


async def drawn(client, site, amount):
    asked = await ask_escrow(client, site.finance, site.project, amount, site.papers)
    assert asked.status_code == 201, asked.text
    answer = await decide(client, site.owner, asked.json())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def give_back(client, site, payment, amount):
    refund = (
        await client.post(f"/api/payments/{payment['id']}/refunds", json={"amount": amount, "reason": "x"}, headers=site.finance.headers)
    ).json()
    await client.post(f"/api/refunds/{refund['id']}/approval", headers=site.owner.headers)
    done = await client.post(f"/api/refunds/{refund['id']}/processing", json={}, headers=site.finance.headers)
    assert done.status_code == 200, done.text


async def bounce(client, site, payment):
    path = f"/api/payments/{payment['id']}/bounce"
    assert (await client.post(path, json={"reason": "x"}, headers=site.finance.headers)).status_code == 200


async def test_seventy_percent_of_what_has_cleared_belongs_to_the_account(client, site):
    assert await figures(client, site, "escrow_percent", "certified_progress", "received", "collected") == (70, 50, TOKEN, 105000)
    cheque = (await pay(client, site.finance, site.booking, 100000.01, "cheque")).json()
    assert await figures(client, site, "received", "collected") == (TOKEN, 105000), "it has not cleared"
    await client.post(f"/api/payments/{cheque['id']}/clearance", headers=site.finance.headers)
    assert await figures(client, site, "received", "collected") == (250000.01, 175000.01), "half a paisa is rounded up, once"
    tax = (await pay(client, site.finance, site.booking, 1000, "tds")).json()
    await client.post(f"/api/payments/{tax['id']}/clearance", headers=site.finance.headers)
    assert await figures(client, site, "received", "collected") == (250000.01, 175000.01), "tax lies with the state"


async def test_what_goes_back_or_bounces_leaves_it(client, site):
    first, second = [(await pay(client, site.finance, site.booking, amount, "upi")).json() for amount in (100000.01, 50000)]
    assert await figures(client, site, "collected") == (210000.01,)
    await give_back(client, site, first, 0.01)
    assert await figures(client, site, "collected") == (210000,), "what is left of it is 100,000.00"
    await give_back(client, site, first, 33333.33)
    assert await figures(client, site, "received", "collected") == (266666.67, 186666.67)
    await bounce(client, site, second)
    assert await figures(client, site, "received", "collected", "balance") == (216666.67, 151666.67, 151666.67)
    lines = (await account(client, site, "/statement")).json()["entries"]
    assert [(line["kind"], line["amount"]) for line in lines[1:]] == [
        ("received", 70000.01),
        ("received", 35000),
        ("returned", -0.01),
        ("returned", -23333.33),
        ("returned", -35000),
    ]


async def test_withdrawals_stay_in_proportion_to_the_certified_work(client, site):
    assert await figures(client, site, "bound", "withdrawable") == (52500, 52500)
    refused = await ask_escrow(client, site.finance, site.project, 52500.01, site.papers)
    assert (refused.status_code, refused.json()["code"], refused.json()["withdrawable"]) == (409, "EXCEEDS_ESCROW", 52500)
    first = (await ask_escrow(client, site.finance, site.project, 40000, site.papers)).json()
    assert first["status"] == "pending" and first["purpose"] and first.items() >= site.papers.items()
    assert await figures(client, site, "pending", "withdrawn", "withdrawable", "balance") == (40000, 0, 12500, 105000)
    assert (await ask_escrow(client, site.finance, site.project, 12500.01, site.papers)).status_code == 409, "a question counts"
    assert (await decide(client, site.owner, first)).json()["status"] == "approved"
    assert await figures(client, site, "pending", "withdrawn", "withdrawable", "balance") == (0, 40000, 12500, 65000)
    await report(client, site.owner, site.phase, progress_percentage=80)
    assert await figures(client, site, "withdrawable") == (12500,), "reported is not certified"
    await certify(client, site.owner, site.phase)
    assert await figures(client, site, "certified_progress", "bound", "withdrawable") == (80, 84000, 44000)


async def test_who_asks_does_not_agree_and_a_decision_stands(client, site):
    asked = (await ask_escrow(client, site.owner, site.project, 100, site.papers)).json()
    refused = await decide(client, site.owner, asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "MAKER_IS_CHECKER")
    refused = await decide(client, site.finance, asked)
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_PERMITTED")
    assert (await decide(client, site.owner, asked, "rejection", reason="A slip.")).json()["rejection_reason"] == "A slip."
    again = await decide(client, await make_member(site.owner, TeamRole.admin), asked)
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_TRANSITION")
    assert await figures(client, site, "pending", "withdrawn", "withdrawable") == (0, 0, 52500)
    await ask_escrow(client, site.finance, site.project, 1, site.papers)
    assert (await types_told(client, site.owner))[0] == "escrow_requested"
    assert not {"escrow_requested", "escrow_withdrawn", "escrow_rejected"} & set(await types_told(client, site.customer))


async def test_of_many_questions_at_once_those_that_fit_are_kept(client, site):
    answers = await asyncio.gather(*(ask_escrow(client, site.finance, site.project, 17500, site.papers) for _ in range(16)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 13
    assert await figures(client, site, "pending", "withdrawable") == (52500, 0)


async def test_when_money_has_gone_back_not_all_that_was_asked_for_is_approved(client, site):
    more = (await pay(client, site.finance, site.booking, 150000, "upi")).json()
    asked = [(await ask_escrow(client, site.finance, site.project, 17500, site.papers)).json() for _ in range(6)]
    await bounce(client, site, more)
    answers = await asyncio.gather(*(decide(client, site.owner, one) for one in asked))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"EXCEEDS_ESCROW"}
    assert await figures(client, site, "withdrawn", "bound", "shortfall") == (52500, 52500, 0)


async def test_what_was_withdrawn_before_money_went_back_is_missing_and_nothing_more_is_drawn(client, site):
    await drawn(client, site, 52500)
    token = (await client.get(f"/api/bookings/{site.booking['id']}/payments", headers=site.owner.headers)).json()["payments"][0]
    await bounce(client, site, token)
    assert await figures(client, site, "collected", "withdrawn", "balance", "shortfall") == (0, 52500, -52500, 52500)
    assert (await ask_escrow(client, site.finance, site.project, 0.01, site.papers)).status_code == 409


async def test_a_certificate_is_a_document_of_the_project_and_stays(client, site):
    named, theirs = dict.fromkeys(site.papers, site.papers["engineer_document_id"]), await certificates(client, site.customer)
    elsewhere = await certificates(client, site.owner, project_id=await make_project(site.owner), audience="team")
    for papers, status in ((named, 422), (theirs, 404), ({name: 2**62 + n for n, name in enumerate(site.papers)}, 404), (elsewhere, 409)):
        answer = await ask_escrow(client, site.finance, site.project, 1, papers)
        assert answer.status_code == status, answer.text
    assert (await ask_escrow(client, site.finance, site.project, 1, site.papers)).status_code == 201
    refused = await client.delete(f"/api/documents/{site.papers['engineer_document_id']}", headers=site.finance.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "DOCUMENT_ATTACHED")


async def test_a_company_sets_another_percent_for_what_comes_from_then_on(client, site):
    said = {"setting_value": {"escrow_percent": 33.3333}}
    answer = await client.put("/api/builder/settings/bookings.policy", json=said, headers=site.owner.headers)
    assert answer.status_code == 200, answer.text
    payment = (await pay(client, site.finance, site.booking, 1000, "upi")).json()
    assert await figures(client, site, "escrow_percent", "collected") == (33.3333, 105333.33)
    said["setting_value"]["escrow_percent"] = 0
    await client.put(f"/api/builder/settings/bookings.policy?project_id={site.project}", json=said, headers=site.owner.headers)
    await pay(client, site.finance, site.booking, 1000, "upi", transaction_id="2")
    await give_back(client, site, payment, 500)
    assert await figures(client, site, "escrow_percent", "collected") == (0, 105166.67)


async def test_the_statement_is_the_same_money_as_the_receipts(client, site):
    paid = [(await pay(client, site.finance, site.booking, amount, "upi")).json() for amount in (333.33, 100000.01, 0.01)]
    await give_back(client, site, paid[1], 50000)
    begin = datetime.now(UTC)
    await drawn(client, site, 10000)
    await bounce(client, site, paid[0])
    said = (await account(client, site, "/statement")).json()

    of_receipt = {}
    for line in said["entries"]:
        if line["payment_id"]:
            of_receipt[line["payment_id"]] = of_receipt.get(line["payment_id"], Decimal(0)) + Decimal(str(line["amount"]))
    payments = (await client.get(f"/api/bookings/{site.booking['id']}/payments", headers=site.owner.headers)).json()["payments"]
    kept = {
        one["id"]: one["amount"] - one["refunded_amount"] for one in payments if one["receipt_no"] and one["payment_status"] != "bounced"
    }
    assert {id: amount for id, amount in of_receipt.items() if amount} == {
        id: (Decimal(str(left)) * 70 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP") for id, left in kept.items()
    }
    assert said["closing_balance"] == said["entries"][-1]["balance"] == (await account(client, site)).json()["balance"]
    assert said["closing_balance"] == pytest.approx(said["total_received"] - said["total_returned"] - said["total_withdrawn"], abs=0.001)

    rows = list(csv.reader(io.StringIO((await account(client, site, "/statement.csv")).text)))
    assert [Decimal(row[-1]) for row in rows[2:]] == [Decimal(str(line["balance"])) for line in said["entries"]] + [
        Decimal(str(said["closing_balance"]))
    ]
    assert (await account(client, site, "/statement", accept="text/csv")).text == (await account(client, site, "/statement.csv")).text
    late = (await account(client, site, f"/statement?since={begin:%Y-%m-%dT%H:%M:%S.%fZ}")).json()
    assert [line["kind"] for line in late["entries"]] == ["withdrawn", "returned"]
    assert late["opening_balance"] + sum(line["amount"] for line in late["entries"]) == pytest.approx(late["closing_balance"], abs=0.001)


async def test_a_buyer_sees_how_much_of_the_money_lies_there(client, site):
    await pay(client, site.finance, site.booking, 100000.01, "upi")
    path = f"/api/bookings/{site.booking['id']}/payments"
    for person in (site.customer, site.owner):
        assert (await client.get(path, headers=person.headers)).json()["escrow_amount"] == 175000.01


async def test_those_who_handle_the_money_see_it(client, site):
    viewer, stranger = await make_member(site.owner, TeamRole.viewer), await make_builder("Bharat Builders")
    for path in ("", "/statement", "/statement.csv", "/withdrawals"):
        path = f"/api/builder/projects/{site.project}/escrow{path}"
        found = [(await client.get(path, headers=person.headers)).status_code for person in (site.customer, viewer, stranger)]
        assert found == [403, 403, 404], path
    page = (await account(client, site, "/withdrawals?status=pending")).json()
    assert page["withdrawals"] == [] and page["total"] == 0
