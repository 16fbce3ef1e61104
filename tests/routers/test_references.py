"""What a receipt says of itself: a reference of its own, and a day that can be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from realestate.models.bookings import Booking
from realestate.models.units import Unit
from realestate.services import claims
from tests.factories import let_time_pass, make_builder, make_customer, make_project, make_unit, make_units
from tests.routers.test_cancellations import ask, settle
from tests.stories import confirmed_booking, pay, reserved_booking

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()


@pytest.fixture
async def sold(client):
    builder, asha = await make_builder(), await make_customer()
    return builder, asha, await reserved_booking(client, asha, await make_unit(builder))


@pytest.mark.parametrize("method", ["tds", "upi", "cheque"])
@pytest.mark.parametrize("again", ["16B-Ab", "16b-ab ", " 16B-AB"])
async def test_a_reference_counts_once_however_it_is_written(client, sold, method, again):
    builder, _, booking = sold
    assert (await pay(client, builder, booking, 1000, method, transaction_id="16B-Ab")).status_code == 201
    answer = await pay(client, builder, booking, 1000, method, transaction_id=again)
    assert (answer.status_code, answer.json()["code"]) == (409, "TRANSACTION_ALREADY_RECORDED")


async def test_money_is_not_of_a_day_before_anybody_could_have_bought(client, sold):
    builder, _, booking = sold
    answer = await pay(client, builder, booking, 1000, payment_date="1970-01-02")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "TOO_LONG_AGO")
    entered_late = str(TODAY - timedelta(days=1000))
    assert (await pay(client, builder, booking, 1000, payment_date=entered_late)).status_code == 201


# ── Lines of nothing ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def for_a_cent():
    """A unit so cheap that lines of its plan come to nothing."""
    builder = await make_builder()
    [unit_id] = await make_units(builder, await make_project(builder), price=Decimal("0.05"))
    return builder, await make_customer(), unit_id


async def test_a_reserve_with_lines_of_nothing_expires(client, for_a_cent):
    _, asha, unit_id = for_a_cent
    booking = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Booking, booking["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    await claims.end_due()
    assert (await client.get(f"/api/bookings/{booking['id']}", headers=asha.headers)).json()["status"] == "expired"


async def test_a_booking_with_lines_of_nothing_ends(client, for_a_cent):
    builder, asha, unit_id = for_a_cent
    booking = await confirmed_booking(client, builder, asha, unit_id)
    await ask(client, asha, booking)
    answer = await settle(client, builder, booking)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
