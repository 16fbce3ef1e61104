"""What visitors, admins, the doorman, the worker and people without a name may not do, and what everybody may."""

import psycopg
import pytest

from realestate.database import DOORMAN, VISITOR, WORKER, Identity, readers, transaction
from realestate.models.accounts import Role
from realestate.models.base import Base
from tests.speaking import attempt
from tests.tenancy.world import AUDIT

pytestmark = pytest.mark.anyio
REFUSED = "42501"
ON_SHOW = {"builders", "projects", "units", "system_settings", "project_progress", "construction_updates", "documents", "models_3d"}
OF_NOBODY = {"inbox_epoch", "system_settings"}


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
async def test_a_visitor_sees_what_is_on_show_and_writes_nothing(world, table):
    column = Base.metadata.tables[table].columns.keys()[0]
    writes = [f"INSERT INTO {table} DEFAULT VALUES", f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    assert [await attempt(VISITOR, statement) for statement in writes] == [REFUSED] * 3
    if table not in ON_SHOW:
        assert await attempt(VISITOR, f"SELECT FROM {table}") == REFUSED


async def test_an_admin_sees_and_changes_the_standing_of_companies_only(world):
    admin = Identity(Role.admin, world.names["admin"])
    assert await attempt(admin, "SELECT FROM bookings WHERE id = {my_booking}".format(**world.names)) == 1
    for statement in ("UPDATE bookings SET at_risk = true", "UPDATE builders SET phone = '1'", "DELETE FROM units", AUDIT):
        assert await attempt(admin, statement) == REFUSED
    assert await attempt(admin, "SELECT password_hash FROM users") == REFUSED
    for statement in (
        "UPDATE builders SET status = 'suspended', verified = false WHERE id = {ashoka}",
        "UPDATE builder_accounts SET suspension_reason = 'x' WHERE builder_id = {ashoka}",
        "UPDATE projects SET publish_state = 'draft' WHERE id = {project}",
    ):
        assert await attempt(admin, statement.format(**world.names)) == 1
    for statement in (
        "UPDATE projects SET publish_state = 'archived'",
        "UPDATE projects SET project_name = 'x'",
        "UPDATE builder_accounts SET bank = '{}'",
        "SELECT token_hash FROM refresh_tokens",
        "UPDATE refresh_tokens SET used_at = now()",
        "INSERT INTO audit_seals (audit_event_id, position, hash) VALUES (1, 1, repeat('0', 64))",
    ):
        assert await attempt(admin, statement) == REFUSED


async def test_the_doorman_knows_people_and_nothing_of_their_business(world):
    for table in ("projects", "units", "bookings", "payments", "leads", "notifications", "audit_events"):
        assert await attempt(DOORMAN, f"SELECT FROM {table}") == REFUSED


async def test_not_even_the_worker_rewrites_what_was_done(world):
    assert await attempt(WORKER, "UPDATE audit_events SET action = 'x'") == REFUSED
    assert await attempt(WORKER, "DELETE FROM audit_events") == REFUSED


@pytest.mark.parametrize("role", [Role.visitor, Role.customer, Role.builder])
async def test_a_role_without_a_person_sees_nobodys_rows(world, role):
    tables = set(Base.metadata.tables) - OF_NOBODY - (set() if role is Role.builder else ON_SHOW)
    assert {await attempt(Identity(role), f"SELECT FROM {table}") for table in tables} <= {0, REFUSED}


async def test_those_who_may_see(world):
    """What the refusals above are worth: the same statements reach what is one's own."""
    for person, statement in (
        (world.asha, "SELECT FROM bookings WHERE id = {my_booking}"),
        (world.asha, "UPDATE units SET status = 'held', hold_expires_at = now(), customer_id = {me} WHERE id = {free}"),
        (world.asha, "UPDATE customers SET first_name = 'Asha'"),
        (world.ashoka, "UPDATE bookings SET special_requests = 'x' WHERE id = {my_booking}"),
        (world.ashoka, "SELECT id FROM customers WHERE id = {me}"),
        (world.ashoka, "UPDATE builders SET phone = '1'"),
        (world.ashoka, "UPDATE leads SET stage = 'contacted' WHERE customer_id = {me}"),
        (world.ashoka, "UPDATE leads SET assigned_to = {staff} WHERE customer_id = {me}"),
        (VISITOR, "SELECT FROM units WHERE id = {free}"),
        (WORKER, "SELECT FROM bookings WHERE id = {other_booking}"),
    ):
        assert await attempt(person, statement.format(**world.names)) == 1, statement


async def check_timeouts(line):
    for name, value in (("statement", "5s"), ("lock", "2s"), ("idle_in_transaction_session", "10s")):
        assert await (await line.execute(f"SHOW {name}_timeout")).fetchone() == (value,)


async def test_timeouts_are_in_force_behind_both_doors(house):
    async with transaction(DOORMAN) as session:
        await check_timeouts(session.info["driver"])
    for pool in readers.values():
        async with pool.connection() as line:
            await check_timeouts(line)


async def test_a_reader_cannot_write(world):
    async with readers[Role.customer].connection() as line:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await line.execute("UPDATE notifications SET is_read = true")
