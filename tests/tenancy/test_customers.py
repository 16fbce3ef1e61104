"""What a customer tries in vain: 42501 is a refusal, 0 rows what cannot be found."""

import pytest

from tests.speaking import attempt
from tests.tenancy.world import ALLOCATION, AUDIT, BOOKING, HOLD, LINE, NOTE, PARTY, PAYMENT

pytestmark = pytest.mark.anyio
REFUSED = "42501"


@pytest.mark.parametrize(
    "statement",
    [
        BOOKING + ") VALUES ({ashoka}, {project}, {free}, {ravi}, 'reserved', 1, 1, 'INR', '{{}}', '{{}}')",
        BOOKING + ") VALUES ({ashoka}, {project}, {free}, {me}, 'booking_confirmed', 1, 1, 'INR', '{{}}', '{{}}')",
        "UPDATE units SET status = 'booked', customer_id = {me} WHERE id = {free}",
        "UPDATE units SET status = 'held', hold_expires_at = now(), customer_id = {ravi} WHERE id = {free}",
        "UPDATE units SET price = 1 WHERE id = {free}",
        "UPDATE units SET project_id = {other_project} WHERE id = {sold}",
        "DELETE FROM units WHERE id = {free}",
        "DELETE FROM bookings WHERE id = {my_booking}",
        "UPDATE bookings SET customer_id = {ravi} WHERE id = {my_booking}",
        "UPDATE bookings SET agreement_no = 'x' WHERE id = {my_booking}",
        "UPDATE bookings SET discount = 1 WHERE id = {my_booking}",
        BOOKING + ", agreement_no) VALUES ({ashoka}, {project}, {free}, {me}, 'inquiry', 1, 1, 'INR', '{{}}', '{{}}', 'x')",
        BOOKING + ") VALUES ({ashoka}, {project}, {free}, {me}, 'reserved', 1, 750000001, 'INR', '{{}}', '{{}}')",  # without an end
        "SELECT hold_price FROM units",
        "SELECT status_reason FROM units",
        HOLD + " VALUES ({ashoka}, {project}, {free}, {me}, {staff}, 750000001, now())",
        HOLD + " VALUES ({ashoka}, {project}, {free}, {ravi}, {me}, 1, now())",
        "UPDATE holds SET expires_at = now() + interval '1 year'",
        PARTY + " VALUES ({bharat}, {other_project}, {other_booking}, {ravi}, {me}, 'co_applicant', 0)",
        PARTY + " VALUES ({ashoka}, {project}, {my_booking}, {me}, {ravi}, 'co_applicant', 0)",
        PAYMENT + " VALUES ({ashoka}, {project}, {my_booking}, {me}, 'token', 1, 'INR', 'upi', now(), {me}, 0)",
        "UPDATE payments SET status = 'completed'",
        ALLOCATION + " VALUES ({ashoka}, {project}, {my_booking}, {me}, {my_payment}, {my_line}, 1)",
        LINE + " VALUES ({ashoka}, {project}, {my_booking}, {me}, 99, 'x', 1, '{{}}', 1)",
        "UPDATE installments SET amount = 0",
        "UPDATE installments SET status = 'cancelled'",
        "UPDATE installments SET allocated = amount",
        "SELECT password_hash FROM users",
        "SELECT * FROM users",
        "SELECT stage FROM leads",
        "INSERT INTO leads (builder_id, customer_id, source) VALUES ({bharat}, {ravi}, 'hold')",
        "UPDATE customers SET kyc_status = 'verified'",
        "UPDATE customers SET kyc = '{{}}'",
        "INSERT INTO customers (id, first_name) VALUES ({admin}, 'x')",
        "UPDATE builders SET rating = 5",
        "UPDATE projects SET description = 'x'",
        NOTE,
        "UPDATE notifications SET message = 'x'",
        "DELETE FROM notifications",
        "UPDATE notification_counters SET seq = 0",
        AUDIT,
        "SELECT FROM audit_events",
        "SELECT FROM builder_accounts",
        "SELECT FROM number_counters",
        "SELECT FROM refresh_tokens",
        "SELECT FROM throttles",
        "SELECT allocation_moves()",
    ],
)
async def test_a_customer_is_refused(world, statement):
    assert await attempt(world.asha, statement.format(**world.names)) == REFUSED


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM bookings WHERE id = {other_booking}",
        "UPDATE bookings SET status = 'cancelled' WHERE id = {other_booking}",
        "UPDATE bookings SET special_requests = 'x' WHERE id = {my_booking}",  # its token is paid: it is the builder's turn
        "SELECT FROM units WHERE id = {held} FOR UPDATE",
        "UPDATE units SET status = 'available', customer_id = NULL WHERE id = {held}",
        "SELECT FROM holds WHERE unit_id = {held}",
        "SELECT FROM payments WHERE id = {other_payment}",
        "SELECT FROM allocations WHERE id = {other_allocation}",
        "SELECT FROM installments WHERE booking_id = {other_booking}",
        "SELECT FROM booking_parties WHERE booking_id = {other_booking}",
        "SELECT id FROM users WHERE id = {ravi}",
        "SELECT id FROM users WHERE id = {staff}",
        "SELECT FROM customers WHERE id = {ravi}",
        "UPDATE customers SET first_name = 'x' WHERE id = {ravi}",
        "SELECT id FROM leads WHERE customer_id = {ravi}",
        "SELECT FROM notifications WHERE user_id <> {me}",
        "UPDATE notifications SET is_read = true WHERE user_id <> {me}",
        "SELECT FROM notification_counters WHERE user_id <> {me}",
    ],
)
async def test_a_customer_does_not_find_what_is_not_theirs(world, statement):
    assert await attempt(world.asha, statement.format(**world.names)) == 0
