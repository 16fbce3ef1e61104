"""Who did what to whom is not the caller's to say: `record` and `tell` take it from the transaction and from the subject."""

import json

import psycopg
import pytest

from realestate.database import DOORMAN, WORKER, Identity, as_system, transaction
from realestate.models.accounts import Role
from realestate.models.bookings import Booking
from realestate.services import audit
from tests.speaking import speaking
from tests.tenancy.world import identity

pytestmark = pytest.mark.anyio
LATEST = "SELECT builder_id, actor_id, actor_role FROM audit_events ORDER BY id DESC LIMIT 1"


async def record(person, subject, id, **lies):
    """What then stands in the book, unread by who wrote it."""
    act = {"action": "x", "subject": subject, "id": id, "details": {}} | lies
    async with speaking(person) as connection:
        await connection.execute("SELECT record(%s::jsonb)", [json.dumps([act])])
        await connection.execute("SELECT set_config('role', 'realestate_worker', true)")
        return await (await connection.execute(LATEST)).fetchone()


async def test_an_act_is_the_callers_own_whatever_it_says(world):
    names = world.names
    lies = {"role": "admin", "system": True, "actor_id": names["ravi"], "builder_id": names["bharat"]}
    assert await record(world.asha, "booking", names["my_booking"], **lies) == (names["ashoka"], names["me"], "customer")
    assert await record(world.ashoka, "booking", names["my_booking"], **lies) == (names["ashoka"], names["staff"], "builder")
    assert await record(world.ashoka, "unit", names["free"], **lies) == (names["ashoka"], names["staff"], "builder")
    assert await record(world.ashoka, "unit", 2**62, **lies) == (names["ashoka"], names["staff"], "builder")  # deleted by now
    assert await record(WORKER, "payment", names["my_payment"], **lies) == (names["ashoka"], None, "worker")


async def test_the_doorman_writes_of_the_user_before_it(world):
    names = world.names
    assert await record(DOORMAN, "user", names["staff"], actor_id=names["staff"]) == (names["ashoka"], names["staff"], "doorman")
    assert await record(DOORMAN, "user", names["me"], actor_id=None) == (None, None, "doorman")


@pytest.mark.parametrize(
    ("who", "subject", "what", "lies"),
    [
        ("asha", "booking", "other_booking", {}),
        ("asha", "unit", "free", {}),
        ("asha", "builder", "ashoka", {}),
        ("asha", "user", "ravi", {}),
        ("bharat", "booking", "my_booking", {}),
        ("bharat", "project", "project", {}),
        ("bharat", "builder", "ashoka", {}),
        ("doorman", "booking", "my_booking", {}),
        ("doorman", "user", "me", {"actor_id": 1}),
        ("admin", "booking", "my_booking", {}),
    ],
)
async def test_nobody_writes_of_what_is_not_theirs(world, who, subject, what, lies):
    strangers = {"doorman": DOORMAN, "admin": Identity(Role.admin, world.names["admin"])}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await record(strangers.get(who) or getattr(world, who), subject, world.names[what], **lies)


async def test_what_the_system_did_on_the_way_is_kept_apart_and_in_its_place(world):
    async with transaction(identity(world.asha)) as session:
        booking = await session.get_one(Booking, world.names["my_booking"])
        audit.record(session, "first", booking)
        async with as_system(session):
            audit.record(session, "second", booking)
        audit.record(session, "third", booking)
    async with speaking(world.ashoka) as connection:
        query = "SELECT action, actor_id, actor_role FROM audit_events WHERE action IN ('first', 'second', 'third') ORDER BY id"
        me = world.names["me"]
        expected = [("first", me, "customer"), ("second", None, "worker"), ("third", me, "customer")]
        assert await (await connection.execute(query)).fetchall() == expected


async def tell(world, wanted="dedupe_key, action_url", **said):
    """What then stands in the inbox of the company."""
    names = {"number": "AS-1", "unit": "A-101", "project": "Ashoka Heights"}
    event = {"subject": "booking", "id": world.names["my_booking"], "params": names, "action_url": "/bookings/7"}
    async with speaking(world.asha) as connection:
        await connection.execute("SELECT tell(%s::jsonb)", [json.dumps([event | said])])
        await connection.execute("SELECT set_config('role', 'realestate_worker', true)")
        query = f"SELECT {wanted} FROM notifications WHERE user_id = %s ORDER BY seq DESC LIMIT 1"
        return await (await connection.execute(query, [world.names["staff"]])).fetchone()


async def test_what_counts_as_said_before_follows_from_the_subject(world):
    key = f"booking_cancelled:booking:{world.names['my_booking']}"
    assert await tell(world, type="booking_cancelled", dedupe_key="booking_expired:booking:1") == (key, "/bookings/7")
    assert await tell(world, type="booking_cancelled", part="2") == (f"{key}:2", "/bookings/7")


@pytest.mark.parametrize(
    "said",
    [
        {"type": "prize_won"},
        *(
            {"type": "booking_cancelled", "action_url": url}
            for url in ("https://evil.test", "//evil.test", "/\\evil.test", "/\t/evil.test", "javascript:x", "")
        ),
    ],
)
async def test_unknown_events_and_links_elsewhere_are_refused(world, said):
    with pytest.raises(psycopg.errors.CheckViolation):
        await tell(world, **said)


async def test_the_words_and_their_urgency_follow_from_what_has_happened(world):
    lies = {
        "title": "You have won",
        "message": "Call 0900",
        "category": "system",
        "priority": "critical",
        "is_legal": True,
        "roles": ["viewer"],
    }
    said = await tell(world, "title, message, category, priority", type="booking_cancelled", **lies)
    message = "AS-1: the booking of unit A-101 in Ashoka Heights is cancelled."
    assert said == ("Booking cancelled", message, "booking", "high")


async def test_what_is_filled_in_is_not_looked_through_for_places(world):
    names = {"number": "{unit}", "unit": "%s {number} O'Hara's", "project": "$$ \\"}
    (message,) = await tell(world, "message", type="booking_cancelled", params=names)
    assert message == "{unit}: the booking of unit %s {number} O'Hara's in $$ \\ is cancelled."


@pytest.mark.parametrize("unit", ["A-101\nYou have won", "x" * 501])
async def test_a_name_is_short_and_on_one_line(world, unit):
    with pytest.raises(psycopg.errors.CheckViolation):
        await tell(world, type="booking_cancelled", params={"number": "1", "unit": unit, "project": "1"})


async def test_what_nothing_fills_in_is_not_said(world):
    with pytest.raises(psycopg.errors.NotNullViolation):
        await tell(world, type="booking_cancelled", params={"number": "1"})


async def test_customers_say_only_what_customers_do(world):
    """Not even of their own booking that it is confirmed, nor so that nobody hears of it any more when it is."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await tell(world, type="booking_confirmed")
