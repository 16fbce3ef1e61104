"""Topics: permission is the wall's, and each audience hears of a change what it may see of it."""

import pytest

from realestate.database import WORKER, transaction
from realestate.live import hub
from realestate.models.accounts import TeamRole
from realestate.models.projects import Project, PublishState
from realestate.models.units import Unit, UnitStatus
from tests.factories import make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.queries import counted
from tests.stories import pay, reserved_booking, written

pytestmark = pytest.mark.anyio


async def subscribed(opened, person, topic):
    """A socket that has asked for a topic, and the answer."""
    socket = await opened(person)
    await socket.told()
    return socket, await socket.asked(type="subscribe", topic=topic)


async def next_event(socket, **like):
    """The next one like this, whatever else is told meanwhile: what was committed just before may come late."""
    while (said := await socket.told())["type"] != "event" or any(said["data"].get(name) != value for name, value in like.items()):
        pass
    return said["data"]


async def test_inventory_is_told_to_each_as_they_may_see_it(client, opened, hearing):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    topic = f"project:{project_id}:inventory"
    sockets = []
    for person in (builder, asha, ravi):
        socket, said = await subscribed(opened, person, topic)
        assert said == {"type": "subscribed", "topic": topic, "data": None}
        sockets.append(socket)
    assert (await client.post(f"/api/units/{unit_id}/hold", headers=asha.headers)).status_code == 200
    held = ("held", "held", "not_available")
    seen = [await next_event(socket, status=status) for socket, status in zip(sockets, held, strict=True)]
    for person, event in zip((builder, asha, ravi), seen, strict=True):
        unit = (await client.get(f"/api/units/{unit_id}", headers=person.headers)).json()
        assert event == {"unit_id": unit_id} | {name: unit[name] for name in ("status", "price", "version")}
    assert (await client.delete(f"/api/units/{unit_id}/hold", headers=asha.headers)).status_code == 200
    assert [(await next_event(socket, status="available"))["unit_id"] for socket in sockets] == [unit_id] * 3


async def test_whoever_sees_the_same_of_a_unit_is_read_for_together(client, opened, hearing):
    builder, holder = await make_builder(), await make_customer()
    team = [builder, await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.finance)]
    public = [await make_customer(f"Buyer {letter}") for letter in "abcdef"]
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    limited = await make_member(builder, TeamRole.sales_manager, project_id)
    sockets = [(await subscribed(opened, one, f"project:{project_id}:inventory"))[0] for one in (*team, limited, holder, *public)]
    await client.patch(f"/api/units/{unit_id}", json={"price": 8000000}, headers=builder.headers)
    assert {(await next_event(socket, price=8000000))["status"] for socket in sockets} == {"available"}
    with counted() as statements:
        assert (await client.post(f"/api/units/{unit_id}/hold", headers=holder.headers)).status_code == 200
        seen = [(await next_event(socket))["status"] for socket in sockets]
    assert seen == ["held"] * 5 + ["not_available"] * 6
    assert len([sql for sql in statements if "shown_status" in sql or "AS unit_id" in sql]) == 4, statements


async def test_of_what_is_not_shown_nothing_is_heard_but_that_it_is_gone(client, opened, hearing):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    [hidden] = await make_units(builder, project_id, status=UnitStatus.unreleased)
    [shown] = await make_units(builder, project_id)
    watching, team = [(await subscribed(opened, person, f"project:{project_id}:inventory"))[0] for person in (asha, builder)]
    for unit_id in (hidden, shown):
        assert (await client.patch(f"/api/units/{unit_id}", json={"price": 9000000}, headers=builder.headers)).status_code == 200
        assert (await next_event(team, price=9000000))["unit_id"] == unit_id
    assert (await next_event(watching, price=9000000))["unit_id"] == shown
    async with transaction(WORKER) as session:
        (await session.get_one(Unit, shown)).status = UnitStatus.unreleased
    assert await next_event(watching) == {"unit_id": shown, "status": "not_available", "price": None, "version": None}
    assert (await next_event(team, unit_id=shown))["status"] == "unreleased"


async def test_of_a_great_many_it_is_said_that_there_were_many(opened, hearing):
    builder, asha = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    watching, _ = await subscribed(opened, asha, f"project:{project_id}:inventory")
    await make_units(builder, project_id, 101)
    assert await next_event(watching) == {"reload": True}


async def test_a_booking_is_told_to_its_parties(client, opened, hearing):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    sockets = []
    for person in (builder, customer):
        socket, said = await subscribed(opened, person, f"booking:{booking['id']}")
        assert (said["data"]["status"], said["data"]["paid_amount"]) == ("reserved", 0)
        sockets.append(socket)
    await pay(client, builder, booking, booking["token_amount"])
    for socket in sockets:
        assert (await next_event(socket))["paid_amount"] == booking["token_amount"]


async def test_a_second_socket_that_knows_already_keeps_no_news_from_the_first(client, opened, hearing, monkeypatch):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    first, _ = await subscribed(opened, customer, topic := f"booking:{booking['id']}")
    monkeypatch.setattr("realestate.live.topics.GATHERED", 0.5)
    await pay(client, builder, booking, 1000)
    _, said = await subscribed(opened, customer, topic)
    assert said["data"]["paid_amount"] == 1000
    assert (await next_event(first))["paid_amount"] == 1000


async def test_what_is_theirs_no_more_is_said_once_and_heard_of_no_more(opened, hearing):
    builder, asha = await make_builder(), await make_customer()
    [unit_id] = await make_units(builder, project_id := await make_project(builder))
    socket, _ = await subscribed(opened, asha, topic := f"project:{project_id}:inventory")
    async with transaction(WORKER) as session:
        (await session.get_one(Project, project_id)).publish_state = PublishState.draft
    async with transaction(WORKER) as session:
        (await session.get_one(Unit, unit_id)).price += 1
    while (said := await socket.told())["type"] != "error":
        pass
    assert said["code"] == "NOT_FOUND"
    assert topic not in hub.topics.by_name


async def test_a_conversation_is_told_to_both_sides_and_a_note_to_the_team_alone(client, opened, hearing):
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    first = await written(client, customer, project_id)
    topic = f"conversation:{first['conversation_id']}"
    (theirs, said), (ours, _) = [await subscribed(opened, person, topic) for person in (customer, builder)]
    assert said["data"]["last_message_id"] == first["id"] and "assigned_to" not in said["data"]
    inbox, said = await subscribed(opened, builder, f"builder:{builder.builder_id}:inbox")
    assert said["data"] == {"open": 1, "unread": 1, "unread_messages": 1}
    note = {"project_id": project_id, "customer_id": customer.user_id, "content": "A keen one.", "is_internal": True}
    assert (await client.post("/api/messages", json=note, headers=builder.headers)).status_code == 201
    answer = await written(client, builder, project_id, "On Sunday.", customer_id=customer.user_id)
    assert (await next_event(theirs))["last_message_id"] == answer["id"]
    assert (await next_event(ours))["last_message_id"] == answer["id"]
    await written(client, customer, project_id, "At ten?")
    assert (await next_event(inbox))["unread_messages"] == 2


async def test_what_is_not_theirs_is_not_found(client, opened, hearing):
    builder, asha, ravi = await make_builder(), await make_customer(), await make_customer("Ravi Menon")
    rival = await make_builder("Bharat Builders")
    booking = await reserved_booking(client, asha, await make_unit(builder))
    first = await written(client, asha, booking["project_id"])
    draft = await make_project(builder, published=False)
    scoped = await make_member(builder, TeamRole.sales_manager, draft)
    answer = await written(client, builder, booking["project_id"], customer_id=asha.user_id)
    foreign = {
        f"booking:{booking['id']}": (ravi, rival, scoped),
        f"conversation:{first['id']}": (ravi, rival, scoped),
        f"conversation:{answer['id']}": (asha, builder),
        f"project:{draft}:inventory": (asha, rival),
        "booking:999999999": (asha, builder),
    }
    for topic, people in foreign.items():
        for person in people:
            socket, said = await subscribed(opened, person, topic)
            assert (said["type"], said["code"]) == ("error", "NOT_FOUND"), (topic, person)
            assert await socket.asked(type="ping") == {"type": "pong"}
            await socket.connection.close()


async def test_another_companys_inbox_is_4403(opened):
    builder, rival, customer = await make_builder(), await make_builder("Bharat Builders"), await make_customer()
    for person in (rival, customer):
        socket = await opened(person)
        await socket.say(type="subscribe", topic=f"builder:{builder.builder_id}:inbox")
        assert await socket.code() == 4403


async def test_topics_have_names_and_an_end(opened, hearing):
    builder, customer = await make_builder(), await make_customer()
    socket = await opened(customer)
    await socket.told()
    for name in ("", "units", "project:0:inventory", "project:-1:inventory", "booking:1e3", "booking:７", "booking:1 ", "x" * 100):
        assert (await socket.asked(type="subscribe", topic=name))["code"] == "INVALID"
    for _ in range(20):
        topic = f"project:{await make_project(builder)}:inventory"
        assert (await socket.asked(type="subscribe", topic=topic))["type"] == "subscribed"
    assert (await socket.asked(type="subscribe", topic=f"project:{await make_project(builder)}:inventory"))["code"] == "INVALID"
    assert await socket.asked(type="unsubscribe", topic=topic) == {"type": "unsubscribed", "topic": topic}
    assert (await socket.asked(type="subscribe", topic=topic))["type"] == "subscribed"
