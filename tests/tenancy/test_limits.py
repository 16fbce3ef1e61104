"""What a member of a team who is limited to some projects, or to its own customers, does not see, change or hear of."""

import json
from types import SimpleNamespace

import psycopg
import pytest

from realestate.models.accounts import OF_SITES, Lead, TeamRole
from realestate.models.base import Base
from realestate.models.bookings import Booking
from realestate.models.notifications import Event
from realestate.models.tellings import TELLINGS
from realestate.models.units import Unit
from realestate.tenancy.sentences import WALL, limits
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, unique
from tests.speaking import attempt, speaking
from tests.stories import types_told
from tests.tenancy.world import HOLD, LINE, sell

pytestmark = pytest.mark.anyio
REFUSED = "42501"

# What a team sees of itself and what is numbered or said for all of it.
OF_THE_COMPANY = {"builders", "builder_accounts", "users", "customers", "audit_events", "number_counters", "canned_replies", "invites"}
OF_ONE_PERSON = {"notifications", "notification_counters", "inbox_epoch", "calendar_feeds", "idempotency_keys"}
TABLES = ("projects", "units", "bookings", "booking_parties", "installments", "payments", "allocations", "leads", "customers")


@pytest.fixture(scope="module")
async def company(house):
    """One builder, two projects: Asha, whom Nikhil looks after, bought in the first, Ravi in the second."""
    owner = await make_builder()
    first, second = await make_project(owner), await make_project(owner)
    nikhil, manager = await make_member(owner, TeamRole.sales), await make_member(owner, TeamRole.sales_manager, first)
    farah = await make_member(owner, TeamRole.sales, first)
    asha, ravi = await make_customer(known_to=nikhil), await make_customer("Ravi Menon")
    (sold, free), (other_sold, other_free) = await make_units(owner, first, 2), await make_units(owner, second, 2)
    ashas, ravis = await sell(owner, asha, sold), await sell(owner, ravi, other_sold)
    names = {"builder": owner.builder_id, "first": first, "second": second, "asha": asha.user_id, "ravi": ravi.user_id}
    names |= {"free": free, "other_free": other_free, "manager": manager.user_id, "nikhil": nikhil.user_id}
    names |= {f"my_{name}": id for name, id in vars(ashas).items()} | {f"other_{name}": id for name, id in vars(ravis).items()}
    async with speaking(owner) as connection:
        leads = dict(await (await connection.execute("SELECT customer_id, id FROM leads")).fetchall())
    names["other_lead"] = leads[ravi.user_id]
    return SimpleNamespace(owner=owner, nikhil=nikhil, manager=manager, farah=farah, asha=asha, ravi=ravi, names=names)


async def counts(person):
    """How many rows of each table somebody sees."""
    async with speaking(person) as connection:
        return {t: (await (await connection.execute(f"SELECT count(*) FROM {t}")).fetchone())[0] for t in TABLES}


def test_whatever_a_team_reads_of_a_project_or_customer_is_limited():
    """A table that fails here needs a `project_id` (like `installments`, by its key to the booking), or a name in one of the lists above."""
    read = {model for model, said in WALL.items() if any("builder" in may.who.split() and "read" in may.what for may in said)}
    assert {model.__tablename__ for model in read if not limits(model)} <= OF_THE_COMPANY | OF_ONE_PERSON
    of_a_booking = {model for model in read if "booking_id" in model.__table__.columns}
    assert {model.__tablename__ for model in of_a_booking if "project_id" not in model.__table__.columns} == set()
    assert "my_customers" not in str(limits(Unit)) and "customers_of_my_sites" in str(limits(Lead))


def test_what_limits_a_member_is_found_by_index():
    """A table that says who looks after a customer is asked whenever a limited member asks for anything."""
    assigned = [table for table in Base.metadata.sorted_tables if {"customer_id", "assigned_to"} <= set(table.columns.keys())]
    indexed = {table.name for table in assigned if any(next(iter(index.expressions)).name == "assigned_to" for index in table.indexes)}
    assert {table.name for table in assigned} == indexed
    for model in (model for model in WALL if "customer_id" in model.__table__.columns):
        assert any("clerk" in may.who.split() and "read" in may.what for may in WALL[model]), model


async def test_a_member_without_limits_sees_all(company):
    seen = await counts(company.owner)
    assert seen["projects"] == seen["bookings"] == seen["leads"] == seen["customers"] == 2 and seen["units"] == 4


async def test_a_member_limited_to_a_project_sees_nothing_of_another(company):
    everything, seen = await counts(company.owner), await counts(company.manager)
    assert seen == {table: number // 2 for table, number in everything.items()}
    async with speaking(company.manager) as connection:
        found = await (await connection.execute("SELECT DISTINCT project_id FROM installments")).fetchall()
        assert found == [(company.names["first"],)]
        names = await (await connection.execute("SELECT id FROM customers")).fetchall()
        assert names == [(company.names["asha"],)]


async def test_a_seller_sees_what_is_on_sale_and_its_own_customers(company):
    everything, seen = await counts(company.owner), await counts(company.nikhil)
    assert {table for table in TABLES if seen[table] == everything[table]} == {"projects", "units"}
    async with speaking(company.nikhil) as connection:
        for table in ("bookings", "payments", "installments", "allocations", "leads"):
            found = await (await connection.execute(f"SELECT DISTINCT customer_id FROM {table}")).fetchall()
            assert found == [(company.names["asha"],)], table


async def test_a_seller_of_one_project_has_both_limits(company):
    seen = await counts(company.farah)
    assert (seen["projects"], seen["units"], seen["bookings"], seen["leads"], seen["customers"]) == (1, 2, 0, 0, 0)


async def test_who_is_held_to_projects_and_names_none_sees_none(company):
    """As after a mistake of ours: no escape in the condition, which is also what lets an index find the rest."""
    async with speaking(company.manager) as connection:
        await connection.execute("SELECT set_config('app.scope', '', true)")
        for table in TABLES:
            if "project_id" in Base.metadata.tables[table].columns:
                assert (await connection.execute(f"SELECT FROM {table}")).rowcount == 0, table
    assert "coalesce" not in limits(Unit)[OF_SITES] + limits(Booking)[OF_SITES]


@pytest.mark.parametrize(
    ("who", "statement", "outcome"),
    [
        ("manager", "UPDATE projects SET overall_progress = 99 WHERE id = {first}", "23514"),
        ("nikhil", "UPDATE projects SET overall_progress = 99 WHERE id = {first}", "23514"),
        ("manager", "UPDATE bookings SET status_reason = 'x' WHERE id = {other_booking}", 0),
        ("manager", "UPDATE units SET price = 1 WHERE id = {other_free}", 0),
        ("manager", "UPDATE projects SET description = 'x' WHERE id = {second}", 0),
        ("manager", "UPDATE units SET project_id = {second} WHERE id = {free}", REFUSED),
        ("manager", "DELETE FROM units WHERE id = {other_free}", 0),
        (
            "manager",
            "INSERT INTO projects (builder_id, project_name, slug, project_type, location_city) VALUES ({builder}, 'x', 'y', 'mixed', 'x')",
            REFUSED,
        ),
        ("manager", LINE + " VALUES ({builder}, {second}, {other_booking}, {ravi}, 99, 'x', 1, '{{}}', 0)", REFUSED),
        ("manager", HOLD + " VALUES ({builder}, {second}, {other_free}, {asha}, {manager}, 1, now())", REFUSED),
        ("nikhil", "UPDATE bookings SET status_reason = 'x' WHERE id = {other_booking}", 0),
        ("nikhil", "UPDATE leads SET assigned_to = {nikhil} WHERE customer_id = {ravi}", 0),
        ("nikhil", HOLD + " VALUES ({builder}, {second}, {other_free}, {ravi}, {nikhil}, 750000001, now())", REFUSED),
        ("nikhil", "UPDATE bookings SET status_reason = 'x' WHERE id = {my_booking}", 1),
        (
            "manager",
            "SELECT FROM audit_events WHERE entity_id IN ({other_booking}, {other_free}) AND entity_type IN ('booking', 'unit')",
            0,
        ),
        ("manager", "SELECT FROM audit_events WHERE entity_type = 'booking' AND action = 'booking_reserved'", 1),
        ("nikhil", "SELECT FROM audit_events WHERE entity_type = 'booking' AND action = 'booking_reserved'", 1),
        ("farah", "SELECT FROM audit_events WHERE entity_type = 'booking'", 0),
        ("owner", "SELECT FROM audit_events WHERE entity_type = 'booking' AND action = 'booking_reserved'", 2),
        ("manager", "SELECT FROM audit_events WHERE entity_type NOT IN ('unit', 'hold', 'booking')", 0),
        ("nikhil", "SELECT FROM audit_seals", 0),
        ("manager", HOLD + " VALUES ({builder}, {first}, {free}, {asha}, {nikhil}, 750000001, now())", REFUSED),
    ],
)
async def test_nor_changes_it_nor_adds_to_it(company, who, statement, outcome):
    assert await attempt(getattr(company, who), statement.format_map(company.names)) == outcome


async def test_nobody_but_a_team_asks_for_a_limit(company):
    for call in ("SELECT my_customers()", "SELECT customers_of_my_sites()"):
        assert await attempt(company.asha, call) == REFUSED
        assert await attempt(company.owner, call) == 1


async def test_a_limited_member_hears_only_of_what_it_may_see(client, company):
    assert (
        set(await types_told(client, company.nikhil))
        == set(await types_told(client, company.manager))
        == {"booking_reserved", "booking_token_paid"}
    )
    assert len(await types_told(client, company.nikhil)) == len(await types_told(client, company.manager)) == 2


async def say(person, function, **said):
    """What somebody says of a subject, with raw SQL: how many were told of it, or how many acts were written down."""
    said |= {"action": "x", "details": {}, "type": Event.agreement_generated, "action_url": "/bookings/7", "part": unique("part")}
    said |= {"params": dict.fromkeys(TELLINGS[Event.agreement_generated].names, "x")}
    table = {"tell": "notifications", "record": "audit_events"}[function]
    async with speaking(person) as connection:
        await connection.execute(f"SELECT {function}(%s::jsonb)", [json.dumps([said])])
        await connection.execute("SELECT set_config('role', 'realestate_worker', true)")
        return (await (await connection.execute(f"SELECT count(*) FROM {table} WHERE created_at = now()")).fetchone())[0]


@pytest.mark.parametrize(
    ("who", "subject", "what", "may"),
    [
        ("owner", "booking", "other_booking", True),
        ("manager", "booking", "my_booking", True),
        ("manager", "booking", "other_booking", False),
        ("manager", "payment", "other_payment", False),
        ("manager", "project", "second", False),
        ("nikhil", "booking", "my_booking", True),
        ("nikhil", "booking", "other_booking", False),
        ("nikhil", "lead", "other_lead", False),
    ],
)
async def test_a_limited_member_speaks_only_of_what_it_may_see(company, who, subject, what, may):
    person, of = getattr(company, who), {"subject": subject, "id": company.names[what]}
    if may:
        assert await say(person, "tell", **of) == await say(person, "record", **of) == 1
    else:
        assert await say(person, "tell", **of) == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await say(person, "record", **of)
