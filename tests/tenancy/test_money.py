"""Refunds in raw SQL: who may write them, in which order, and how much."""

from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import sell

pytestmark = pytest.mark.anyio
REFUND = """INSERT INTO payments (builder_id, project_id, booking_id, customer_id, kind, payment_type, amount, currency, payment_method,
    status, payment_date, refund_of_id, created_by, approved_by, approved_at, is_carried)
    VALUES ({builder}, {project}, {booking}, {customer}, 'refund', 'token', {amount}, 'INR', 'upi', '{status}', now(), {receipt}, {by},
    {approved}, CASE WHEN {approved} > 0 THEN now() END, {carried})"""

ALLOCATED = "ck_payments_allocated_within_amount"
APPROVE = "UPDATE payments SET status = 'approved', approved_by = {owner}, approved_at = now() WHERE id = {refund}"


@pytest.fixture(scope="module")
async def office(house):
    """An owner and a member for finance, who has asked for a refund of 1,000 from a receipt of 150,000 of Asha's."""
    ashoka, asha = await make_builder(), await make_customer()
    finance = await make_member(ashoka, TeamRole.finance)
    [unit_id] = await make_units(ashoka, await make_project(ashoka))
    sale = await sell(ashoka, asha, unit_id)
    names = {"builder": ashoka.builder_id, "project": sale.project, "booking": sale.booking, "customer": asha.user_id}
    names |= {
        "receipt": sale.payment,
        "by": finance.user_id,
        "owner": ashoka.user_id,
        "approved": "NULL",
        "carried": "false",
        "amount": 100000,
        "status": "pending",
    }
    async with speaking(finance) as connection:
        cursor = await connection.execute(REFUND.format(**names) + " RETURNING id")
        names["refund"] = (await cursor.fetchone())[0]
        await connection.commit()
    bharat = await make_builder("Bharat Builders")
    return SimpleNamespace(owner=ashoka, finance=finance, asha=asha, bharat=bharat, names=names)


@pytest.mark.parametrize(
    ("who", "lies", "state"),
    [
        ("asha", {"by": "{customer}"}, "42501"),
        ("bharat", {}, "42501"),
        ("finance", {"by": "{owner}"}, "42501"),  # in somebody else's name
        ("finance", {"status": "approved", "approved": "{owner}"}, "42501"),
        ("finance", {"status": "completed", "approved": "{owner}"}, "42501"),
        ("finance", {"carried": "true"}, "42501"),  # it would be out of every month
        ("finance", {"amount": 14900001}, "23514"),  # beyond the receipt
        ("finance", {"amount": -1}, "23514"),
        ("finance", {"receipt": "{refund}"}, "23514"),  # of a refund
        ("finance", {"receipt": "NULL"}, "23514"),
        ("finance", {"amount": 14900000}, 1),
    ],
)
async def test_a_refund_begins_as_a_question(office, who, lies, state):
    said = office.names | {name: str(value).format(**office.names) for name, value in lies.items()}
    assert await attempt(getattr(office, who), REFUND.format(**said)) == state


@pytest.mark.parametrize(
    ("who", "change", "state"),
    [
        ("asha", "status = 'approved'", "42501"),
        ("bharat", "status = 'rejected'", 0),
        ("finance", "status = 'approved', approved_by = {by}, approved_at = now()", "23514"),  # one's own
        ("finance", "status = 'approved', approved_by = {owner}, approved_at = now()", "23514"),  # in the owner's name
        ("owner", "status = 'approved', approved_by = {owner}, approved_at = now() - interval '1 day'", "23514"),
        ("owner", "is_carried = true", "42501"),
        ("owner", "status = 'approved'", "23514"),  # by nobody
        ("owner", "status = 'completed', approved_by = {owner}, approved_at = now()", "23514"),  # not approved before
        ("owner", "status = 'refunded', approved_by = {owner}, approved_at = now()", "23514"),
        ("owner", "amount = 1", "42501"),
        ("owner", "created_by = {owner}", "42501"),
        ("owner", "kind = 'receipt', refund_of_id = NULL", "42501"),
        ("owner", "payment_date = '2020-01-01'", "23514"),
        ("owner", "status = 'approved', approved_by = {owner}, approved_at = now()", 1),
    ],
)
async def test_a_refund_is_approved_in_person_by_somebody_else(office, who, change, state):
    statement = f"UPDATE payments SET {change} WHERE id = {{refund}}".format(**office.names)
    assert await attempt(getattr(office, who), statement) == state


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("refunded = 0", "42501"),
        ("going_back = 0", "42501"),
        ("status = 'refunded'", "23514"),
        ("status = 'partially_refunded'", "23514"),
        ("status = 'pending'", "23514"),
        ("transaction_id = 'x'", "23514"),
    ],
)
async def test_what_has_gone_back_of_a_receipt_is_not_the_builders_to_say(office, change, state):
    assert await attempt(office.owner, f"UPDATE payments SET {change} WHERE id = {office.names['receipt']}") == state


async def test_the_system_too_gives_back_no_more_than_came(office):
    async with speaking(WORKER) as connection:
        await connection.execute(REFUND.format(**office.names | {"amount": 14900000}))
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await connection.execute(REFUND.format(**office.names | {"amount": 1}))
    assert refusal.value.diag.constraint_name == "ck_payments_going_back_within_amount"


async def test_what_is_allocated_and_what_has_gone_back_never_exceed_a_receipt(office):
    """The last step is refused as long as the money still pays a line."""
    async with speaking(WORKER) as connection:
        await connection.execute(APPROVE.format(**office.names))
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await connection.execute(f"UPDATE payments SET status = 'completed' WHERE id = {office.names['refund']}")
    assert refusal.value.diag.constraint_name == ALLOCATED


@pytest.mark.parametrize(("day", "refusal"), [("current_date - 3", "goes_when_agreed_to"), ("current_date", ALLOCATED)])
async def test_a_refund_goes_not_before_it_was_agreed_to(office, day, refusal):
    async with speaking(office.owner) as connection:
        await connection.execute(APPROVE.format(**office.names))
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            await connection.execute(f"UPDATE payments SET status = 'completed', payment_date = {day} WHERE id = {office.names['refund']}")
    assert refused.value.diag.constraint_name == refusal
