"""Escrow accounts in raw SQL: nobody writes their lines, nobody decides for somebody else, and nothing goes beyond the certified work."""

import asyncio
from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import WORKER
from realestate.models.accounts import TeamRole
from realestate.models.projects import Jurisdiction
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.speaking import attempt, speaking, until_waiting
from tests.tenancy.world import PAYMENT, sell

pytestmark = pytest.mark.anyio
REFUSED, CHECK = "42501", "23514"
WITHDRAWAL = """INSERT INTO escrow_withdrawals (builder_id, project_id, amount, currency, purpose, engineer_document_id, architect_document_id,
    accountant_document_id, status, created_by) VALUES ({builder}, {project}, {amount}, 'INR', 'x', {engineer}, {architect}, {accountant}, '{status}', {by})"""
DOCUMENT = """INSERT INTO documents (builder_id, side, uploaded_by, audience, project_id, subject, subject_id, kind, file_name, media_type, size,
    sha256, storage_key) VALUES ({builder}, 'builder', {owner}, 'team', {project}, 'project', {project}, 'approval', 'x.pdf', 'application/pdf', 1, 'x', '{key}')
    RETURNING id"""
APPROVE = "UPDATE escrow_withdrawals SET status = 'approved', decided_by = {owner}, decided_at = now() WHERE id = {withdrawal}"
ENTRY = """INSERT INTO escrow_entries (builder_id, project_id, booking_id, customer_id, payment_id, kind, amount, percent, entered_at)
    VALUES ({builder}, {project}, {booking}, {customer}, {payment}, 'received', 100, 70, now())"""


async def scalar(connection, statement):
    return (await (await connection.execute(statement)).fetchone())[0]


@pytest.fixture(scope="module")
async def office(house):
    """A project in India at 50 certified percent, with a token of 150,000, and a member for finance who has asked for 1,000.00 of 52,500.00."""
    ashoka, asha = await make_builder(), await make_customer()
    finance, seller = await make_member(ashoka, TeamRole.finance), await make_member(ashoka, TeamRole.sales)
    project, other = [await make_project(ashoka, jurisdiction=Jurisdiction.in_rera) for _ in range(2)]
    sited = await make_member(ashoka, TeamRole.finance, other)
    [unit_id] = await make_units(ashoka, project)
    sale = await sell(ashoka, asha, unit_id)
    names = {"builder": ashoka.builder_id, "project": project, "other": other, "booking": sale.booking, "payment": sale.payment}
    names |= {"customer": asha.user_id, "by": finance.user_id, "owner": ashoka.user_id, "status": "pending", "amount": 100000}
    async with speaking(WORKER) as connection:
        await connection.execute(f"UPDATE projects SET certified_progress = 50 WHERE id = {project}")
        for expert in ("engineer", "architect", "accountant"):
            names[expert] = await scalar(connection, DOCUMENT.format(**names, key=f"{expert}-{project}"))
        names["elsewhere"] = await scalar(connection, DOCUMENT.format(**names | {"project": other}, key=f"elsewhere-{project}"))
        await connection.commit()
    async with speaking(finance) as connection:
        names["withdrawal"] = await scalar(connection, WITHDRAWAL.format(**names) + " RETURNING id")
        await connection.commit()
    people = {
        "owner": ashoka,
        "finance": finance,
        "seller": seller,
        "sited": sited,
        "asha": asha,
        "bharat": await make_builder("Bharat Builders"),
    }
    return SimpleNamespace(**people, worker=WORKER, ravi=await make_customer("Ravi Menon"), names=names)


@pytest.mark.parametrize(
    ("who", "lies", "outcome"),
    [
        ("asha", {}, REFUSED),
        ("bharat", {}, REFUSED),
        ("sited", {}, REFUSED),
        ("finance", {"by": "{owner}"}, REFUSED),  # in somebody else's name
        ("finance", {"status": "approved"}, REFUSED),
        ("finance", {"amount": "5150001"}, CHECK),  # beyond what is left
        ("finance", {"amount": "-1"}, CHECK),
        ("finance", {"architect": "{engineer}"}, CHECK),
        ("finance", {"engineer": "{elsewhere}"}, "23503"),
        ("finance", {"project": "{other}", "amount": "1"}, "23503"),  # certified elsewhere
        ("finance", {"amount": "5150000"}, 1),
        ("worker", {"amount": "5150001"}, CHECK),
        ("worker", {"status": "approved"}, CHECK),  # by nobody
    ],
)
async def test_a_withdrawal_begins_as_a_question_of_ones_own_within_the_bound(office, who, lies, outcome):
    said = office.names | {name: value.format(**office.names) for name, value in lies.items()}
    assert await attempt(getattr(office, who), WITHDRAWAL.format(**said)) == outcome


@pytest.mark.parametrize(
    ("who", "statement", "outcome"),
    [
        ("asha", "SELECT FROM escrow_withdrawals", REFUSED),
        ("bharat", "SELECT FROM escrow_withdrawals WHERE id = {withdrawal}", 0),
        ("sited", "SELECT FROM escrow_withdrawals WHERE id = {withdrawal}", 0),
        ("bharat", "UPDATE escrow_withdrawals SET status = 'rejected' WHERE id = {withdrawal}", 0),
        ("finance", APPROVE.replace("{owner}", "{by}"), CHECK),  # one's own
        ("finance", APPROVE, CHECK),  # in the owner's name
        ("owner", APPROVE.replace("now()", "'2020-01-01'"), CHECK),
        ("owner", "UPDATE escrow_withdrawals SET status = 'approved' WHERE id = {withdrawal}", CHECK),
        ("owner", "UPDATE escrow_withdrawals SET amount = 1 WHERE id = {withdrawal}", REFUSED),
        ("owner", "UPDATE escrow_withdrawals SET created_by = {by} WHERE id = {withdrawal}", REFUSED),
        ("owner", "UPDATE escrow_withdrawals SET engineer_document_id = 1 WHERE id = {withdrawal}", REFUSED),
        ("owner", "DELETE FROM escrow_withdrawals WHERE id = {withdrawal}", REFUSED),
        ("owner", "UPDATE documents SET project_id = {other}, subject_id = {other} WHERE id = {engineer}", "23503"),
        ("owner", "UPDATE projects SET certified_progress = 100 WHERE id = {project}", CHECK),
        ("sited", "UPDATE projects SET certified_progress = 100 WHERE id = {other}", CHECK),
        ("owner", APPROVE, 1),
    ],
)
async def test_a_withdrawal_is_decided_in_person_by_somebody_else(office, who, statement, outcome):
    assert await attempt(getattr(office, who), statement.format(**office.names)) == outcome


@pytest.mark.parametrize("who", ["asha", "bharat", "finance", "owner", "worker"])
async def test_the_lines_of_an_account_are_nobodys_to_write(office, who):
    """Not the system's either: they follow from what is done to receipts and withdrawals."""
    person = getattr(office, who)
    assert await attempt(person, ENTRY.format(**office.names)) == REFUSED
    for change in ("UPDATE escrow_entries SET amount = 1", "DELETE FROM escrow_entries", "TRUNCATE escrow_entries"):
        assert await attempt(person, change) == REFUSED


async def test_not_even_the_clerk_alters_a_line(office):
    async with speaking(WORKER) as connection:
        granted = """SELECT string_agg(DISTINCT privilege_type, ',' ORDER BY privilege_type) FROM information_schema.role_table_grants
            WHERE table_name = 'escrow_entries' AND grantee = 'realestate_clerk'"""
        found = await scalar(
            connection,
            f"SELECT has_table_privilege('realestate_clerk', 'escrow_entries', 'UPDATE, DELETE, TRUNCATE') FROM ({granted}) AS x",
        )
    assert found is False


@pytest.mark.parametrize(
    ("who", "seen"), [("owner", 1), ("finance", 1), ("asha", 1), ("ravi", 0), ("bharat", 0), ("sited", 0), ("seller", 0)]
)
async def test_who_sees_the_lines(office, who, seen):
    assert await attempt(getattr(office, who), f"SELECT FROM escrow_entries WHERE project_id = {office.names['project']}") == seen


async def test_a_receipt_that_the_system_writes_down_as_cleared_is_in_the_account_at_once(office):
    names = office.names
    key = ", ".join(str(names[name]) for name in ("builder", "project", "booking", "customer"))
    columns = PAYMENT.removesuffix(")") + ", status, receipt_no)"
    rows = ", ".join(
        f"({key}, 'token', {amount}, 'INR', 'upi', now(), {names['by']}, 0, 'completed', 'X-{amount}')" for amount in (101, 103)
    )
    async with speaking(WORKER) as connection:
        before = await scalar(connection, f"SELECT sum(amount) FROM escrow_entries WHERE project_id = {names['project']}")
        await connection.execute(f"{columns} VALUES {rows}")
        assert await scalar(connection, f"SELECT sum(amount) FROM escrow_entries WHERE project_id = {names['project']}") == before + 71 + 72


async def test_of_two_withdrawals_at_once_the_second_sees_the_first(office):
    """Each alone would fit; the row of the project makes the second wait, and then count."""
    question = WITHDRAWAL.format(**office.names | {"amount": 3000000})
    async with speaking(office.finance) as first, speaking(office.finance) as second:
        await first.execute(question)
        late = asyncio.create_task(second.execute(question))
        await until_waiting(second)
        await first.commit()
        with pytest.raises(psycopg.errors.CheckViolation) as refusal:
            await late
    assert refusal.value.diag.constraint_name == "escrow_within_completion"
