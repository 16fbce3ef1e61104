"""Payments ordered for a booking that has gone on as another one meanwhile: their money is taken, and goes back; the other one is not touched."""

from types import SimpleNamespace

import pytest

from realestate.config import settings
from realestate.services import online
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.paying import event, ordered, press, seen, tell
from tests.routers.test_parties import approve, asked, swap
from tests.stories import confirmed_booking, pay, reserved_booking

pytestmark = pytest.mark.anyio
EITHER = pytest.mark.parametrize("how", ["transfer", "swap"])


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture
async def sale(client):
    """A confirmed booking with an open page over 1,000, another unit, and somebody else."""
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    one, other = await make_units(builder, await make_project(builder), 2)
    booking = await confirmed_booking(client, builder, asha, one)
    payment = await ordered(client, asha, booking, 1000)
    return SimpleNamespace(builder=builder, asha=asha, ravi=ravi, other=other, booking=booking, payment=payment)


async def go_on(client, sale, how):
    """The booking goes on as another one, with the token that was paid."""
    if how == "transfer":
        await asked(client, sale.asha, sale.ravi, sale.booking)
        answer = await approve(client, sale.builder, sale.booking, sale.ravi)
    else:
        answer = await swap(client, sale.builder, sale.booking, sale.other)
    assert answer.is_success, answer.text
    return answer.json()


async def issues(client, sale):
    said = (await client.get("/api/builder/payment-issues", headers=sale.builder.headers)).json()["issues"]
    return {one["kind"]: one for one in said}


async def resolve(client, sale, issue, action):
    path, said = f"/api/payment-issues/{issue['id']}/resolution", {"action": action, "note": "We have called the bank."}
    answer = await client.post(path, json=said, headers=sale.builder.headers)
    assert answer.status_code == 200, answer.text


async def paid_now(client, sale, booking):
    return (await client.get(f"/api/bookings/{booking['id']}", headers=sale.builder.headers)).json()["paid_amount"]


async def refund_of(client, sale):
    money = (await client.get(f"/api/bookings/{sale.booking['id']}/payments", headers=sale.asha.headers)).json()
    [refund] = [one for one in money["payments"] if one["refund_of_id"] == sale.payment["id"]]
    return refund


@EITHER
async def test_an_amount_that_is_accepted_after_it_is_taken_and_goes_back(client, sale, how):
    await press(client, sale.payment, charged="999")
    new = await go_on(client, sale, how)

    await resolve(client, sale, (await issues(client, sale))["mismatch"], "accept")

    taken = await seen(client, sale.asha, sale.payment)
    assert (taken["payment_status"], taken["amount"], taken["allocations"]) == ("completed", 999, [])
    refund = await refund_of(client, sale)
    assert (refund["amount"], refund["payment_status"]) == (999, "pending")
    assert (await client.post(f"/api/refunds/{refund['id']}/approval", headers=sale.builder.headers)).status_code == 200
    await online.send_refunds()
    await online.rehearse()
    assert (await refund_of(client, sale))["payment_status"] == "completed"
    assert (await seen(client, sale.asha, sale.payment))["payment_status"] == "refunded"
    assert {kind: one["status"] for kind, one in (await issues(client, sale)).items()} == {"mismatch": "accepted", "orphan": "accepted"}
    assert await paid_now(client, sale, new) == 150000 and await paid_now(client, sale, sale.booking) == 0


@EITHER
async def test_an_amount_that_is_dismissed_after_it_closes_the_order(client, sale, how):
    await press(client, sale.payment, charged="999")
    new = await go_on(client, sale, how)
    await resolve(client, sale, (await issues(client, sale))["mismatch"], "dismiss")
    assert (await seen(client, sale.asha, sale.payment))["payment_status"] == "cancelled"
    assert await paid_now(client, sale, new) == 150000


async def test_what_is_paid_on_a_page_of_a_unit_that_was_exchanged_goes_back(client, sale):
    new = await go_on(client, sale, "swap")
    await press(client, sale.payment, copies=2)
    assert (await seen(client, sale.asha, sale.payment))["payment_status"] == "completed"
    assert [*(await issues(client, sale))] == ["orphan"] and (await refund_of(client, sale))["amount"] == 1000
    assert await paid_now(client, sale, new) == 150000
    again = await ordered(client, sale.asha, new, 1000)
    assert again["checkout_url"] != sale.payment["checkout_url"]
    await press(client, again)
    assert await paid_now(client, sale, new) == 151000


@EITHER
async def test_a_slow_transfer_that_begins_and_fails_after_it_changes_neither(client, sale, how):
    new = await go_on(client, sale, how)
    before = (await client.get(f"/api/bookings/{new['id']}", headers=sale.builder.headers)).json()
    for what, status in (("processing", "clearance_pending"), ("failed", "failed")):
        assert (await tell(client, event(sale.payment, what))).status_code == 200
        assert (await seen(client, sale.asha, sale.payment))["payment_status"] == status
    assert (await client.get(f"/api/bookings/{new['id']}", headers=sale.builder.headers)).json() == before


async def test_who_has_exchanged_a_unit_for_a_dearer_one_pays_what_is_left_of_its_token(client, sale):
    [dear] = await make_units(sale.builder, sale.booking["project_id"], price="9000000")
    booking = await reserved_booking(client, sale.asha, sale.other)
    await pay(client, sale.builder, booking, booking["token_amount"])
    page = await ordered(client, sale.asha, booking, 1000)
    new = (await swap(client, sale.builder, booking, dear)).json()
    assert new["status"] == "reserved" and new["reserve_expires_at"], "what it lacks is awaited, but not for ever"
    await press(client, page)
    rest = await ordered(client, sale.asha, new)
    assert rest["amount"] == new["token_amount"] - booking["token_amount"] == 30000
    await tell(client, event(rest, "processing"))
    await tell(client, event(rest, "failed"))
    kept = (await client.get(f"/api/bookings/{new['id']}", headers=sale.asha.headers)).json()
    assert (kept["status"], kept["reserve_expires_at"]) == ("reserved", None), "what was carried speaks for it"
    await press(client, rest)
    assert (await client.get(f"/api/bookings/{new['id']}", headers=sale.asha.headers)).json()["status"] == "token_paid"
