"""What is committed reaches every socket of whoever is told, once and in order, and a socket that comes back gets what it has missed."""

import asyncio
from contextlib import suppress

import pytest

from realestate import database
from realestate.database import Identity
from realestate.live import hub, inbox
from realestate.models.accounts import Role
from tests.factories import make_builder, make_customer, make_unit
from tests.queries import counted
from tests.sockets import doors_of_their_own, ended
from tests.sockets import hearing as listening
from tests.speaking import speaking, until
from tests.stories import pay, reserved_booking
from tests.test_telling import event, tell, tell_as

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sale(client, hearing):
    """A builder who has been told of one reserve, its customer, the booking."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await reserved_booking(client, customer, await make_unit(builder))


async def numbers(socket, count):
    return [(await socket.told())["seq"] for _ in range(count)]


async def test_a_socket_is_told_how_its_inbox_stands(opened, sale):
    builder, _, _ = sale
    ready = await (await opened(builder)).told()
    assert ready | {"epoch": ""} == {"type": "ready", "epoch": "", "seq": 1, "recovered": False, "unread_count": 1}


async def test_what_is_committed_is_pushed_as_rest_says_it(client, opened, sale):
    builder, customer, booking = sale
    sockets = [await opened(customer) for _ in range(3)]
    assert [(await socket.told())["seq"] for socket in sockets] == [0, 0, 0]
    with counted() as sent:
        assert (await pay(client, builder, booking, 1000)).status_code == 201
        said = [await socket.told() for socket in sockets]
    [kept] = (await client.get("/api/notifications", headers=customer.headers)).json()["notifications"]
    assert said == [{"type": "notification", "seq": 1, "data": kept}] * 3
    assert len([sql for sql in sent if "string_agg" in sql]) == 1


async def test_nothing_is_pushed_that_is_taken_back(opened, sale):
    builder, customer, booking = sale
    socket = await opened(customer)
    await socket.told()
    async with speaking(builder) as connection:
        await tell(connection, event(booking, "taken back"))
        await connection.rollback()
    await tell_as(builder, event(booking, "said", action_url="/said"))
    said = await socket.told()
    assert (said["seq"], said["data"]["action_url"]) == (1, "/said")


async def test_a_storm_arrives_in_order_without_gaps_on_every_socket(opened, sale):
    builder, customer, booking = sale
    sockets = [await opened(customer) for _ in range(3)]
    for socket in sockets:
        await socket.told()
    await asyncio.gather(*(tell_as(builder, *(event(booking) for _ in range(30))) for _ in range(10)))
    late = await opened(customer)
    await late.told()
    assert await asyncio.gather(*(numbers(socket, 300) for socket in sockets)) == [list(range(1, 301))] * 3


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(opened, sale):
    builder, customer, booking = sale
    epoch = (await (await opened(customer)).told())["epoch"]
    await tell_as(builder, *(event(booking) for _ in range(250)))  # some strides
    for after, told in ((0, range(1, 251)), (248, range(249, 251)), (250, ())):
        by_query = await opened(customer, query=f"?epoch={epoch}&after={after}")
        by_frame = await opened()
        await by_frame.say(type="auth", token=customer.headers["Authorization"].removeprefix("Bearer "), epoch=epoch, after=after)
        for socket in (by_query, by_frame):
            ready = await socket.told()
            assert (ready["recovered"], ready["seq"], ready["unread_count"]) == (True, 250, 250)
            assert await numbers(socket, len(told)) == list(told)
            assert await socket.asked(type="ping") == {"type": "pong"}
            await socket.connection.close()


async def test_what_happens_while_the_past_is_told_comes_behind_it(opened, sale):
    builder, customer, booking = sale
    epoch = (await (await opened(customer)).told())["epoch"]
    await tell_as(builder, *(event(booking) for _ in range(300)))
    sockets = await asyncio.gather(
        *(opened(customer, query=f"?epoch={epoch}&after=0") for _ in range(4)), *(tell_as(builder, event(booking)) for _ in range(20))
    )
    for socket in sockets[:4]:
        assert (await socket.told())["recovered"]
        assert await numbers(socket, 320) == list(range(1, 321))


@pytest.mark.parametrize(("epoch", "after"), [("another-life", 0), (None, 7)])
async def test_a_cursor_that_means_nothing_here_is_not_recovered(opened, sale, epoch, after):
    builder, _, _ = sale
    epoch = epoch or (await (await opened(builder)).told())["epoch"]
    socket = await opened(builder, query=f"?epoch={epoch}&after={after}")
    assert not (await socket.told())["recovered"]
    assert await socket.asked(type="ping") == {"type": "pong"}  # nothing was said again


async def test_whoever_has_missed_too_much_fetches_it(opened, sale, monkeypatch):
    builder, customer, booking = sale
    monkeypatch.setattr(inbox, "MOST_HISTORY", 3)
    epoch = (await (await opened(customer)).told())["epoch"]
    await tell_as(builder, *(event(booking) for _ in range(4)))
    assert not (await (await opened(customer, query=f"?epoch={epoch}&after=0")).told())["recovered"]
    assert (await (await opened(customer, query=f"?epoch={epoch}&after=1")).told())["recovered"]


async def test_a_reader_who_does_not_read_is_dropped_and_nobody_else_notices(opened, sale):
    _, customer, _ = sale
    slow, good = await opened(customer), await opened(customer)
    await slow.told(), await good.told()
    slow.connection.transport.pause_reading()
    sleeper, reader = hub.inboxes[customer.user_id].sockets

    async def read_all():
        return [await good.connection.recv() for _ in range(600)]

    reading = asyncio.create_task(read_all())
    for number in range(600):
        for socket in (sleeper, reader):
            socket.say(f"{number}:".ljust(60_000))
        await asyncio.sleep(0)
        await reader.has_said_all()
    assert [int(text.partition(":")[0]) for text in await reading] == list(range(600))
    assert sleeper.is_over and not reader.is_over

    async def is_gone():
        return hub.inboxes[customer.user_id].sockets == [reader]

    await until(is_gone)


async def test_what_was_committed_while_nobody_listened_is_read_from_the_table(client, opened, bus):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    socket = await opened(customer)
    await socket.told()
    await tell_as(builder, event(booking), event(booking))  # nobody hears it
    async with listening():
        assert await numbers(socket, 2) == [1, 2]
        await tell_as(builder, event(booking))
        assert await numbers(socket, 1) == [3]


async def test_what_nobody_understands_makes_nobody_deaf(client, opened, house):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    async with listening():
        socket = await opened(customer)
        await socket.told()
        async with speaking(builder) as connection:
            await connection.execute("SELECT pg_notify('inbox', 'nonsense')")
            await connection.commit()
        await tell_as(builder, event(booking))
        assert await numbers(socket, 1) == [1]


async def test_a_row_that_is_gone_is_waited_for_by_nobody(opened, house, monkeypatch):
    customer, asked = await make_customer(), []
    socket = await opened(customer)
    epoch = (await socket.told())["epoch"]

    async def read(identity, after, limit=100):
        asked.append(after)
        return inbox.News(epoch, 4, 0, [])

    monkeypatch.setattr(inbox, "read", read)
    here = hub.inboxes[customer.user_id]
    here.hear(4)
    for _ in range(3):
        await asyncio.sleep(0)
    assert (asked, here.pump) == ([0], None)


async def test_a_reader_who_sleeps_is_gone_soon_after_its_socket_is_closed(opened, monkeypatch):
    monkeypatch.setattr("realestate.live.socket.LAST_WORDS", 0.1)
    customer = await make_customer()
    socket = await opened(customer)
    await socket.told()
    socket.connection.transport.pause_reading()
    [sleeper] = hub.inboxes[customer.user_id].sockets
    transport = sleeper.scope["extensions"]["realestate.abort"].__self__
    async with asyncio.timeout(5):
        while not transport.get_write_buffer_size():  # the line takes no more, but there is still room in memory
            sleeper.say("x" * 20_000)
            await sleeper.has_said_all()
    sleeper.close(4401)

    async def is_gone():
        return not transport.get_write_buffer_size()

    await until(is_gone, 3)


async def test_a_client_that_asks_and_does_not_read_fills_no_memory(opened):
    customer = await make_customer()
    socket = await opened(customer)
    await socket.told()
    [sleeper] = hub.inboxes[customer.user_id].sockets
    transport = sleeper.scope["extensions"]["realestate.abort"].__self__
    socket.connection.transport.pause_reading()
    pings = b"".join(bytes([0x89, 0x80 | 125, 0, 0, 0, 0]) + b"x" * 125 for _ in range(1000))
    with suppress(TimeoutError):  # a server that reads no more of it is as good
        async with asyncio.timeout(2):
            for _ in range(150):
                socket.connection.transport.write(pings)
                while socket.connection.transport.get_write_buffer_size():
                    await asyncio.sleep(0.001)
    assert transport.get_write_buffer_size() < 1_000_000


@pytest.mark.parametrize("bus", ["redis"], indirect=True)
async def test_over_redis_whoever_commits_says_so_and_what_gets_lost_is_found(client, opened, bus, monkeypatch):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    async with listening(poll=3600):
        socket = await opened(customer)
        await socket.told()
        assert (await pay(client, builder, booking, 1000)).status_code == 201
        assert await numbers(socket, 1) == [1]
        monkeypatch.setattr(database.bus, "say", lambda announced: None)  # a process that dies just after its commit
        assert (await pay(client, builder, booking, 1000)).status_code == 201
        assert (await socket.asked(type="ping"))["type"] == "pong"
        await hub.look_into_inboxes()
        assert await numbers(socket, 1) == [2]


async def test_a_redis_that_is_away_keeps_nobody_waiting(client, house, monkeypatch):
    monkeypatch.setattr("tests.sockets.REDIS_URL", "redis://127.0.0.1:1")
    async with doors_of_their_own(monkeypatch):
        builder, customer = await make_builder(), await make_customer()
        tasks = [asyncio.create_task(work) for work in (database.hear(hub.ears), hub.poll())]
        booking = await reserved_booking(client, customer, await make_unit(builder))
        news = await inbox.read(Identity(Role.builder, builder.user_id, builder.builder_id), 0)
        assert (news.seq, booking["status"]) == (1, "reserved")
        await ended(tasks)
