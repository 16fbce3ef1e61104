"""Refunds that somebody has made at the gateway itself: accepted by those who approve refunds, once, and in the books like any other."""

from types import SimpleNamespace

import pytest

from realestate.config import settings
from realestate.models.accounts import TeamRole
from realestate.models.projects import Jurisdiction
from realestate.services import online
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.paying import event, order_of, ordered, press, seen, tell
from tests.stories import reserved_booking, set_status, types_told

pytestmark = pytest.mark.anyio
TOKEN = 150000


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture
async def paid(client):
    """A company, its customer, their booking, and a token that was paid online."""
    owner, asha = await make_builder(), await make_customer()
    project = await make_project(owner, jurisdiction=Jurisdiction.in_rera)
    [unit] = await make_units(owner, project, price="7500000.00")
    booking = await reserved_booking(client, asha, unit)
    receipt = await ordered(client, asha, booking)
    await press(client, receipt)
    finance = await make_member(owner, TeamRole.finance)
    return SimpleNamespace(owner=owner, finance=finance, asha=asha, project=project, booking=booking, receipt=receipt)


async def sent_back(client, paid, amount, refund_id="re_1", what="refunded", **more):
    """The gateway tells of a refund that was not asked for here."""
    name = f"{refund_id}_{paid.receipt['id']}"
    assert (await tell(client, event(paid.receipt, what, refund_id=name, amount=amount * 100, **more))).status_code == 200
    return name


async def issues(client, person, **question):
    return (await client.get("/api/builder/payment-issues", params=question, headers=person.headers)).json()["issues"]


async def resolve(client, person, issue, action="accept"):
    said = {"action": action, "note": "The accountant has sent it."}
    return await client.post(f"/api/payment-issues/{issue['id']}/resolution", json=said, headers=person.headers)


async def refunds(client, person, booking):
    money = (await client.get(f"/api/bookings/{booking['id']}/payments", headers=person.headers)).json()
    return [one for one in money["payments"] if one["kind"] == "refund"]


async def ask(client, person, paid, amount):
    said = {"amount": amount, "reason": "x"}
    answer = await client.post(f"/api/payments/{paid.receipt['id']}/refunds", json=said, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_who_accepts_a_refund_that_was_made_elsewhere(client, paid):
    await sent_back(client, paid, 1000)
    [issue] = await issues(client, paid.owner)
    assert (await resolve(client, paid.asha, issue)).status_code == 403
    assert (await resolve(client, await make_builder("Bharat Builders"), issue)).status_code == 404
    refused = await resolve(client, paid.finance, issue)
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_PERMITTED")
    assert await refunds(client, paid.owner, paid.booking) == []
    assert (await resolve(client, paid.finance, issue, "dismiss")).json()["status"] == "dismissed"


@pytest.mark.parametrize(("amount", "after"), [(50000, "partially_refunded"), (TOKEN, "refunded")])
async def test_it_is_booked_like_any_other_and_once(client, paid, amount, after):
    name = await sent_back(client, paid, amount)
    [issue] = await issues(client, paid.owner)

    answer = await resolve(client, paid.owner, issue)

    assert (answer.status_code, answer.json()["status"]) == (200, "accepted"), answer.text
    await sent_back(client, paid, amount)
    assert (await resolve(client, paid.owner, issue)).json()["code"] == "ISSUE_RESOLVED"
    [refund] = await refunds(client, paid.owner, paid.booking)
    refund = await seen(client, paid.owner, refund)
    assert (refund["amount"], refund["payment_status"], refund["gateway"]) == (amount, "completed", "fake")
    assert (refund["transaction_id"], refund["approved_by"]) == (name, paid.owner.user_id)
    assert (refund["created_by"], refund["refund_of_id"]) == (paid.asha.user_id, paid.receipt["id"])
    receipt = await seen(client, paid.owner, paid.receipt)
    assert (receipt["payment_status"], receipt["refunded_amount"], receipt["allocated"]) == (after, amount, TOKEN - amount)
    assert [one["kind"] for one in await issues(client, paid.owner)] == ["refunded_elsewhere"]
    assert "receipt_refunded" in await types_told(client, paid.asha)
    assert not {"refund_requested", "refund_approved"} & {*await types_told(client, paid.owner)}
    account = (await client.get(f"/api/builder/projects/{paid.project}/escrow", headers=paid.owner.headers)).json()
    assert account["collected"] == (TOKEN - amount) * 0.7
    acts = (await client.get("/api/builder/audit?action=payment_issue.accept", headers=paid.owner.headers)).json()["events"]
    assert [(act["actor"]["email"], act["entity_id"], act["details"]["reference"]) for act in acts] == [
        (paid.owner.email, paid.receipt["id"], name)
    ]


async def test_no_more_goes_back_than_is_left_of_the_receipt(client, paid):
    asked = await ask(client, paid.finance, paid, TOKEN - 1000)
    await sent_back(client, paid, 2000)
    [issue] = await issues(client, paid.owner)
    refused = await resolve(client, paid.owner, issue)
    assert (refused.status_code, refused.json()["code"], refused.json()["remainder"]) == (409, "EXCEEDS_RECEIPT", 1000)
    assert [one["status"] for one in await issues(client, paid.owner)] == ["open"]
    await client.post(f"/api/refunds/{asked['id']}/rejection", json={"reason": "x"}, headers=paid.owner.headers)
    assert (await resolve(client, paid.owner, issue)).status_code == 200


async def test_what_was_asked_for_here_and_sent_there_is_one_refund(client, paid):
    await set_status(client, paid.owner, paid.booking, "rejected", reason="x")
    [asked] = await refunds(client, paid.owner, paid.booking)
    await sent_back(client, paid, TOKEN)
    [issue] = await issues(client, paid.owner)
    assert (await resolve(client, paid.owner, issue)).json()["code"] == "MAKER_IS_CHECKER", "it was the owner who has asked for it"
    assert (await resolve(client, await make_member(paid.owner, TeamRole.admin), issue)).status_code == 200
    [refund] = await refunds(client, paid.owner, paid.booking)
    assert (refund["id"], refund["payment_status"]) == (asked["id"], "completed")


async def test_a_refund_that_the_gateway_has_refused_because_it_was_made_there(client, paid):
    asked = await ask(client, paid.finance, paid, TOKEN)
    await client.post(f"/api/refunds/{asked['id']}/approval", headers=paid.owner.headers)
    (settings.data_dir / "gateway" / f"pay_{order_of(paid.receipt)}.payment.json").unlink()
    await online.send_refunds()
    await sent_back(client, paid, TOKEN)
    [issue] = await issues(client, paid.owner, kind="refunded_elsewhere")
    assert (await resolve(client, paid.owner, issue)).status_code == 200
    assert (await seen(client, paid.owner, asked))["payment_status"] == "completed"
    assert {one["kind"]: one["status"] for one in await issues(client, paid.owner)} == {
        "refund_failed": "accepted",
        "refunded_elsewhere": "accepted",
    }


async def test_a_refund_that_was_given_up_here_and_sent_after_all_can_be_accepted(client, paid):
    asked = await ask(client, paid.finance, paid, 1000)
    await client.post(f"/api/refunds/{asked['id']}/approval", headers=paid.owner.headers)
    (settings.data_dir / "gateway" / f"pay_{order_of(paid.receipt)}.payment.json").unlink()
    await online.send_refunds()
    given_up = await client.post(f"/api/refunds/{asked['id']}/rejection", json={"reason": "x"}, headers=paid.owner.headers)
    assert given_up.status_code == 200, given_up.text
    await sent_back(client, paid, 1000, reference=str(asked["id"]))
    [issue] = await issues(client, paid.owner, kind="refunded_elsewhere")
    assert (await resolve(client, paid.owner, issue)).status_code == 200
    states = sorted(one["payment_status"] for one in await refunds(client, paid.owner, paid.booking))
    assert states == ["completed", "rejected"]


async def test_what_is_no_refund_of_this_money_is_not_taken_for_one(client, paid):
    await sent_back(client, paid, 1000, currency="USD")
    [issue] = await issues(client, paid.owner)
    assert (await resolve(client, paid.owner, issue)).json()["code"] == "NOT_ACCEPTABLE"


async def test_money_that_has_gone_twice_stays_a_question_for_people(client, paid):
    asked = await ask(client, paid.finance, paid, 1000)
    await client.post(f"/api/refunds/{asked['id']}/approval", headers=paid.owner.headers)
    (settings.data_dir / "gateway" / f"pay_{order_of(paid.receipt)}.payment.json").unlink()
    await online.send_refunds()
    await client.post(f"/api/refunds/{asked['id']}/processing", json={"transaction_id": "NEFT-1"}, headers=paid.finance.headers)
    await sent_back(client, paid, 1000, reference=str(asked["id"]))
    [issue] = await issues(client, paid.owner, kind="refunded_elsewhere")
    assert (await resolve(client, paid.owner, issue)).json()["code"] == "NOT_ACCEPTABLE"
    assert (await resolve(client, paid.owner, issue, "dismiss")).status_code == 200


async def test_a_refund_that_fails_at_the_gateway_is_no_question_any_more(client, paid):
    await sent_back(client, paid, 1000)
    await sent_back(client, paid, 1000, what="refund_failed")
    [issue] = await issues(client, paid.owner)
    assert (issue["status"], issue["note"]) == ("accepted", "The gateway could not send it: the money has not gone.")


async def test_a_refund_that_fails_after_it_was_accepted_has_to_be_paid_in_another_way(client, paid):
    await sent_back(client, paid, 1000)
    [issue] = await issues(client, paid.owner)
    await resolve(client, paid.owner, issue)
    await sent_back(client, paid, 1000, what="refund_failed")
    [refund] = await refunds(client, paid.owner, paid.booking)
    assert [(one["kind"], one["payment_id"]) for one in await issues(client, paid.owner, status="open")] == [
        ("refund_failed", refund["id"])
    ]
