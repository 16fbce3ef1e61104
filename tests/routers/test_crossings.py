"""What two rooms do to one booking, one after the other."""

from datetime import UTC, datetime, timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment
from realestate.models.units import Unit
from realestate.services import claims, dues
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_unit, put
from tests.paying import event, ordered, seen, tell
from tests.routers import test_credit_notes
from tests.routers.test_bounces import bounce, money
from tests.routers.test_credit_notes import LATER, credit, demanded, interest
from tests.routers.test_parties import approve, asked
from tests.routers.test_plan_amendments import agree, proposed
from tests.routers.test_waived import waive
from tests.stories import confirmed_booking, pay, reserved_booking

pytestmark = pytest.mark.anyio
site = test_credit_notes.site  # a fixture


@pytest.mark.parametrize(("part", "becomes"), [(50000, "expired"), (150000, "token_paid")], ids=["a part of it", "all of it"])
async def test_money_that_comes_after_a_lost_token_has_let_the_reserve_expire_is_taken_or_goes_back(client, part, becomes):
    """What was left of the token is on its way back, and nobody claims a unit with it again."""
    builder, asha = await make_builder(), await make_customer()
    booking = await reserved_booking(client, asha, await make_unit(builder))
    if part < booking["token_amount"]:
        await pay(client, builder, booking, booking["token_amount"] - part)
    lost = (await pay(client, builder, booking, part)).json()
    page = await ordered(client, asha, booking, 500000)
    assert (await bounce(client, builder, lost)).status_code == 200
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, booking["unit_id"], "hold_expires_at")
    await claims.end_due()
    assert (await tell(client, event(page))).status_code == 200
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["status"] == becomes
    assert (await seen(client, builder, page))["payment_status"] == "completed"
    going = [one["amount"] for one in (await money(client, builder, booking))["payments"] if one["kind"] == "refund"]
    assert going == ([] if becomes == "token_paid" else [100000, 500000])


async def test_a_booking_goes_over_whose_line_bore_interest_that_was_waived_and_was_planned_anew(client, site):
    builder, asha, booking, _ = site
    finance, ravi, line = (
        await make_member(builder, TeamRole.finance),
        await make_customer("Ravi Nair"),
        await demanded(client, asha, booking),
    )
    await put(Installment, line["id"], due_date=datetime.now(UTC).date() - timedelta(days=70))
    await dues.close()
    [charged] = await interest(client, asha, booking)
    await waive(client, builder, charged)
    assert (await credit(client, finance, line, again_on=LATER)).status_code == 201
    assert (await agree(client, asha, await proposed(client, finance, booking))).status_code == 200
    await pay(client, builder, booking, 600000)
    await asked(client, asha, ravi, booking)
    answer = await approve(client, builder, booking, ravi)
    assert answer.is_success, answer.text


async def test_a_fee_that_was_waived_is_not_waited_for(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    booking = await confirmed_booking(client, builder, asha, await make_unit(builder))
    said = {"setting_value": {"transfer_fee_percent": 1}}
    assert (await client.put("/api/builder/settings/bookings.policy", json=said, headers=builder.headers)).status_code == 200
    await asked(client, asha, ravi, booking)
    [fee] = [one for one in (await money(client, asha, booking))["payment_schedule"] if one["kind"] == "charge"]
    await waive(client, builder, fee)
    answer = await approve(client, builder, booking, ravi)
    assert answer.is_success, answer.text
