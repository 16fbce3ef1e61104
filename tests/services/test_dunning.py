"""Ladders of reminders: each rung once, as often as a project allows, not while finance has asked for a pause; and bookings at risk."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.bookings import Booking
from realestate.models.payments import Installment, Reminder
from realestate.services import dunning
from tests.factories import make_builder, make_customer, make_member, make_project, make_units, put
from tests.speaking import attempt
from tests.stories import confirmed_booking, pay, types_told

pytestmark = pytest.mark.anyio
TODAY = datetime.now(UTC).date()
NOTICES = ("payment_due_soon", "payment_overdue", "payment_at_risk")


async def bought(client, lines=1, **rules):
    """A builder, a customer, and a confirmed booking with so many lines that are owed."""
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder, timezone="UTC", rules=rules)
    booking = await confirmed_booking(client, builder, asha, (await make_units(builder, project_id))[0])
    async with transaction(WORKER) as session:
        wanted = select(Installment).where(Installment.booking_id == booking["id"]).order_by(Installment.seq).limit(lines)
        booking["lines"] = []
        for line in (await session.scalars(wanted)).all():
            line.status = "partially_paid" if line.allocated else "demanded"
            line.demanded_at = datetime.now(UTC) - timedelta(days=200)
            booking["lines"].append(line.id)
    return builder, asha, booking


async def late(booking, days, nth=0):
    await put(Installment, booking["lines"][nth], due_date=TODAY - timedelta(days=days))


async def told(client, person):
    return [one for one in await types_told(client, person) if one in NOTICES]


async def seen(client, person, booking):
    return (await client.get(f"/api/bookings/{booking['id']}/dunning", headers=person.headers)).json()


async def pause(client, person, booking, until=TODAY, **more):
    said = {"until": str(until), "reason": "The loan is on its way."} | more
    return await client.put(f"/api/bookings/{booking['id']}/dunning/pause", json=said, headers=person.headers)


async def test_a_project_has_ladders_of_its_own(client):
    builder, asha, booking = await bought(client, due_soon_days=[10], overdue_days=[3, 5], grace_days=2)
    for days, expected in ((-11, 0), (-10, 1), (4, 1), (5, 2), (6, 2), (7, 3), (20, 3)):
        await late(booking, days)
        await dunning.remind()
        assert len(await told(client, asha)) == expected, days
    rungs = [(one["kind"], one["days"]) for one in (await seen(client, builder, booking))["reminders"]]
    assert rungs == [("due_soon", 10), ("overdue", 3), ("overdue", 5)]
    _, ravi, other = await bought(client, due_soon_days=[], overdue_days=[])
    await late(other, 5)
    await dunning.remind()
    assert await told(client, ravi) == []


async def test_two_workers_at_once_say_it_once(client):
    _, asha, booking = await bought(client)
    await late(booking, 1)
    await asyncio.gather(*(dunning.remind() for _ in range(3)))
    assert await told(client, asha) == ["payment_overdue"]


async def test_a_booking_that_nothing_can_be_said_of_keeps_no_other_from_being_reminded(client, monkeypatch):
    """The first of three cannot be put into words."""
    monkeypatch.setattr(dunning, "MOST_AT_ONCE", 1)
    sales = [await bought(client) for _ in range(3)]
    for _, _, booking in sales:
        await late(booking, 40)
    facts, broken = dunning._facts, sales[0][2]["id"]

    def fail_for_one(one):
        assert one.booking.id != broken, "no words"
        return facts(one)

    monkeypatch.setattr(dunning, "_facts", fail_for_one)
    with pytest.raises(AssertionError, match="no words"):
        await dunning.remind()
    assert [len(await told(client, asha)) for _, asha, _ in sales] == [0, 2, 2]
    monkeypatch.setattr(dunning, "_facts", facts)
    await dunning.remind()
    assert len(await told(client, sales[0][1])) == 2, "later"


async def test_no_more_is_said_of_a_booking_than_its_project_allows_and_the_rest_later(client):
    _, asha, booking = await bought(client, lines=4, reminders_per_week=2, reminders_per_month=3)
    for nth in range(4):
        await late(booking, 1, nth)
    await asyncio.gather(dunning.remind(), dunning.remind())
    assert len(await told(client, asha)) == 2
    await age_reminders(booking, 8)
    await dunning.remind()
    assert len(await told(client, asha)) == 3, "three in thirty days"
    await age_reminders(booking, 31)
    await dunning.remind()
    assert len(await told(client, asha)) == 4


async def age_reminders(booking, days):
    async with transaction(WORKER) as session:
        then = datetime.now(UTC) - timedelta(days=days)
        await session.execute(update(Reminder).where(Reminder.booking_id == booking["id"]).values(created_at=then))


async def test_while_it_is_paused_nothing_is_said_and_afterwards_the_nearest_rung(client):
    builder, asha, booking = await bought(client)
    finance = await make_member(builder, TeamRole.finance)
    said = (await pause(client, finance, booking)).json()
    assert (said["pause"]["until"], said["pause"]["created_by"], said["at_risk"]) == (str(TODAY), finance.user_id, False)
    await late(booking, 40)
    await dunning.remind()
    assert await told(client, asha) == [] and not (await seen(client, builder, booking))["at_risk"]
    assert (await pause(client, builder, booking, TODAY + timedelta(days=3), reason="Longer.")).json()["pause"]["reason"] == "Longer."
    path = f"/api/bookings/{booking['id']}/dunning/pause"
    assert (await client.delete(path, headers=finance.headers)).json()["pause"] is None
    assert (await client.delete(path, headers=finance.headers)).status_code == 404
    await dunning.remind()
    assert sorted(await told(client, asha)) == ["payment_at_risk", "payment_overdue"]


async def test_no_pause_ends_before_it_begins(client):
    builder, _, booking = await bought(client)
    assert (await pause(client, builder, booking, TODAY - timedelta(days=1))).json()["errors"][0]["code"] == "IN_THE_PAST"
    assert (await seen(client, builder, booking))["pause"] is None


async def test_only_finance_pauses_and_only_the_team_looks(client):
    builder, asha, booking = await bought(client)
    seller, bharat = await make_member(builder, TeamRole.sales), await make_builder("Bharat")
    assert (await pause(client, asha, booking)).status_code == 403
    assert (await pause(client, seller, booking)).status_code in (403, 404)
    assert (await pause(client, bharat, booking)).status_code == 404
    assert (await client.get(f"/api/bookings/{booking['id']}/dunning", headers=asha.headers)).status_code == 403
    assert (await client.get(f"/api/bookings/{booking['id']}/dunning", headers=bharat.headers)).status_code == 404


async def test_who_owes_for_too_long_is_at_risk_until_it_is_paid(client):
    builder, asha, booking = await bought(client, at_risk_days=20)
    manager, finance = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.finance)
    await late(booking, 19)
    await dunning.remind()
    assert not (await seen(client, builder, booking))["at_risk"]
    await late(booking, 20)
    for _ in range(2):
        await dunning.remind()
        assert (await seen(client, builder, booking))["at_risk"]
    for person in (asha, manager, finance):
        assert (await told(client, person)).count("payment_at_risk") == 1
    await pay(client, builder, booking, 600_000)
    await dunning.remind()
    assert not (await seen(client, builder, booking))["at_risk"]


async def test_in_raw_sql_reminders_are_the_systems_and_a_pause_is_ones_own(client):
    builder, asha, booking = await bought(client)
    finance, bharat = await make_member(builder, TeamRole.finance), await make_builder("Bharat")
    await late(booking, 1)
    await dunning.remind()
    of_booking = f"WHERE booking_id = {booking['id']}"
    place = "builder_id, project_id, booking_id, customer_id"
    added = f"INSERT INTO dunning_pauses ({place}, until, reason, created_by) SELECT {place}, now(), 'x', {{}} FROM installments {of_booking} LIMIT 1"
    for person, statement, outcome in (
        (builder, f"SELECT FROM reminders {of_booking}", 1),
        (asha, f"SELECT FROM reminders {of_booking}", "42501"),
        (asha, f"SELECT FROM dunning_pauses {of_booking}", "42501"),
        (bharat, f"SELECT FROM reminders {of_booking}", 0),
        (builder, f"DELETE FROM reminders {of_booking}", "42501"),
        (builder, f"UPDATE reminders SET days = 2 {of_booking}", "42501"),
        (builder, f"INSERT INTO reminders SELECT * FROM reminders {of_booking}", "42501"),
        (finance, added.format(builder.user_id), "42501"),
        (finance, added.format(finance.user_id), 1),
        (bharat, added.format(bharat.user_id), 0),
        (asha, added.format(asha.user_id), "42501"),
    ):
        assert await attempt(person, statement) == outcome, statement
    await pause(client, finance, booking)
    for change, outcome in (("until = now()", "42501"), ("lifted_at = now(), lifted_by = created_by", "42501"), ("reason = 'y'", "42501")):
        assert await attempt(builder, f"UPDATE dunning_pauses SET {change} {of_booking}") == outcome
    assert await attempt(finance, f"UPDATE dunning_pauses SET lifted_at = now(), lifted_by = {finance.user_id} {of_booking}") == 1
    assert await attempt(builder, f"DELETE FROM dunning_pauses {of_booking}") == "42501"
    assert not (await seen(client, builder, booking))["at_risk"]
    async with transaction(WORKER) as session:
        assert (await session.get_one(Booking, booking["id"])).at_risk is False
