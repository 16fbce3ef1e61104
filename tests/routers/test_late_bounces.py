"""Money that fails when its booking has ended already: the company pays out nothing that it never had."""

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.settlements import without
from tests.factories import make_builder, make_customer, make_member, make_unit
from tests.routers.test_bounces import bounce, money
from tests.routers.test_cancellations import ask, quoted, settle
from tests.stories import pay, reserved_booking, set_status, types_told

pytestmark = pytest.mark.anyio


async def refunds_of(client, builder, booking):
    """The amounts that are asked for, by receipt."""
    payments = (await money(client, builder, booking))["payments"]
    return {one["refund_of_id"]: one["amount"] for one in payments if one["kind"] == "refund" and one["payment_status"] != "rejected"}


async def left(client, *, cheque_first=True):
    """A booking that is settled, 2,000,000 by cheque and its token of 150,000 by transfer behind it. Both receipts."""
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    kinds = [(2000000, "cheque"), (150000, "upi")]
    made = {method: (await pay(client, builder, booking, amount, method)).json() for amount, method in kinds[:: 1 if cheque_first else -1]}
    await client.post(f"/api/payments/{made['cheque']['id']}/clearance", headers=builder.headers)
    await set_status(client, builder, booking, "booking_confirmed")
    await ask(client, asha, booking)
    assert (await settle(client, builder, booking)).status_code == 200
    return builder, asha, booking, made["cheque"], made["upi"]


@pytest.mark.parametrize("cheque_first", [True, False])
async def test_what_bounces_after_the_settlement_does_not_go_back(client, cheque_first):
    builder, asha, booking, cheque, token = await left(client, cheque_first=cheque_first)
    assert sum((await refunds_of(client, builder, booking)).values()) == 1400000
    told = await types_told(client, asha)

    assert (await bounce(client, builder, cheque)).status_code == 200

    said = await quoted(client, asha, booking)
    assert (said["is_settled"], said["paid_cleared"], said["retention"], said["refundable"]) == (True, 150000, 150000, 0)
    assert await refunds_of(client, builder, booking) == {}
    assert (await types_told(client, asha)).count("cancellation_settled") == told.count("cancellation_settled") + 1
    account = await money(client, asha, booking)
    assert (account["total_paid"], account["total_pending"]) == (150000, 0)
    collections = (await client.get("/api/builder/collections", headers=builder.headers)).json()
    assert collections["ageing"] == [], "nothing is owed by who has left"
    assert token["payment_status"] == "completed"


async def test_the_rest_is_asked_for_anew(client):
    """Of 2,150,000, 1,400,000 were to go back, all of the newest receipt and a part of the other one."""
    builder, asha, booking, cheque, token = await left(client)
    assert (await bounce(client, builder, token)).status_code == 200
    said = await quoted(client, asha, booking)
    assert (said["paid_cleared"], said["retention"], said["refundable"]) == (2000000, 750000, 1250000)
    assert await refunds_of(client, builder, booking) == {cheque["id"]: 1250000}
    clerk = await make_member(builder, TeamRole.finance)
    [refund] = [one for one in (await money(client, builder, booking))["payments"] if one["payment_status"] == "pending"]
    answer = await client.post(f"/api/refunds/{refund['id']}/rejection", json={"reason": "x"}, headers=clerk.headers)
    assert answer.json()["code"] in ("REFUND_OWED", "NOT_PERMITTED")


async def test_what_came_after_the_end_and_bounces_changes_no_settlement(client):
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    await pay(client, builder, booking, 1000000)
    late = (await pay(client, builder, booking, 5000, "cheque")).json()
    await set_status(client, builder, booking, "booking_confirmed")
    await ask(client, asha, booking)
    await settle(client, builder, booking)
    before, asked = await quoted(client, asha, booking), await refunds_of(client, builder, booking)
    assert (await client.post(f"/api/payments/{late['id']}/clearance", headers=builder.headers)).status_code == 200
    assert (await refunds_of(client, builder, booking))[late["id"]] == 5000
    assert (await bounce(client, builder, late)).status_code == 200
    assert await refunds_of(client, builder, booking) == asked
    assert (await quoted(client, asha, booking))["refundable"] == before["refundable"]


def test_a_share_of_what_was_paid_shrinks_with_it():
    said = {"paid_cleared": "1000", "retention": "300", "retention_rule": "at most 30 % of the money paid, before the works began"}
    assert without(said | {"builder_interest_owed": "0"}, 400)["retention"] == "180.00"
