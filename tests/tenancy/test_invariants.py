"""What PostgreSQL holds by itself, whoever writes: schedules sum, money is allocated once, a project's prices are those of its units."""

import asyncio
from decimal import Decimal

import psycopg
import pytest

from realestate.database import WORKER
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import speaking, until_waiting
from tests.tenancy.world import ALLOCATION, LINE, UNIT, reprice, sell

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(house):
    builder, customer = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, await make_project(builder))
    return builder, customer, await sell(builder, customer, unit_id)


async def one(connection, query, *values):
    return await (await connection.execute(query, values)).fetchone()


async def test_a_schedule_that_does_not_sum_fails_at_the_commit(sale):
    _, _, booking = sale
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE installments SET status = 'cancelled' WHERE booking_id = %s AND seq = 8", [booking.booking])
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await connection.commit()
    assert refusal.value.diag.constraint_name == "schedule_sums"


async def test_a_schedule_may_be_rewritten_within_a_transaction(sale):
    builder, customer, booking = sale
    key = (builder.builder_id, booking.project, booking.booking, customer.user_id)
    async with speaking(WORKER) as connection:
        (amount,) = await one(connection, "SELECT amount FROM installments WHERE booking_id = %s AND seq = 8", booking.booking)
        await connection.execute(f"{LINE} VALUES (%s, %s, %s, %s, 9, 'x', %s, '{{}}', 0)", [*key, amount])
        await connection.execute("UPDATE installments SET status = 'cancelled' WHERE booking_id = %s AND seq = 8", [booking.booking])
        await connection.commit()


async def test_the_wall_does_not_shrink_the_sum(sale):
    """A total that changes is compared with all lines, as is a line that ends, or that a team adds."""
    builder, customer, booking = sale
    line = f"{LINE} SELECT builder_id, project_id, id, customer_id, 9, 'x', 1, '{{}}', 0 FROM bookings WHERE id = %s"
    for person, statement in (
        (WORKER, "UPDATE bookings SET total_amount = total_amount - 1 WHERE id = %s"),
        (WORKER, "UPDATE installments SET status = 'cancelled' WHERE booking_id = %s AND allocated = 0"),
        (builder, line),
        (customer, line),
    ):
        async with speaking(person) as connection:
            assert (await connection.execute(statement, [booking.booking])).rowcount > 0
            with pytest.raises(psycopg.errors.CheckViolation):
                await connection.commit()


async def test_an_allocation_moves_both_sides_and_back(sale):
    _, _, booking = sale
    line = "SELECT allocated, status FROM installments WHERE id = %s"
    async with speaking(WORKER) as connection:
        assert await one(connection, line, booking.line) == (15000000, "partially_paid")
        await connection.execute("DELETE FROM allocations WHERE id = %s", [booking.allocation])
        assert await one(connection, line, booking.line) == (0, "demanded")
        assert await one(connection, "SELECT allocated FROM payments WHERE id = %s", booking.payment) == (0,)


@pytest.mark.parametrize("state", ["cancelled", "waived"])
async def test_what_is_owed_no_more_is_not_owed_again_when_money_is_taken_back(sale, state):
    _, _, booking = sale
    async with speaking(WORKER) as connection:
        since = "CASE WHEN %(state)s = 'waived' THEN now() END"
        change = f"UPDATE installments SET status = %(state)s, waived_at = {since} WHERE id = %(line)s"
        await connection.execute(change, {"state": state, "line": booking.line})
        await connection.execute("DELETE FROM allocations WHERE id = %s", [booking.allocation])
        assert await one(connection, "SELECT allocated, status FROM installments WHERE id = %s", booking.line) == (0, state)


async def allocate(connection, builder, customer, booking, amount):
    values = [builder.builder_id, booking.project, booking.booking, customer.user_id, booking.payment, booking.line, amount]
    await connection.execute(f"{ALLOCATION} VALUES (%s, %s, %s, %s, %s, %s, %s)", values)


async def test_no_more_is_allocated_than_was_paid(sale):
    async with speaking(sale[0]) as connection:
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await allocate(connection, *sale, 1)
    assert refusal.value.diag.constraint_name == "ck_payments_allocated_within_amount"


async def test_two_allocations_at_once_do_not_both_fit(sale):
    """A sum that each checks for itself let two hundreds onto one hundred."""
    builder, _, booking = sale
    async with speaking(WORKER) as connection:
        await connection.execute("DELETE FROM allocations WHERE id = %s", [booking.allocation])
        await connection.commit()
    async with speaking(builder) as first, speaking(builder) as second:
        await allocate(first, *sale, 10000000)
        late = asyncio.create_task(allocate(second, *sale, 10000000))
        await until_waiting(second)
        await first.commit()
        with pytest.raises(psycopg.errors.CheckViolation):
            await late


async def price_range(builder, project_id):
    async with speaking(builder) as connection:
        return await one(connection, "SELECT price_range_min, price_range_max FROM projects WHERE id = %s", project_id)


async def test_the_price_range_follows_the_units(house):
    builder = await make_builder()
    project_id = await make_project(builder, price_range_min=Decimal(1), price_range_max=Decimal(2))
    assert await price_range(builder, project_id) == (100, 200)
    [cheap] = await make_units(builder, project_id, price="50.00")
    [dear] = await make_units(builder, project_id, price="90.00")
    assert await price_range(builder, project_id) == (5000, 9000)
    async with speaking(builder) as connection:
        await connection.execute(reprice(7000) + " WHERE id = %s", [cheap])
        await connection.commit()
        assert await price_range(builder, project_id) == (7000, 9000)
    async with speaking(builder) as connection:
        await connection.execute("DELETE FROM units WHERE id = %s", [dear])
        await connection.commit()
    assert await price_range(builder, project_id) == (7000, 7000)


async def test_two_new_prices_at_once_are_both_in_the_range(house):
    builder = await make_builder()
    project_id = await make_project(builder)
    units = await make_units(builder, project_id, 2, price="50.00")
    async with speaking(builder) as first, speaking(builder) as second:
        await first.execute(reprice(1000) + " WHERE id = %s", [units[0]])
        late = asyncio.create_task(second.execute(reprice(9000) + " WHERE id = %s", [units[1]]))
        await until_waiting(second)
        await first.commit()
        await late
        await second.commit()
    assert await price_range(builder, project_id) == (1000, 9000)


async def test_a_unit_added_while_another_is_repriced_is_in_the_range(house):
    builder = await make_builder()
    project_id = await make_project(builder)
    [unit_id] = await make_units(builder, project_id, price="50.00")
    new = f"{UNIT} VALUES (%s, %s, true, 'x', 'shop', 1, 9000)"
    async with speaking(builder) as first, speaking(builder) as second:
        await first.execute(reprice(1000) + " WHERE id = %s", [unit_id])
        late = asyncio.create_task(second.execute(new, [builder.builder_id, project_id]))
        await until_waiting(second)
        await first.commit()
        await late
        await second.commit()
    assert await price_range(builder, project_id) == (1000, 9000)
