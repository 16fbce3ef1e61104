"""What a company tries in vain with another's: 42501 is a refusal, 0 rows what cannot be found."""

import psycopg
import pytest

from tests.speaking import attempt, speaking
from tests.tenancy.world import ALLOCATION, AUDIT, BOOKING, HOLD, LINE, NOTE, PARTY, PAYMENT, UNIT

pytestmark = pytest.mark.anyio
REFUSED = "42501"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO projects (builder_id, project_name, slug, project_type, location_city) VALUES ({ashoka}, 'x', 'x', 'mixed', 'x')",
        "UPDATE projects SET builder_id = {ashoka}",
        UNIT + " VALUES ({ashoka}, {project}, true, 'x', 'shop', 1, 1)",
        BOOKING + ") VALUES ({ashoka}, {project}, {free}, {ravi}, 'reserved', 1, 1, 'INR', '{{}}', '{{}}')",
        HOLD + " VALUES ({ashoka}, {project}, {free}, {ravi}, {other_staff}, 1, now())",
        "DELETE FROM bookings WHERE id = {other_booking}",
        "UPDATE builders SET status = 'active'",
        "UPDATE builders SET verified = true",
        "UPDATE builders SET rating = 5",
        "UPDATE builders SET slug = 'ashoka'",
        PAYMENT + " VALUES ({ashoka}, {project}, {my_booking}, {me}, 'token', 1, 'INR', 'upi', now(), {other_staff}, 0)",
        PAYMENT + " VALUES ({bharat}, {other_project}, {other_booking}, {ravi}, 'token', 1, 'INR', 'upi', now(), {other_staff}, 1)",
        "UPDATE payments SET allocated = 0",
        "UPDATE payments SET amount = 1",
        "DELETE FROM payments",
        "UPDATE installments SET allocated = amount",
        "UPDATE installments SET amount = 1",
        LINE + " VALUES ({bharat}, {other_project}, {other_booking}, {ravi}, 99, 'x', 1, '{{}}', 1)",
        "UPDATE allocations SET principal = 1",
        "DELETE FROM allocations",
        "SELECT password_hash FROM users",
        "UPDATE users SET team_role = 'owner'",
        "INSERT INTO users (email) VALUES ('x')",
        "SELECT kyc FROM customers",
        "UPDATE customers SET phone = 'x'",
        "INSERT INTO leads (builder_id, customer_id, source) VALUES ({ashoka}, {ravi}, 'team')",
        "INSERT INTO leads (builder_id, customer_id, source) VALUES ({bharat}, {me}, 'team')",
        "UPDATE leads SET customer_id = {me}",
        PARTY + " VALUES ({bharat}, {other_project}, {other_booking}, {ravi}, {me}, 'co_applicant', 0)",
        BOOKING + ") VALUES ({bharat}, {other_project}, {other_free}, {me}, 'inquiry', 1, 1, 'INR', '{{}}', '{{}}')",
        BOOKING + ") VALUES ({bharat}, {other_project}, {other_free}, {ravi}, 'handed_over', 1, 750000001, 'INR', '{{}}', '{{}}')",
        HOLD + " VALUES ({bharat}, {other_project}, {other_free}, {me}, {other_staff}, 750000001, now())",
        "UPDATE holds SET customer_id = {me}",
        "UPDATE holds SET price = 1",
        "UPDATE bookings SET customer_id = {me}",
        "UPDATE bookings SET discount = 1",
        NOTE,
        AUDIT,
        "UPDATE audit_events SET action = 'x'",
        "DELETE FROM audit_events",
        "SELECT FROM refresh_tokens",
    ],
)
async def test_a_builder_is_refused(world, statement):
    assert await attempt(world.bharat, statement.format(**world.names)) == REFUSED


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM projects WHERE id = {project}",
        "UPDATE projects SET description = 'x' WHERE id = {project}",
        "DELETE FROM projects WHERE id = {project}",
        "UPDATE units SET price = 1 WHERE id = {free}",
        "DELETE FROM units WHERE id = {free}",
        "UPDATE bookings SET status = 'rejected' WHERE id = {my_booking}",
        "SELECT FROM payments WHERE id = {my_payment}",
        "UPDATE payments SET status = 'failed' WHERE id = {my_payment}",
        "SELECT FROM allocations WHERE id = {my_allocation}",
        "UPDATE installments SET status = 'waived' WHERE booking_id = {my_booking}",
        "SELECT FROM holds WHERE unit_id = {held}",
        "SELECT FROM leads WHERE builder_id = {ashoka}",
        "SELECT id FROM customers WHERE id = {me}",
        "SELECT id FROM users WHERE id IN ({me}, {staff})",
        "SELECT FROM builders WHERE id = {ashoka}",
        "UPDATE builders SET phone = 'x' WHERE id = {ashoka}",
        "SELECT FROM builder_accounts WHERE builder_id = {ashoka}",
        "SELECT FROM number_counters WHERE builder_id = {ashoka}",
        "SELECT FROM audit_events WHERE builder_id = {ashoka}",
        "SELECT FROM notifications WHERE user_id <> {other_staff}",
    ],
)
async def test_a_builder_does_not_find_what_is_another_companys(world, statement):
    assert await attempt(world.bharat, statement.format(**world.names)) == 0


@pytest.mark.parametrize(
    "statement",
    [
        PAYMENT + " VALUES ({bharat}, {project}, {my_booking}, {me}, 'token', 1, 'INR', 'upi', now(), {other_staff}, 0)",
        PAYMENT + " VALUES ({bharat}, {other_project}, {other_booking}, {me}, 'token', 1, 'INR', 'upi', now(), {other_staff}, 0)",
        ALLOCATION + " VALUES ({bharat}, {other_project}, {other_booking}, {ravi}, {my_payment}, {my_line}, 1)",
        UNIT + " VALUES ({bharat}, {project}, true, 'x', 'shop', 1, 1)",
        BOOKING + ") VALUES ({bharat}, {other_project}, {free}, {ravi}, 'inquiry', 1, 1, 'INR', '{{}}', '{{}}')",
        BOOKING + ", agent_id) VALUES ({bharat}, {other_project}, {other_free}, {ravi}, 'inquiry', 1, 1, 'INR', '{{}}', '{{}}', {staff})",
        PARTY + " VALUES ({bharat}, {project}, {my_booking}, {me}, {ravi}, 'co_applicant', 0)",
        ALLOCATION + " VALUES ({bharat}, {other_project}, {other_booking}, {me}, {other_payment}, {other_line}, 1)",
        HOLD + " VALUES ({bharat}, {project}, {free}, {ravi}, {other_staff}, 1, now())",
        "UPDATE leads SET assigned_to = {staff}",
    ],
)
async def test_a_key_does_not_cross_tenants(world, statement):
    async with speaking(world.bharat) as connection:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await connection.execute(statement.format(**world.names))
