"""Who is told, once, in an order without gaps; see `tell` in tenancy/clerk.py."""

import asyncio
import json

import pytest
from sqlalchemy import select, text, update

from realestate.database import VISITOR, WORKER, Identity, as_system, transaction
from realestate.models.accounts import Role, TeamRole, User
from realestate.models.bookings import Booking, BookingParty, BookingStatus, PartyRole
from realestate.models.notifications import Event
from realestate.models.tellings import TELLINGS
from realestate.models.units import Unit
from realestate.services.notifications import notify
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project, make_unit, unique
from tests.models.test_tellings import LETTERS
from tests.models.test_tellings import TABLE as WHO_IS_TOLD
from tests.models.test_tellings import A as MANAGERS
from tests.speaking import attempt, speaking
from tests.standing import make_standing
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio


def event(booking, part=None, type=Event.booking_reserved, **more):
    """Something about a booking, as `notify` would put it."""
    params = dict.fromkeys(TELLINGS[type].names, "x")
    return {"type": type, "subject": "booking", "id": booking["id"], "params": params, "part": part or unique("part")} | more


async def tell(connection, *events):
    await connection.execute("SELECT tell(%s::jsonb)", [json.dumps(events)])


async def tell_as(person, *events):
    async with speaking(person) as connection:
        await tell(connection, *events)
        await connection.commit()


async def inbox(person):
    """What somebody has been told, as numbered: the part of an event that has one, else its whole key."""
    async with speaking(WORKER) as connection:
        found = await connection.execute("SELECT seq, dedupe_key FROM notifications WHERE user_id = %s ORDER BY seq", [person.user_id])
        return [(seq, key.split(":", 3)[-1] if key.count(":") > 2 else key) for seq, key in await found.fetchall()]


async def numbers(person):
    return [seq for seq, _ in await inbox(person)]


@pytest.fixture
async def sale(client):
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


async def test_numbers_have_no_gaps_when_twenty_speak_at_once_and_some_take_it_back(sale):
    builder, customer, booking = sale

    async def speak(number):
        async with speaking(customer) as connection:
            await tell(connection, event(booking), event(booking))
            await (connection.rollback if number % 4 == 0 else connection.commit)()

    await asyncio.gather(*map(speak, range(20)))

    assert await numbers(builder) == list(range(1, 1 + 1 + 15 * 2))  # the reserve itself was the first


async def test_two_who_tell_the_same_people_in_different_order_do_not_deadlock(client):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    ashas, ravis = [await reserved_booking(client, customer, await make_unit(builder)) for customer in (asha, ravi)]
    people = [asha.user_id, ravi.user_id, builder.user_id]

    async def forget():
        """So that every round makes the counters anew, too."""
        async with speaking(WORKER) as connection:
            await connection.execute("DELETE FROM notifications WHERE user_id = ANY(%s)", [people])
            await connection.execute("DELETE FROM notification_counters WHERE user_id = ANY(%s)", [people])
            await connection.commit()

    for number in range(25):
        if number % 2:
            await forget()
        await asyncio.gather(*(tell_as(WORKER, *map(event, order)) for order in ([ashas, ravis], [ravis, ashas]) * 2))
    assert await numbers(asha) == await numbers(ravi) == list(range(1, 9))  # of the last two rounds


async def test_a_duplicate_leaves_no_gap(sale):
    builder, customer, booking = sale
    await tell_as(customer, event(booking, "once"), event(booking, "once"), event(booking, "then"))
    await asyncio.gather(*(tell_as(customer, event(booking, "once"), event(booking, f"again {n}")) for n in range(5)))

    keys = [key for _, key in await inbox(builder)][1:]
    assert keys[:2] == ["once", "then"] and sorted(keys[2:]) == [f"again {n}" for n in range(5)]
    assert await numbers(builder) == list(range(1, 9))
    async with speaking(builder) as connection:
        assert await (await connection.execute("SELECT seq FROM notification_counters")).fetchall() == [(8,)]


async def test_nobody_is_told_of_an_act_of_their_own(sale):
    builder, customer, booking = sale
    manager = await make_member(builder, TeamRole.sales_manager)
    await tell_as(builder, event(booking, "from the builder"))
    await tell_as(customer, event(booking, "from the customer"))

    assert [key for _, key in await inbox(builder)][1:] == ["from the customer"]
    assert [key for _, key in await inbox(customer)] == ["from the builder"]
    assert [key for _, key in await inbox(manager)] == ["from the builder", "from the customer"]


async def test_everybody_whom_the_table_names_finds_it_in_the_inbox_and_nobody_else_does(client):
    builder, rival, stranger = await make_builder(), await make_builder("Bharat Builders"), await make_customer()
    team = {TeamRole.owner: builder} | {role: await make_member(builder, role) for role in TeamRole if role is not TeamRole.owner}
    asha, ravi = await make_customer(known_to=team[TeamRole.sales]), await make_customer("Ravi Menon")
    booking = await make_standing(builder, await make_project(builder), asha, ravi, BookingStatus.registered)
    events = [Event(word) for word in WHO_IS_TOLD]
    await tell_as(WORKER, *(event({"id": booking.id}, "once", type=one) for one in events))

    async def told(person):
        async with speaking(WORKER) as connection:
            found = await connection.execute("SELECT type FROM notifications WHERE user_id = %s", [person.user_id])
            return {word for (word,) in await found.fetchall()}

    for one in (asha, ravi):  # a co-applicant is a customer of the booking like its owner
        assert await told(one) == {word for word, (customers, _) in WHO_IS_TOLD.items() if customers != "-"}
    for role, member in team.items():
        letter = next((letter for letter, one in LETTERS.items() if one is role), None)
        named = {word for word, (_, letters) in WHO_IS_TOLD.items() if letter in letters.split() or role in MANAGERS and letters}
        assert await told(member) == named, role
    assert await told(rival) == await told(stranger) == set()


async def test_only_active_members_with_the_permission_are_told(sale):
    builder, _, booking = sale
    team = {role: await make_member(builder, role) for role in TeamRole if role is not TeamRole.owner}
    former = await make_member(builder, TeamRole.finance)
    async with transaction(WORKER) as session:
        await session.execute(update(User).where(User.id == former.user_id).values(is_active=False))
    await tell_as(WORKER, event(booking, type=Event.booking_confirmed), event(booking, type=Event.password_changed))

    told = {role for role, member in team.items() if await numbers(member) == [1]}
    assert told == {TeamRole.admin, TeamRole.sales_manager, TeamRole.finance}  # once, though admins may both allot and record money
    assert await numbers(former) == []


async def test_a_notice_can_be_muted_by_those_who_only_hear_of_it(sale):
    """Whom it concerns finds it unread all the same."""
    builder, customer, booking = sale
    muted = """UPDATE users SET notification_prefs = '{"channels": {"booking": {"in_app": false}}}' WHERE id IN (%s, %s)"""
    async with speaking(WORKER) as connection:
        await connection.execute(muted, [builder.user_id, customer.user_id])
        await connection.commit()
    await tell_as(WORKER, event(booking, type=Event.booking_cancelled))

    async with speaking(WORKER) as connection:
        found = await connection.execute(
            "SELECT user_id, is_read FROM notifications WHERE type = 'booking_cancelled' AND related_entity_id = %s", [booking["id"]]
        )
        assert dict(await found.fetchall()) == {builder.user_id: True, customer.user_id: False}


async def test_all_parties_of_a_booking_are_told(sale):
    builder, customer, booking = sale
    spouse, stranger = await make_customer("Ravi Rao"), await make_customer("Ravi Menon")
    async with transaction(WORKER) as session:
        key = {"builder_id": builder.builder_id, "project_id": booking["project_id"], "booking_id": booking["id"]}
        session.add(BookingParty(**key, owner_id=customer.user_id, customer_id=spouse.user_id, role=PartyRole.co_applicant, share=0))
    await tell_as(builder, event(booking), event(booking, type=Event.refund_requested))

    assert [await numbers(person) for person in (customer, spouse, stranger)] == [[1], [1], []]


async def test_nobody_can_have_others_told_of_what_does_not_concern_both(client, sale):
    builder, customer, booking = sale
    rival, ravi = await make_builder("Bharat Builders"), await make_customer("Ravi Menon")
    others = await reserved_booking(client, ravi, await make_unit(rival))
    everybody = (builder, customer, rival, ravi)
    before = [await inbox(person) for person in everybody]
    for person, about in ((customer, others), (ravi, booking), (builder, others), (rival, booking)):
        await tell_as(
            person, event(about), event(about, subject="payment"), event(about, subject="hold"), event(about, subject="installment")
        )
    assert [await inbox(person) for person in everybody] == before
    assert await attempt(VISITOR, "SELECT tell('[]')") == "42501"


async def test_nothing_to_say_is_said_to_nobody(sale):
    builder, customer, _ = sale
    await tell_as(customer)
    await tell_as(customer, event({"id": 2**62}))
    assert await numbers(builder) == [1]


async def test_what_the_clock_did_is_told_to_those_whom_the_caller_does_not_know(client):
    """Ravi comes upon Asha's lapsed reserve: both she and the company are told, though to Ravi her booking does not exist."""
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    unit_id = await make_unit(builder)
    lapsed = await reserved_booking(client, asha, unit_id)
    await let_time_pass(Booking, lapsed["id"], "reserve_expires_at")
    await let_time_pass(Unit, unit_id, "hold_expires_at")
    before = await inbox(builder)
    assert await numbers(asha) == []

    booking = await reserved_booking(client, ravi, unit_id)

    told = [key for _, key in (await inbox(builder))[len(before) :]]
    assert told == [f"booking_expired:booking:{lapsed['id']}", f"booking_reserved:booking:{booking['id']}"]
    assert [key for _, key in await inbox(asha)] == [f"booking_expired:booking:{lapsed['id']}"]
    assert await inbox(ravi) == []


async def test_speaking_as_the_system_lasts_only_for_its_block(sale):
    _, customer, booking = sale
    stranger = await make_customer("Ravi Menon")
    async with transaction(Identity(Role.customer, stranger.user_id)) as session:
        async with as_system(session):
            row = await session.get_one(Booking, booking["id"])
            notify(session, Event.booking_expired, row, number="x", unit="x", project="x")
        who = text("SELECT current_setting('role'), current_setting('app.user_id')")
        assert tuple((await session.execute(who)).one()) == ("realestate_customer", str(stranger.user_id))
        assert (await session.scalars(select(Booking.id))).all() == []
    assert [key for _, key in await inbox(customer)] == [f"booking_expired:booking:{booking['id']}"]
    async with speaking(WORKER) as connection:
        acts = await connection.execute(
            "SELECT actor_id, actor_role FROM audit_events WHERE entity_type = 'booking' AND entity_id = %s ORDER BY id DESC LIMIT 1",
            [booking["id"]],
        )
        assert await acts.fetchone() == (None, "worker")
