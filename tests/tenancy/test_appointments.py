"""Appointments against raw SQL: what neither side may do, whatever the program forgets; and nobody is in two places at once."""

import asyncio
from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import VISITOR, WORKER
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.speaking import attempt, speaking, until_waiting

pytestmark = pytest.mark.anyio
REFUSED, NOT_ACCEPTED, OVERLAP = "42501", "23514", "23P01"

INSERT = """INSERT INTO appointments (builder_id, project_id, customer_id, assigned_to, is_group, created_by, appointment_type, meeting_location, status,
    starts_at, ends_at, busy_from, busy_until, change_until)
    SELECT {builder}, {project}, {customer}, {host}, {is_group}, {customer}, 'site_visit', 'site', '{status}', t, t + interval '1 hour', t,
        t + interval '1 hour', t - interval '1 hour' FROM (SELECT date_trunc('hour', now()) + interval '{hours} hours' AS t) AS time RETURNING id"""


def row(town, hours, status="scheduled", **more):
    said = {"builder": town.ashoka.builder_id, "project": town.project, "customer": town.asha.user_id, "host": town.seller.user_id}
    return INSERT.format(**said | {"hours": hours, "status": status, "is_group": "false"} | more)


@pytest.fixture(scope="module")
async def town(house):
    """Asha is to visit Ashoka's site, has just visited it, and is late for another visit; Ravi visits Bharat's."""
    ashoka, bharat, asha, ravi = await make_builder(), await make_builder("Bharat"), await make_customer(), await make_customer("Ravi Nair")
    town = SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, seller=await make_member(ashoka, TeamRole.sales))
    town.project, other_project = await make_project(ashoka), await make_project(bharat)
    theirs = {"builder": bharat.builder_id, "project": other_project, "customer": ravi.user_id, "host": bharat.user_id}
    async with speaking(WORKER) as connection:

        async def add(*said, **more):
            return (await (await connection.execute(row(town, *said, **more))).fetchone())[0]

        names = {"visit": await add(48), "done": await add(-30, "completed"), "late": await add(-2, "confirmed"), "tomorrow": await add(24)}
        names |= {"soon": await add(1), "others": await add(48, **theirs)}
        await connection.execute("UPDATE appointments SET internal_notes = 'Has two offers.' WHERE id = %s", [names["visit"]])
        await connection.commit()
    town.names = names | {"me": asha.user_id, "owner": ashoka.user_id, "ravi": ravi.user_id}
    return town


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("SELECT internal_notes FROM appointments", REFUSED),
        ("SELECT outcome FROM appointments", REFUSED),
        ("SELECT * FROM appointments", REFUSED),
        ("SELECT id FROM appointments WHERE id = {others}", 0),
        ("UPDATE appointments SET status = 'completed' WHERE id = {visit}", NOT_ACCEPTED),
        ("UPDATE appointments SET status = 'completed' WHERE id = {late}", 0),  # it has begun: nothing of it is the customer's any more
        ("UPDATE appointments SET status = 'confirmed' WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET status = 'cancelled' WHERE id = {visit}", 1),
        ("UPDATE appointments SET status = 'cancelled' WHERE id = {soon}", 0),  # too late
        ("UPDATE appointments SET status = 'cancelled' WHERE id = {late}", 0),
        ("UPDATE appointments SET status = 'cancelled' WHERE id = {done}", NOT_ACCEPTED),
        ("UPDATE appointments SET status = 'cancelled' WHERE id = {others}", 0),
        ("UPDATE appointments SET status = 'cancelled', rating = 5 WHERE id = {visit}", NOT_ACCEPTED),
        ("UPDATE appointments SET rating = 5 WHERE id = {done}", 1),
        ("UPDATE appointments SET rating = 6 WHERE id = {done}", NOT_ACCEPTED),
        ("UPDATE appointments SET assigned_to = {owner} WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET starts_at = starts_at + interval '1 hour' WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET change_until = now() + interval '1 year' WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET internal_notes = 'x' WHERE id = {visit}", REFUSED),
        ("DELETE FROM appointments", REFUSED),
        ("SELECT token_hash FROM calendar_feeds", REFUSED),
        ("INSERT INTO calendar_feeds VALUES ({ravi}, 'x')", REFUSED),
    ],
)
async def test_a_customer_may_cancel_in_time_and_rate_and_nothing_else(town, statement, outcome):
    assert await attempt(town.asha, statement.format(**town.names)) == outcome


async def test_nobody_but_the_system_writes_an_appointment_down(town):
    for person in (town.asha, town.ashoka, town.seller, VISITOR):
        assert await attempt(person, row(town, 100)) == REFUSED


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("SELECT id FROM appointments WHERE id = {others}", 0),
        ("UPDATE appointments SET internal_notes = 'x' WHERE id = {others}", 0),
        ("UPDATE appointments SET status = 'completed' WHERE id = {visit}", NOT_ACCEPTED),  # no such step
        ("UPDATE appointments SET status = 'confirmed' WHERE id = {done}", NOT_ACCEPTED),
        ("UPDATE appointments SET status = 'no_show' WHERE id = {tomorrow}", NOT_ACCEPTED),  # not yet
        ("UPDATE appointments SET status = 'no_show' WHERE id = {late}", 1),
        ("UPDATE appointments SET rating = 5 WHERE id = {done}", REFUSED),
        ("UPDATE appointments SET customer_id = {ravi} WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET builder_id = 1 WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET starts_at = now() WHERE id = {visit}", REFUSED),
        ("UPDATE appointments SET assigned_to = {ravi} WHERE id = {visit}", "23503"),
        ("UPDATE appointments SET assigned_to = {owner} WHERE id = {visit}", 1),
        ("DELETE FROM appointments", REFUSED),
    ],
)
async def test_a_builder_keeps_to_the_steps_and_leaves_the_customers_words(town, statement, outcome):
    assert await attempt(town.ashoka, statement.format(**town.names)) == outcome


async def agenda(person, town):
    async with speaking(person) as connection:
        query = "SELECT agenda(%s, now(), now() + interval '7 days')"
        return (await (await connection.execute(query, [town.project])).fetchone())[0]


async def test_an_agenda_says_when_and_not_who(town):
    said = await agenda(VISITOR, town)
    assert {host["id"] for host in said["hosts"]} == {host["name"] for host in said["hosts"]} == {None}
    assert sum(len(host["busy"]) for host in said["hosts"]) == 3 and "Asha" not in str(said)
    assert await agenda(town.bharat, town) is None
    assert {host["id"] for host in (await agenda(WORKER, town))["hosts"]} == {town.seller.user_id, town.ashoka.user_id}


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"hours": 48, "customer": "{ravi}"}, OVERLAP),  # the same host
        ({"hours": 48, "customer": "{ravi}", "host": "{owner}"}, OVERLAP),  # Ravi is elsewhere
        ({"hours": 48, "host": "{owner}"}, OVERLAP),  # and so is Asha
        ({"hours": 49}, 1),  # touching
        ({"hours": 47}, 1),
        ({"hours": 48, "host": "{owner}", "status": "cancelled"}, 1),
        ({"hours": 24, "customer": "{ravi}", "is_group": "true"}, 1),  # seats are counted, not hosts
        ({"hours": 24, "customer": "{ravi}", "host": "NULL"}, 1),  # nobody is not everybody
        ({"hours": 25, "customer": "{ravi}", "host": "NULL"}, 1),
    ],
)
async def test_nobody_is_in_two_places_at_once(town, more, outcome):
    said = {name: value.format(**town.names) if isinstance(value, str) else value for name, value in more.items()}
    assert await attempt(WORKER, row(town, **said)) == outcome


async def test_of_two_who_write_the_same_time_at_once_the_second_is_refused(town):
    stranger = await make_customer()
    async with speaking(WORKER) as first, speaking(WORKER) as second:
        await first.execute(row(town, 200))
        late = asyncio.create_task(second.execute(row(town, 200, customer=stranger.user_id)))
        await until_waiting(second)
        await first.commit()
        with pytest.raises(psycopg.errors.ExclusionViolation) as refusal:
            await late
    assert refusal.value.diag.constraint_name == "ex_appointments_host"


async def test_a_visit_is_not_moved_to_nowhere(town):
    for person in (town.asha, town.ashoka):
        async with speaking(person) as connection:
            await connection.execute("UPDATE appointments SET status = 'rescheduled' WHERE id = %s", [town.names["visit"]])
            with pytest.raises(psycopg.errors.CheckViolation) as refusal:
                await connection.commit()
        assert refusal.value.diag.constraint_name == "moved_to_another_time"
