"""Waivers and demands in raw SQL: in one's own name, decided by another, issued once, and paid by money alone."""

from types import SimpleNamespace

import pytest

from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import sell

pytestmark = pytest.mark.anyio
WAIVER = """INSERT INTO waivers (builder_id, project_id, booking_id, customer_id, installment_id, amount, currency, reason, status, created_by)
    VALUES ({builder}, {project}, {booking}, {customer}, {line}, 100, 'INR', 'x', '{status}', {by})"""

CHARGE = """INSERT INTO installments (builder_id, project_id, booking_id, customer_id, kind, seq, name, amount, trigger, status, demanded_at)
    VALUES ({builder}, {project}, {booking}, {customer}, 'charge', 98, 'x', 100, '{{}}', 'demanded', now())"""


@pytest.fixture(scope="module")
async def office(house):
    """A member for finance has asked for a line to be waived, and another line has been demanded."""
    ashoka, asha = await make_builder(), await make_customer()
    finance = await make_member(ashoka, TeamRole.finance)
    [unit_id] = await make_units(ashoka, await make_project(ashoka))
    sale = await sell(ashoka, asha, unit_id)
    names = {"builder": ashoka.builder_id, "project": sale.project, "booking": sale.booking, "customer": asha.user_id, "line": sale.line}
    names |= {"by": finance.user_id, "owner": ashoka.user_id, "status": "pending"}
    async with speaking(finance) as connection:
        names["waiver"] = (await (await connection.execute(WAIVER.format(**names) + " RETURNING id")).fetchone())[0]
        names["charge"] = (await (await connection.execute(CHARGE.format(**names) + " RETURNING id")).fetchone())[0]
        await connection.commit()
    return SimpleNamespace(owner=ashoka, finance=finance, asha=asha, bharat=await make_builder("Bharat Builders"), names=names)


@pytest.mark.parametrize(
    ("who", "lies", "state"),
    [
        ("asha", {}, "42501"),
        ("bharat", {}, "42501"),
        ("finance", {"by": "{owner}"}, "42501"),
        ("finance", {"status": "approved"}, "42501"),
        ("finance", {}, "23505"),  # one is pending
    ],
)
async def test_a_waiver_begins_as_a_question_of_ones_own(office, who, lies, state):
    said = office.names | {name: str(value).format(**office.names) for name, value in lies.items()}
    assert await attempt(getattr(office, who), WAIVER.format(**said)) == state


@pytest.mark.parametrize(
    ("who", "statement", "state"),
    [
        ("asha", "SELECT FROM waivers", "42501"),
        ("bharat", "SELECT FROM waivers WHERE id = {waiver}", 0),
        ("bharat", "UPDATE waivers SET status = 'rejected' WHERE id = {waiver}", 0),
        ("finance", "UPDATE waivers SET status = 'approved', decided_by = {by}, decided_at = now() WHERE id = {waiver}", "23514"),
        ("finance", "UPDATE waivers SET status = 'approved', decided_by = {owner}, decided_at = now() WHERE id = {waiver}", "23514"),
        ("owner", "UPDATE waivers SET status = 'approved' WHERE id = {waiver}", "23514"),
        ("owner", "UPDATE waivers SET amount = 1 WHERE id = {waiver}", "42501"),
        ("owner", "UPDATE waivers SET status = 'approved', decided_by = {owner}, decided_at = now() WHERE id = {waiver}", 1),
        ("owner", "UPDATE installments SET status = 'waived' WHERE id = {line}", "23514"),  # the system does, once two have agreed
        ("owner", "UPDATE installments SET status = 'paid' WHERE id = {line}", "23514"),  # the money does
        ("owner", "UPDATE installments SET status = 'demanded' WHERE id = {line}", "23514"),
        ("owner", "UPDATE installments SET status = 'cancelled' WHERE id = {charge}", "23514"),  # two, or the system
        ("owner", CHARGE.replace("'demanded'", "'paid'"), "42501"),
        ("owner", CHARGE.replace("'demanded'", "'waived'").replace("seq,", "waived_at, seq,").replace("98", "now(), 98"), "42501"),
        ("asha", "UPDATE installments SET status = 'cancelled' WHERE id = {line}", "42501"),
        ("owner", "UPDATE installments SET demanded_at = now() WHERE id = {line}", "23514"),
        ("owner", "UPDATE installments SET due_date = '2099-01-01' WHERE id = {line}", "23514"),
        ("owner", "UPDATE installments SET amount = 1 WHERE id = {line}", "42501"),
        ("owner", "DELETE FROM allocations WHERE installment_id = {line}", "42501"),
        ("finance", "UPDATE payments SET status = 'bounced' WHERE booking_id = {booking}", "23514"),  # while it pays a line
    ],
)
async def test_who_may_decide_what(office, who, statement, state):
    assert await attempt(getattr(office, who), statement.format(**office.names)) == state
