"""What was written down of money, attacked by the system and by the clerk, who may do more than anybody who signs in."""

import os
from contextlib import asynccontextmanager

import psycopg
import pytest
from psycopg import AsyncConnection

from realestate.database import WORKER
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import ALLOCATION, LINE, sell

pytestmark = pytest.mark.anyio
REFUSED, CHECK, FOREIGN = "42501", "23514", "23503"


@pytest.fixture(scope="module")
async def sold(house):
    """Ashoka's owner and the names of a booking whose token of 150,000 pays a part of its first line."""
    builder, customer = await make_builder(), await make_customer()
    project = await make_project(builder)
    sale = await sell(builder, customer, (await make_units(builder, project))[0])
    other = await sell(builder, await make_customer(), (await make_units(builder, project))[0])
    names = {"builder": builder.builder_id, "customer": customer.user_id, "owner": builder.user_id} | vars(sale)
    return builder, names | {f"other_{name}": value for name, value in vars(other).items()}


@asynccontextmanager
async def as_clerk():
    """By the owner of the tables: no login of the application may become the clerk."""
    async with await AsyncConnection.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        await connection.execute("SET LOCAL ROLE realestate_clerk")
        yield connection
        await connection.rollback()


async def outcome(speaker, *statements):
    """Of a whole transaction up to its commit, which is asked for and not done: `kept`, or the constraint or SQLSTATE of the refusal."""
    async with speaker as connection:
        try:
            for statement in statements:
                await connection.execute(statement)
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            return error.diag.constraint_name or error.sqlstate
    return "kept"


ALLOCATED = "UPDATE payments SET allocated = allocated - 1 WHERE id = {payment}"
LINE_PAID = "UPDATE installments SET allocated = allocated - 1 WHERE id = {line}"
ATTACKS = (
    (ALLOCATED, "ledger_sums"),
    (LINE_PAID, "ledger_sums"),
    ("UPDATE payments SET going_back = 1 WHERE id = {payment}", "ledger_sums"),
    ("UPDATE payments SET allocated = 0, going_back = 1, refunded = 1, status = 'partially_refunded' WHERE id = {payment}", "ledger_sums"),
    ("UPDATE payments SET allocated = -1 WHERE id = {payment}", "ck_payments_allocated_within_amount"),
    ("UPDATE payments SET allocated = amount + 1 WHERE id = {payment}", "ck_payments_allocated_within_amount"),
    ("UPDATE installments SET allocated = amount + 1 WHERE id = {line}", "ck_installments_allocated_within_amount"),
)


@pytest.mark.parametrize(("statement", "refusal"), ATTACKS)
@pytest.mark.parametrize("who", [lambda: speaking(WORKER), as_clerk], ids=["worker", "clerk"])
async def test_sums_are_not_made_up(sold, who, statement, refusal):
    assert await outcome(who(), statement.format(**sold[1])) == refusal


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE payments SET amount = amount + 1 WHERE id = {payment}", "amounts_stand"),
        ("UPDATE payments SET booking_id = {other_booking} WHERE id = {payment}", "fk_allocations_payment"),
        ("UPDATE payments SET created_by = {customer} WHERE id = {payment}", "payments_stand"),
        ("UPDATE payments SET kind = 'tds_credit' WHERE id = {payment}", "payments_stand"),
        ("UPDATE installments SET seq = 77 WHERE id = {line}", "lines_stay_where_they_are"),
        ("UPDATE installments SET kind = 'charge' WHERE id = {line}", "lines_stay_where_they_are"),
        ("UPDATE installments SET amount = -1 WHERE id = {line}", "ck_installments_"),
        ("UPDATE installments SET amount = amount + 1 WHERE id = {line}", "schedule_sums"),
        ("UPDATE installments SET status = 'paid' WHERE id = {line}", "ck_installments_status_follows_money"),
        ("UPDATE installments SET status = 'demanded' WHERE id = {line}", "ck_installments_status_follows_money"),
        ("UPDATE installments SET amount = allocated WHERE id = {line}", "ck_installments_status_follows_money"),
        ("UPDATE installments SET status = 'scheduled' WHERE id = {line}", "ck_installments_status_follows_money"),
        ("UPDATE bookings SET total_amount = total_amount + 1 WHERE id = {booking}", "schedule_sums"),
        ("DELETE FROM payments WHERE id = {payment}", REFUSED),
        ("DELETE FROM installments WHERE id = {line}", REFUSED),
        ("UPDATE allocations SET principal = 1 WHERE id = {allocation}", REFUSED),
        ("UPDATE escrow_entries SET amount = 1", REFUSED),
        ("DELETE FROM escrow_entries", REFUSED),
        (ALLOCATION + " VALUES ({builder}, {project}, {booking}, {customer}, {payment}, {line}, 1)", "ck_payments_allocated_within_amount"),
        (
            ALLOCATION + " VALUES ({builder}, {project}, {booking}, {customer}, {payment}, {line}, -1)",
            "ck_allocations_something_not_negative",
        ),
        (ALLOCATION + " VALUES ({builder}, {project}, {booking}, {customer}, {payment}, {other_line}, 1)", "fk_allocations_installment"),
        (LINE + " VALUES ({builder}, {project}, {booking}, {customer}, 99, 'x', 1, '{{}}', 0)", "schedule_sums"),
        (
            LINE.replace("seq", "kind, status, demanded_at, seq")
            + " VALUES ({builder}, {project}, {booking}, {customer}, 'charge', 'paid', now(), 99, 'x', 1, '{{}}', 1)",
            "ledger_sums",
        ),
    ],
)
async def test_the_system_alters_nothing_that_was_written_down(sold, statement, refusal):
    assert (await outcome(speaking(WORKER), statement.format(**sold[1]))).startswith(refusal)


async def test_the_amount_of_a_demand_that_has_a_number_stands(sold):
    number = "UPDATE installments SET demand_no = 'D-1' WHERE id = {line}".format(**sold[1])
    for change in ("amount = amount + 1", "tax_amount = 1", "amount = amount + 1, demand_no = NULL"):
        statement = f"UPDATE installments SET {change} WHERE id = {sold[1]['line']}"
        assert await outcome(speaking(WORKER), number, statement) == "issued_amounts_stand"
    part = f"UPDATE installments SET amount = allocated, status = 'paid' WHERE id = {sold[1]['line']}"  # as if the rest were waived
    assert await outcome(speaking(WORKER), number, part) == "schedule_sums"


@pytest.mark.parametrize("table", ["payments", "installments", "allocations", "escrow_entries"])
async def test_the_clerk_neither_writes_down_nor_removes_what_it_adds_up(sold, table):
    assert await outcome(as_clerk(), f"DELETE FROM {table}") == REFUSED
    async with speaking(WORKER) as connection:
        may = f"SELECT has_table_privilege('realestate_clerk', '{table}', 'INSERT'), has_table_privilege('realestate_clerk', '{table}', 'TRUNCATE')"
        inserts, truncates = await (await connection.execute(may)).fetchone()
    assert (inserts, truncates) == (table == "escrow_entries", False)


async def test_an_allocation_that_is_lifted_and_laid_down_again_leaves_the_sums_true(sold):
    names = sold[1]
    again = (ALLOCATION + " VALUES ({builder}, {project}, {booking}, {customer}, {payment}, {line}, 15000000)").format(**names)
    assert await outcome(speaking(WORKER), f"DELETE FROM allocations WHERE id = {names['allocation']}", again) == "kept"


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE projects SET currency = 'AED' WHERE id = {project}", FOREIGN),
        ("UPDATE bookings SET currency = 'AED' WHERE id = {booking}", FOREIGN),
        (
            """INSERT INTO payments (builder_id, project_id, booking_id, customer_id, payment_type, amount, currency, payment_method, payment_date,
            created_by) VALUES ({builder}, {project}, {booking}, {customer}, 'other', 1, 'USD', 'upi', now(), {owner})""",
            FOREIGN,
        ),
        (
            """INSERT INTO waivers (builder_id, project_id, booking_id, customer_id, installment_id, amount, currency, reason, created_by)
            VALUES ({builder}, {project}, {booking}, {customer}, {line}, 1, 'USD', 'x', {owner})""",
            FOREIGN,
        ),
    ],
)
async def test_what_is_booked_stays_in_the_currency_of_its_project(sold, statement, refusal):
    builder, names = sold
    assert await attempt(builder, statement.format(**names)) == refusal
    assert await attempt(WORKER, statement.format(**names)) == refusal


async def test_before_the_first_booking_a_currency_may_still_change(house):
    builder = await make_builder()
    project = await make_project(builder)
    await make_units(builder, project)
    assert await attempt(builder, f"UPDATE projects SET currency = 'AED' WHERE id = {project}") == 1
