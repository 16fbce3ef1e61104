"""What a team tries in vain with its own units and numbers below the application: steps that are the system's, and gaps."""

from types import SimpleNamespace

import pytest

from realestate.database import WORKER
from realestate.models.units import Unit, UnitStatus
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import UNIT

pytestmark = pytest.mark.anyio
NOT_ACCEPTED, REFUSED = "23514", "42501"
TAKEN = (UnitStatus.held, UnitStatus.reserved, UnitStatus.booked, UnitStatus.sold, UnitStatus.handed_over)
BY_TEAMS = {
    (source, Unit.EDGES[event][1])
    for event in ("release", "withdraw", "block", "unblock", "hold", "reserve")
    for source in Unit.EDGES[event][0]
}


@pytest.fixture(scope="module")
async def town(house):
    """A company with one unit in each state, and a series of numbers that stands at seven."""
    ashoka, asha, ravi = await make_builder(), await make_customer(), await make_customer()
    project, units = await make_project(ashoka), {}
    for status in UnitStatus:
        (units[status],) = await make_units(ashoka, project, status=UnitStatus.available)
        async with speaking(WORKER) as connection:
            claim = f", customer_id = {asha.user_id}, hold_expires_at = now() + interval '1 day'" if status in TAKEN else ""
            await connection.execute(f"UPDATE units SET status = '{status.value}'{claim} WHERE id = {units[status]}")
            await connection.commit()
    async with speaking(WORKER) as connection:
        await connection.execute("INSERT INTO number_counters VALUES (%s, 'receipt', '2026-27', 7)", [ashoka.builder_id])
        await connection.commit()
    return SimpleNamespace(ashoka=ashoka, asha=asha, ravi=ravi, project=project, units=units)


@pytest.mark.parametrize("target", UnitStatus)
@pytest.mark.parametrize("source", UnitStatus)
async def test_a_team_takes_its_own_steps_and_no_others(town, source, target):
    claim = ", hold_expires_at = now() + interval '1 day', customer_id = " + str(town.asha.user_id if target in TAKEN else "NULL")
    said = f"UPDATE units SET status = '{target.value}'{claim} WHERE id = {town.units[source]}"
    assert await attempt(town.ashoka, said) == (1 if source is target or (source, target) in BY_TEAMS else NOT_ACCEPTED)


@pytest.mark.parametrize("state", TAKEN)
async def test_a_unit_stays_with_whoever_has_it(town, state):
    said = f"UPDATE units SET customer_id = {town.ravi.user_id} WHERE id = {town.units[state]}"
    assert await attempt(town.ashoka, said) == NOT_ACCEPTED


@pytest.mark.parametrize("change", ["area_sqft = 1", "unit_number = 'x'", "price_lines = '[]', price = price + 1", "tower = 'Z'"])
async def test_what_a_booking_shows_of_its_unit_stands(town, change):
    assert await attempt(town.ashoka, f"UPDATE units SET {change} WHERE id = {town.units[UnitStatus.booked]}") == NOT_ACCEPTED


async def test_what_a_booking_does_not_show_may_change(town):
    assert await attempt(town.ashoka, f"UPDATE units SET facing = 'north' WHERE id = {town.units[UnitStatus.booked]}") == 1


@pytest.mark.parametrize(("state", "outcome"), [("available", 1), ("unreleased", 1), ("blocked", REFUSED), ("booked", REFUSED)])
async def test_a_unit_begins_as_nobodys(town, state, outcome):
    customer = town.asha.user_id if state == "booked" else "NULL"
    said = UNIT.replace("price)", "price, status, customer_id)")
    place = f"{town.ashoka.builder_id}, {town.project}, true, 'new', '2BHK', 900, 100"
    assert await attempt(town.ashoka, f"{said} VALUES ({place}, '{state}', {customer})") == outcome


@pytest.mark.parametrize("state", ["held", "reserved"])
async def test_a_customer_gives_nothing_back_by_their_own_hand(town, state):
    said = f"UPDATE units SET status = 'available', customer_id = NULL, hold_expires_at = NULL WHERE id = {town.units[UnitStatus(state)]}"
    assert await attempt(town.asha, said) == NOT_ACCEPTED


SERIES = "INSERT INTO number_counters (builder_id, series, year, last_number) VALUES ({builder}, 'receipt', '2027-28', {number})"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("UPDATE number_counters SET last_number = last_number + 1", 1),
        ("UPDATE number_counters SET last_number = last_number + 100", NOT_ACCEPTED),
        ("UPDATE number_counters SET last_number = last_number - 1", NOT_ACCEPTED),
        ("UPDATE number_counters SET last_number = last_number", NOT_ACCEPTED),
        ("UPDATE number_counters SET year = '2027-28'", REFUSED),
        ("DELETE FROM number_counters", REFUSED),
        (SERIES.replace("{number}", "1"), 1),
        (SERIES.replace("{number}", "5"), REFUSED),
    ],
)
async def test_numbers_follow_each_other(town, statement, outcome):
    assert await attempt(town.ashoka, statement.format(builder=town.ashoka.builder_id)) == outcome
