"""What came online goes back the way it came: sent once, and waited for."""

from datetime import timedelta
from decimal import Decimal

import pytest

from realestate.adapters.gateways import fake
from realestate.config import settings
from realestate.errors import Conflict, NotFound, Unavailable
from realestate.models.accounts import TeamRole
from realestate.models.payments import Payment
from realestate.services import online
from realestate.services.online import hearing, returning
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_unit, put
from tests.paying import event, order_of, ordered, press, seen, tell
from tests.stories import reserved_booking, set_status

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def purse(monkeypatch, tmp_path):
    """What the gateway of development knows is this test's own."""
    monkeypatch.setattr(settings, "data_dir", tmp_path)


@pytest.fixture
async def sale(client):
    """A company, its customer, and their reserve."""
    builder, asha = await make_builder(), await make_customer()
    return builder, asha, await reserved_booking(client, asha, await make_unit(builder))


@pytest.fixture
async def refund(client, sale):
    """A refund of a token that was paid online, approved by the owner, and who is concerned."""
    builder, asha, booking = sale
    finance = await make_member(builder, TeamRole.finance)
    payment = await ordered(client, asha, booking)
    await press(client, payment)
    answer = await client.post(f"/api/payments/{payment['id']}/refunds", json={"amount": 1000, "reason": "x"}, headers=finance.headers)
    assert (await client.post(f"/api/refunds/{answer.json()['id']}/approval", headers=builder.headers)).status_code == 200
    return builder, finance, payment, answer.json()


async def test_a_refund_goes_back_through_the_gateway(client, refund):
    _, finance, payment, refund = refund
    by_hand = await client.post(f"/api/refunds/{refund['id']}/processing", json={}, headers=finance.headers)
    assert by_hand.json()["code"] == "SET_BY_GATEWAY"
    for _ in range(2):
        await online.send_refunds()
        assert (await seen(client, finance, refund))["payment_status"] == "approved"
        assert len(fake.due()) == 1, "sent once"
    assert await online.rehearse() == 1
    assert (await seen(client, finance, refund))["payment_status"] == "completed"
    assert (await seen(client, finance, payment))["payment_status"] == "partially_refunded"


async def test_a_refund_of_which_nothing_is_told_is_asked_for(client, refund):
    _, finance, _, refund = refund
    await online.send_refunds()
    for path, _ in fake.due():
        path.unlink()
    await online.check()
    assert (await seen(client, finance, refund))["payment_status"] == "approved"
    await let_time_pass(Payment, refund["id"], "updated_at", timedelta(hours=2))
    await online.check()
    assert (await seen(client, finance, refund))["payment_status"] == "completed"


async def test_what_cannot_be_asked_for_keeps_nothing_else_from_being_asked_for(client, sale, refund, monkeypatch):
    """An order whose gateway is not in use any more is the first of several, and closed when it has been over for a week."""
    _, asha, booking = sale
    _, finance, _, refund = refund
    monkeypatch.setattr(hearing, "MOST_AT_ONCE", 1)
    dead, paid = await ordered(client, asha, booking, 200000), await ordered(client, asha, booking, 300000)
    await press(client, paid, is_lost="true")
    await online.send_refunds()
    for path, _ in fake.due():
        path.unlink()
    await put(Payment, dead["id"], gateway="razorpay")
    await let_time_pass(Payment, dead["id"], "checkout_until", timedelta(days=6))
    await let_time_pass(Payment, paid["id"], "checkout_until")
    await let_time_pass(Payment, refund["id"], "updated_at", timedelta(hours=2))
    with pytest.raises(NotFound):
        await online.check()
    assert [(await seen(client, asha, one))["payment_status"] for one in (dead, paid)] == ["pending", "completed"]
    assert (await seen(client, finance, refund))["payment_status"] == "completed"
    await let_time_pass(Payment, dead["id"], "checkout_until", timedelta(days=8))
    for _ in range(2):
        await online.check()
        assert (await seen(client, asha, dead))["payment_status"] == "cancelled"


async def test_a_refund_that_cannot_be_sent_keeps_no_other_from_being_sent(client, sale, refund, monkeypatch):
    _, asha, booking = sale
    builder, finance, stuck, first = refund
    payment = await ordered(client, asha, booking, 200000)
    await press(client, payment)
    answer = await client.post(f"/api/payments/{payment['id']}/refunds", json={"amount": 1000, "reason": "x"}, headers=finance.headers)
    await client.post(f"/api/refunds/{answer.json()['id']}/approval", headers=builder.headers)
    give_back = fake.Fake.give_back

    async def away(self, name, *said):
        if name == f"pay_{order_of(stuck)}":
            raise Unavailable("x", "GATEWAY_AWAY")
        return await give_back(self, name, *said)

    monkeypatch.setattr(returning, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(fake.Fake, "give_back", away)
    with pytest.raises(Unavailable):
        await online.send_refunds()
    assert await online.rehearse() == 1
    assert [(await seen(client, finance, one))["payment_status"] for one in (first, answer.json())] == ["approved", "completed"]
    monkeypatch.setattr(fake.Fake, "give_back", give_back)
    await online.send_refunds()
    assert len(fake.due()) == 1, "sent after all"


async def test_a_refund_that_is_on_its_way_is_not_taken_back(client, refund):
    builder, _, _, refund = refund
    await online.send_refunds()
    answer = await client.post(f"/api/refunds/{refund['id']}/rejection", json={"reason": "x"}, headers=builder.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "REFUND_SENT")


async def test_a_refund_that_the_gateway_refuses_is_paid_by_hand(client, refund):
    builder, finance, payment, refund = refund
    (settings.data_dir / "gateway" / f"pay_{order_of(payment)}.payment.json").unlink()  # it has forgotten everything
    await online.send_refunds()
    for _ in range(2):
        [issue] = (await client.get("/api/builder/payment-issues", headers=builder.headers)).json()["issues"]
        assert (issue["kind"], issue["payment_id"]) == ("refund_failed", refund["id"]) and "knows no such payment" in issue["detail"]
        await online.send_refunds()  # not asked for again
    answer = await client.post(f"/api/refunds/{refund['id']}/processing", json={"transaction_id": "NEFT-1"}, headers=finance.headers)
    assert answer.json()["payment_status"] == "completed"


async def test_a_refund_that_was_paid_by_hand_and_comes_from_the_gateway_after_all_is_questioned_once(client, refund):
    builder, finance, payment, refund = refund
    (settings.data_dir / "gateway" / f"pay_{order_of(payment)}.payment.json").unlink()
    await online.send_refunds()
    await client.post(f"/api/refunds/{refund['id']}/processing", json={"transaction_id": "NEFT-1"}, headers=finance.headers)
    for _ in range(2):
        await tell(client, event(payment, "refunded", refund_id="re_1", reference=str(refund["id"]), amount=100000))
    [issue, _] = (await client.get("/api/builder/payment-issues", headers=builder.headers)).json()["issues"]
    assert (issue["kind"], issue["payment_id"]) == ("refunded_elsewhere", refund["id"]) and "gone twice" in issue["detail"]


async def test_a_refund_that_was_refused_and_comes_from_the_gateway_after_all_is_no_question(client, refund):
    builder, finance, payment, refund = refund
    (settings.data_dir / "gateway" / f"pay_{order_of(payment)}.payment.json").unlink()
    await online.send_refunds()
    for _ in range(2):
        await tell(client, event(payment, "refunded", refund_id="re_1", reference=str(refund["id"]), amount=100000))
    assert (await seen(client, finance, refund))["payment_status"] == "completed"
    issues = (await client.get("/api/builder/payment-issues", headers=builder.headers)).json()["issues"]
    assert [issue["kind"] for issue in issues] == ["refund_failed"]


async def test_a_refund_that_is_refused_after_somebody_else_has_sent_it_is_on_its_way(client, refund, monkeypatch):
    builder, finance, _, refund = refund
    give_back = fake.Fake.give_back

    async def too_late(self, *said):
        await put(Payment, refund["id"], gateway_payment_id=(await give_back(self, *said)).refund_id)
        raise Conflict("GATEWAY_REFUSED", "Nothing is left of it.")

    monkeypatch.setattr(fake.Fake, "give_back", too_late)
    await online.send_refunds()
    assert (await client.get("/api/builder/payment-issues", headers=builder.headers)).json()["issues"] == []
    assert await online.rehearse() == 1
    assert (await seen(client, finance, refund))["payment_status"] == "completed"


async def test_an_orphan_is_settled_when_its_money_has_gone_back(client, sale):
    builder, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await set_status(client, builder, booking, "rejected", reason="x")
    await press(client, payment)
    [refund] = (await client.get("/api/builder/payments?kind=refund", headers=builder.headers)).json()["payments"]
    await client.post(f"/api/refunds/{refund['id']}/approval", headers=builder.headers)
    await online.send_refunds()
    await online.rehearse()
    [issue] = (await client.get("/api/builder/payment-issues", headers=builder.headers)).json()["issues"]
    assert (issue["status"], issue["note"]) == ("accepted", "The money has gone back.")
    assert (await seen(client, asha, payment))["payment_status"] == "refunded"


async def test_the_gateway_gives_back_no_more_than_it_has_taken_and_once(client, sale):
    _, asha, booking = sale
    payment = await ordered(client, asha, booking)
    await press(client, payment)
    gateway, name = fake.Fake(), f"pay_{order_of(payment)}"
    for _ in range(2):
        await gateway.give_back(name, Decimal(100000), "INR", "7")
    assert len(fake.due()) == 1
    with pytest.raises(Conflict) as refusal:
        await gateway.give_back(name, Decimal("50000.01"), "INR", "8")
    assert refusal.value.code == "GATEWAY_REFUSED"
