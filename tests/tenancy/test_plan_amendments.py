"""Proposals of another schedule in raw SQL: read by both sides, written by neither, and never changed."""

from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_plan_amendment, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import sell

pytestmark = pytest.mark.anyio
PROPOSAL = """INSERT INTO plan_amendments (builder_id, project_id, booking_id, customer_id, number, reason, currency, amount, tax_amount, kept,
    lines, replaces, content_hash, created_by)
    VALUES ({builder}, {project}, {booking}, {customer}, 9, 'x', 'INR', 1, 0, '[]', '[]', '{{}}', repeat('0', 64), {owner})"""
AGREED = "UPDATE plan_amendments SET status = 'agreed', decided_by = {customer}, decided_at = now() WHERE id = {amendment}"


@pytest.fixture(scope="module")
async def office(house):
    """Other parts for the second line of a booking, and another booking of somebody else's."""
    ashoka, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    units = await make_units(ashoka, await make_project(ashoka), 2)
    sale, other = await sell(ashoka, asha, units[0]), await sell(ashoka, ravi, units[1])
    names = {"builder": ashoka.builder_id, "project": sale.project, "booking": sale.booking, "customer": asha.user_id}
    names |= {"owner": ashoka.user_id, "ravi": ravi.user_id, "other_booking": other.booking}
    async with speaking(WORKER) as connection:
        line = "SELECT id FROM installments WHERE booking_id = %s AND seq = 2"
        names["line"] = (await (await connection.execute(line, [sale.booking])).fetchone())[0]
    booking = {"id": sale.booking, "project_id": sale.project, "customer_id": asha.user_id, "currency": "INR"}
    names["amendment"] = await make_plan_amendment(ashoka, booking, replaces=[names["line"]])
    people = {"owner": ashoka, "finance": await make_member(ashoka, TeamRole.finance), "asha": asha, "ravi": ravi}
    return SimpleNamespace(**people, bharat=await make_builder("Bharat Builders"), worker=WORKER, names=names)


@pytest.mark.parametrize(
    ("who", "statement", "state"),
    [
        *((who, PROPOSAL, "42501") for who in ("owner", "finance", "asha", "ravi", "bharat")),
        *((who, AGREED, "42501") for who in ("owner", "finance", "asha", "ravi", "bharat")),
        ("asha", "DELETE FROM plan_amendments", "42501"),
        ("asha", "SELECT FROM plan_amendments WHERE id = {amendment}", 1),
        ("finance", "SELECT FROM plan_amendments WHERE id = {amendment}", 1),
        ("ravi", "SELECT FROM plan_amendments WHERE id = {amendment}", 0),
        ("bharat", "SELECT FROM plan_amendments WHERE id = {amendment}", 0),
        ("worker", PROPOSAL, "23505"),  # another one is proposed
        ("worker", PROPOSAL.replace("'INR'", "'AED'").replace("{booking}", "{other_booking}").replace("{customer}", "{ravi}"), "23503"),
        ("worker", PROPOSAL.replace("{booking}", "{other_booking}"), "23503"),  # somebody else's
        ("worker", AGREED.replace("{customer}", "{owner}"), "23514"),  # in the owner's stead
        ("worker", AGREED.replace("'agreed'", "'declined'").replace("{customer}", "{ravi}"), "23514"),
        ("worker", "UPDATE plan_amendments SET status = 'agreed' WHERE id = {amendment}", "23514"),
        ("worker", "UPDATE plan_amendments SET addendum_no = 1, addendum = '{{}}' WHERE id = {amendment}", "23514"),
        ("worker", "UPDATE plan_amendments SET amount = 2 WHERE id = {amendment}", "23514"),
        ("worker", "UPDATE plan_amendments SET lines = '[1]' WHERE id = {amendment}", "23514"),
        ("worker", "UPDATE plan_amendments SET replaces = '{{}}' WHERE id = {amendment}", "23514"),
        ("worker", "DELETE FROM plan_amendments WHERE id = {amendment}", "42501"),
        ("worker", AGREED, 1),
    ],
)
async def test_who_may_do_what_to_a_proposal(office, who, statement, state):
    assert await attempt(getattr(office, who), statement.format(**office.names)) == state


async def test_what_was_agreed_to_stands(office):
    async with speaking(WORKER) as connection:
        await connection.execute(AGREED.format(**office.names))
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await connection.execute(AGREED.format(**office.names).replace("'agreed'", "'declined'"))
    assert refusal.value.diag.constraint_name == "amendments_stand"


@pytest.mark.parametrize("change", ["status = 'demanded', demanded_at = now()", "status = 'cancelled'"])
async def test_a_proposal_lapses_with_the_first_line_that_it_replaces_whoever_ends_that(office, change):
    async with speaking(WORKER) as connection:
        await connection.execute(f"UPDATE installments SET {change} WHERE id = {office.names['line']}")
        found = await connection.execute("SELECT status FROM plan_amendments WHERE id = %s", [office.names["amendment"]])
        assert await found.fetchone() == ("lapsed",)
        other = f"UPDATE installments SET {change} WHERE booking_id = {office.names['booking']} AND seq = 3"
        assert (await connection.execute(other)).rowcount == 1
