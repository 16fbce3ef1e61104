"""What the parties of a booking may not rewrite, though the row is theirs: prices, terms, and the clock of a claim."""

from types import SimpleNamespace

import pytest

from realestate.database import transaction
from realestate.models.bookings import PaymentPlan
from realestate.schemas.bookings import BookingCreate, BookingIntent
from realestate.services import bookings, units
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import BOOKING, HOLD, identity, reprice, sell

pytestmark = pytest.mark.anyio
NOT_ACCEPTED = "23514"
PRICE = 750000001
UNTIL = "now() + interval '1 day'"


async def order(customer, unit_id, intent):
    async with transaction(identity(customer)) as session:
        said = BookingCreate(unit_id=unit_id, intent=intent, payment_plan=PaymentPlan.construction_linked)
        return (await bookings.create(session, identity(customer), customer.user_id, said)).id


@pytest.fixture(scope="module")
async def town(house):
    """Asha has paid the token of one unit, reserved another, holds a third and asks about a fourth."""
    ashoka, asha, project = await make_builder(), await make_customer(), None
    project = await make_project(ashoka)
    sold, claimed, held, asked, free = await make_units(ashoka, project, 5)
    names = {"sale": (await sell(ashoka, asha, sold)).booking, "reserve": await order(asha, claimed, BookingIntent.reserve)}
    names |= {"inquiry": await order(asha, asked, BookingIntent.inquire), "claimed": claimed, "held": held, "free": free, "asked": asked}
    async with transaction(identity(asha)) as session:
        await units.hold(session, identity(asha), held, None)
    names |= {"me": asha.user_id, "ashoka": ashoka.builder_id, "staff": ashoka.user_id, "project": project}
    return SimpleNamespace(asha=asha, ashoka=ashoka, names=names)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bookings SET token_amount = 1 WHERE id = {reserve}",
        "UPDATE bookings SET total_amount = 1, token_amount = 1 WHERE id = {reserve}",
        "UPDATE bookings SET payment_plan = 'full_payment' WHERE id = {reserve}",
        "UPDATE bookings SET plan_snapshot = '{{}}' WHERE id = {reserve}",
        "UPDATE bookings SET reserve_expires_at = reserve_expires_at + interval '1 year' WHERE id = {reserve}",
        "UPDATE bookings SET status = 'reserved', total_amount = 1, reserve_expires_at = " + UNTIL + " WHERE id = {inquiry}",
        "UPDATE units SET hold_expires_at = hold_expires_at + interval '1 year' WHERE id = {claimed}",
        "UPDATE units SET hold_expires_at = hold_expires_at + interval '1 year' WHERE id = {held}",
        "UPDATE units SET status = 'held', hold_expires_at = " + UNTIL + " WHERE id = {claimed}",
        "UPDATE units SET hold_price = 1 WHERE id = {held}",
        "UPDATE units SET status = 'reserved', hold_price = 1, hold_expires_at = " + UNTIL + ", customer_id = {me} WHERE id = {free}",
        HOLD + " VALUES ({ashoka}, {project}, {free}, {me}, {me}, 1, " + UNTIL + ")",
        BOOKING
        + ", reserve_expires_at) VALUES ({ashoka}, {project}, {free}, {me}, 'reserved', 1, 1, 'INR', '{{}}', '{{}}', "
        + UNTIL
        + ")",
    ],
)
async def test_a_customer_does_not_write_its_own_terms(town, statement):
    assert await attempt(town.asha, statement.format(**town.names)) == NOT_ACCEPTED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bookings SET reserve_expires_at = NULL WHERE id = {reserve}",
        "UPDATE bookings SET status = 'reserved', reserve_expires_at = NULL WHERE id = {inquiry}",
        "UPDATE units SET hold_expires_at = NULL WHERE id = {claimed}",
    ],
)
async def test_a_customers_claim_has_an_end(town, statement):
    assert await attempt(town.asha, statement.format(**town.names)) == "42501"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bookings SET total_amount = 1, token_amount = 1 WHERE id = {sale}",
        "UPDATE bookings SET cost_sheet = '{{}}' WHERE id = {sale}",
        "UPDATE bookings SET status = 'booking_confirmed', total_amount = 1 WHERE id = {inquiry}",
        "UPDATE units SET hold_price = 1 WHERE id = {held}",
        HOLD + " VALUES ({ashoka}, {project}, {free}, {me}, {staff}, 1, " + UNTIL + ")",
    ],
)
async def test_a_builder_does_not_change_what_was_agreed(town, statement):
    assert await attempt(town.ashoka, statement.format(**town.names)) == NOT_ACCEPTED


async def test_what_the_parties_may_do_with_their_own(town):
    """What the refusals above are worth."""
    reserving = f"'reserved', 1, {PRICE}, 'INR', '{{}}', '{{}}', {UNTIL})"
    for person, statement in (
        (
            town.asha,
            f"UPDATE bookings SET status = 'reserved', total_amount = {PRICE}, reserve_expires_at = {UNTIL} WHERE id = {{inquiry}}",
        ),
        (town.asha, "UPDATE bookings SET status = 'cancelled', status_reason = 'x' WHERE id = {reserve}"),
        (town.asha, "UPDATE units SET status = 'reserved', hold_expires_at = " + UNTIL + " WHERE id = {held}"),
        (town.asha, BOOKING + ", reserve_expires_at) VALUES ({ashoka}, {project}, {free}, {me}, " + reserving.replace("{}", "{{}}")),
        (town.ashoka, "UPDATE bookings SET reserve_expires_at = NULL WHERE id = {reserve}"),
        (town.ashoka, "UPDATE units SET hold_expires_at = NULL WHERE id = {claimed}"),
    ):
        assert await attempt(person, statement.format(**town.names)) == 1, statement


async def test_a_hold_keeps_its_price_when_the_unit_becomes_dearer(house):
    ashoka, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(ashoka, await make_project(ashoka))
    async with transaction(identity(asha)) as session:
        await units.hold(session, identity(asha), unit_id, None)
    async with speaking(ashoka) as connection:
        await connection.execute(reprice("price + 100") + " WHERE id = %s", [unit_id])
        await connection.commit()
    booking_id = await order(asha, unit_id, BookingIntent.reserve)
    async with speaking(asha) as connection:
        found = await connection.execute("SELECT total_amount FROM bookings WHERE id = %s", [booking_id])
        assert await found.fetchone() == (PRICE,)
