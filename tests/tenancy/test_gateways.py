"""Payments online in raw SQL: nobody writes what only a gateway can say, and nobody rewrites what it has said."""

from types import SimpleNamespace

import pytest

from realestate.config import settings
from realestate.database import DOORMAN, WORKER
from realestate.models.accounts import TeamRole
from tests.factories import make_builder, make_customer, make_member, make_project, make_units
from tests.paying import event, ordered, tell
from tests.speaking import attempt
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio
RECEIPT = """INSERT INTO payments (builder_id, project_id, booking_id, customer_id, payment_type, amount, currency, payment_method,
    payment_date, created_by, {columns}) VALUES ({builder}, {project}, {booking}, {customer}, 'token', 100, 'INR', 'online', now(), {by}, {values})"""
EVENT = "INSERT INTO gateway_events (gateway, event_id, kind, outcome, body, body_hash) VALUES ('fake', 'x', 'paid', 'applied', '', repeat('0', 64))"
ISSUE = """INSERT INTO payment_issues (builder_id, project_id, booking_id, customer_id, payment_id, kind, gateway_reference, detail)
    VALUES ({builder}, {project}, {booking}, {customer}, {payment}, 'mismatch', 'x', 'x')"""


@pytest.fixture
async def office(client, monkeypatch, tmp_path):
    """A company with members of three kinds, a stranger company, a customer with an order of which another amount has come."""
    monkeypatch.setattr(settings, "data_dir", tmp_path)
    owner, asha = await make_builder(), await make_customer()
    project = await make_project(owner)
    [unit_id] = await make_units(owner, project)
    booking = await reserved_booking(client, asha, unit_id)
    payment = await ordered(client, asha, booking)
    await tell(client, event(payment, amount=1))
    names = {"builder": owner.builder_id, "project": project, "booking": booking["id"], "customer": asha.user_id, "payment": payment["id"]}
    return SimpleNamespace(
        owner=owner,
        asha=asha,
        bharat=await make_builder("Bharat Builders"),
        ravi=await make_customer("Ravi Menon"),
        seller=await make_member(owner, TeamRole.sales),
        elsewhere=await make_member(owner, TeamRole.finance, await make_project(owner)),
        names=names,
    )


@pytest.mark.parametrize("who", ["asha", "ravi", "owner", "bharat"])
@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("gateway", "'fake'"),
        ("gateway, gateway_order_id", "'fake', 'order_1'"),
        ("gateway, gateway_payment_id", "'fake', 'pay_1'"),
        ("gateway, gateway_order_id, checkout_url, checkout_until", "'fake', 'order_1', '/x', now()"),
    ],
)
async def test_nobody_orders_a_payment_by_hand(office, who, columns, values):
    person = getattr(office, who)
    said = RECEIPT.format(**office.names, by=person.user_id, columns=columns, values=values)
    assert await attempt(person, said) == "42501"


@pytest.mark.parametrize(
    ("who", "change", "state"),
    [
        ("asha", "status = 'completed'", "42501"),
        ("owner", "status = 'completed'", "23514"),
        ("owner", "status = 'failed'", "23514"),
        ("owner", "status = 'cancelled'", "23514"),
        ("owner", "amount = 1", "42501"),
        ("owner", "gateway_payment_id = 'pay_1'", "42501"),
        ("owner", "checkout_url = NULL", "42501"),
        ("owner", "instrument = '{{}}'", "42501"),
        ("bharat", "status = 'completed'", 0),
    ],
)
async def test_what_became_of_an_order_only_its_gateway_says(office, who, change, state):
    assert await attempt(getattr(office, who), f"UPDATE payments SET {change} WHERE id = {{payment}}".format(**office.names)) == state


@pytest.mark.parametrize(
    ("who", "statement", "state"),
    [
        *((who, "SELECT FROM gateway_events", "42501") for who in ("asha", "owner", "seller")),
        *((who, EVENT, "42501") for who in ("asha", "owner")),
        ("owner", "DELETE FROM gateway_events", "42501"),
        *((who, "SELECT FROM payment_issues", count) for who, count in (("owner", 1), ("bharat", 0), ("seller", 0), ("elsewhere", 0))),
        ("asha", "SELECT FROM payment_issues", "42501"),
        *((who, ISSUE, "42501") for who in ("asha", "owner", "bharat")),
        ("owner", "UPDATE payment_issues SET amount = 15000000", "42501"),
        ("owner", "DELETE FROM payment_issues", "42501"),
        ("owner", "UPDATE payment_issues SET status = 'accepted', resolved_by = {me}, resolved_at = now()", "23514"),
        ("owner", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {customer}, resolved_at = now()", "23514"),
        ("owner", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {me}, resolved_at = now() - interval '1 day'", "23514"),
        ("owner", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {me}", "23514"),
        ("owner", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {me}, resolved_at = now()", 1),
        ("bharat", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {me}, resolved_at = now()", 0),
        ("elsewhere", "UPDATE payment_issues SET status = 'dismissed', resolved_by = {me}, resolved_at = now()", 0),
    ],
)
async def test_who_sees_and_settles_what_does_not_fit(office, who, statement, state):
    person = getattr(office, who)
    where = " WHERE payment_id = {payment}" if "payment_issues" in statement and not statement.startswith("INSERT") else ""
    assert await attempt(person, (statement + where).format(**office.names, me=person.user_id)) == state


async def test_not_even_the_system_rewrites_what_a_gateway_has_said(office):
    for statement in ("UPDATE gateway_events SET outcome = 'ignored'", "DELETE FROM gateway_events", "DELETE FROM payment_issues"):
        assert await attempt(WORKER, statement) == "42501"
    for body in ("NULL", "''"):
        assert await attempt(WORKER, f"UPDATE gateway_events SET body = {body}") == "23514", "it is young"
    assert await attempt(DOORMAN, "SELECT FROM gateway_events") == "42501"
