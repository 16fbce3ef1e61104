"""Quotes: what a unit would cost whom when, without a side effect."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from realestate.database import WORKER, transaction
from realestate.models.audit import AuditEvent
from realestate.models.bookings import Booking
from tests.factories import make_builder, make_customer, make_project, make_unit, make_units
from tests.queries import counted
from tests.stories import made_phase

pytestmark = pytest.mark.anyio


async def quote(client, unit_id, person=None, **said):
    headers = person.headers if person else {}
    return await client.post(f"/api/units/{unit_id}/quote", headers=headers, **({"json": said} if said else {}))


def today():
    return datetime.now(ZoneInfo("Asia/Kolkata")).date()


async def rows_of(builder):
    async with transaction(WORKER) as session:
        acts = select(func.count(AuditEvent.id)).where(AuditEvent.builder_id == builder.builder_id)
        bookings = select(func.count(Booking.id)).where(Booking.builder_id == builder.builder_id)
        return [await session.scalar(acts), await session.scalar(bookings)]


async def test_every_plan_is_quoted_to_anybody_and_nothing_is_kept(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id, before = await make_unit(builder), await rows_of(builder)

    for person in (None, asha, builder):
        with counted() as statements:
            said = (await quote(client, unit_id, person)).json()
        assert len(statements) == 1 and said["quoted_on"] == today().isoformat() and said["held_until"] is None
        for plan in said["plans"]:
            amounts = [line["amount"] for line in plan["lines"]]
            assert sum(round(amount * 100) for amount in amounts) == 750000001 and plan["token_amount"] == 150000.0
    assert [plan["payment_plan"] for plan in said["plans"]] == [
        *("down_payment", "time_linked", "construction_linked", "possession_linked", "hybrid", "full_payment")
    ]
    first, second = said["plans"][0]["lines"][:2]
    assert date.fromisoformat(first["due_date"]) == today() + timedelta(days=15) and first["is_due_at_once"]
    assert date.fromisoformat(second["due_date"]) == today() + timedelta(days=45) and not second["is_due_at_once"]
    assert await rows_of(builder) == before
    assert (await quote(client, unit_id, payment_plan="custom")).json()["code"] == "PLAN_NOT_OFFERED"
    assert (await quote(client, 9_000_000_000)).status_code == (await quote(client, unit_id, await make_builder())).status_code == 404


async def test_who_comes_late_sees_what_is_due_at_once(client):
    builder = await make_builder()
    project_id = await make_project(builder)
    (unit_id,) = await make_units(builder, project_id)
    phase = await made_phase(client, builder, project_id, phase_key="structure", progress_percentage=60)

    async def passed(**said):
        (plan,) = (await quote(client, unit_id, payment_plan="construction_linked")).json()["plans"]
        return [line["name"] for line in plan["lines"] if line["is_passed"]], plan

    assert (await passed())[0] == []  # reported, not certified
    await client.post(f"/api/progress/{phase['id']}/certification", json={}, headers=builder.headers)
    names, plan = await passed()

    assert names == ["Structure at half"]
    at_once = [line for line in plan["lines"] if line["is_due_at_once"]]
    assert plan["due_at_once"] == round(sum(line["amount"] for line in at_once), 2) == 1875000.01
    assert {line["due_date"] for line in at_once} == {(today() + timedelta(days=15)).isoformat()}


async def test_a_tower_that_is_not_the_units_does_not_count_and_what_is_reported_may(client):
    builder = await make_builder()
    project_id = await make_project(builder, rules={"certificate_required": False})
    (unit_id,), _ = await make_units(builder, project_id), await make_units(builder, project_id, tower="B")
    for tower, percentage in (("A", 50), ("B", 100)):
        await made_phase(client, builder, project_id, phase_key="structure", tower=tower, progress_percentage=percentage)

    (plan,) = (await quote(client, unit_id, payment_plan="construction_linked")).json()["plans"]

    assert [line["name"] for line in plan["lines"] if line["is_passed"]] == ["Structure at half"]


async def test_a_hold_of_ones_own_has_frozen_the_price(client):
    builder, asha = await make_builder(), await make_customer()
    unit_id = await make_unit(builder)
    await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)
    await client.patch(f"/api/units/{unit_id}", json={"price": 9_000_000}, headers=builder.headers)

    mine, others = (await quote(client, unit_id, asha)).json(), (await quote(client, unit_id)).json()

    assert mine["cost_sheet"]["total"] == 7500000.01 and mine["held_until"] and others["cost_sheet"]["total"] == 9_000_000
    assert (await quote(client, unit_id, builder)).json()["cost_sheet"]["price"] == 7500000.01
