"""What a client may say, and what comes of everything else: an `error` frame, and the socket goes on."""

import pytest

from realestate.live import hub, words
from tests.factories import make_builder, make_customer, make_unit
from tests.speaking import until
from tests.stories import pay, reserved_booking

pytestmark = pytest.mark.anyio

HOSTILE = {
    "": "MALFORMED_JSON",
    "{": "MALFORMED_JSON",
    "NaN": "MALFORMED_JSON",
    '{"type":"ping","type":NaN}': "MALFORMED_JSON",
    "[" * 5000: "MALFORMED_JSON",
    "[" * 100 + "]" * 100: "MALFORMED_JSON",
    "1e999": "MALFORMED_JSON",
    "null": "INVALID",
    "[]": "INVALID",
    "7": "INVALID",
    '"ping"': "INVALID",
    "{}": "INVALID",
    '{"type":null}': "INVALID",
    '{"type":["ping"]}': "INVALID",
    '{"type":"shutdown"}': "INVALID",
    '{"type":"ping","more":1}': "INVALID",
    '{"type":"read"}': "INVALID",
    '{"type":"read","id":"x"}': "INVALID",
    '{"type":"read","id":true}': "INVALID",
    '{"type":"read","id":1.5}': "INVALID",
    '{"type":"read","id":0}': "INVALID",
    '{"type":"read","id":9223372036854775808}': "INVALID",
    '{"type":"read","id":9223372036854775807}': "NOT_FOUND",
    '{"type":"auth"}': "INVALID",
    '{"type":"auth","token":7}': "INVALID",
    '{"type":"auth","token":"x","after":"1e9"}': "INVALID",
    '{"type":"auth","token":"nonsense"}': "TOKEN_INVALID",
    '{"type":"auth","token":"\\u0000"}': "INVALID",
    '{"type":"auth","token":"\\ud800"}': "INVALID",
    '{"type":"\\ud800"}': "INVALID",
    '{"type":"subscribe","topic":7}': "INVALID",
}


async def test_what_cannot_be_understood_is_said_so_and_the_socket_goes_on(opened, monkeypatch):
    monkeypatch.setattr("realestate.live.talking.BURST", 1000)
    socket = await opened(await make_customer())
    await socket.told()
    for text, code in HOSTILE.items():
        await socket.connection.send(text)
        said = await socket.told()
        assert (said["type"], said["code"]) == ("error", code), text
        assert said["detail"]
    await socket.connection.send(b"\x00\xff")
    assert (await socket.told())["code"] == "MALFORMED_JSON"
    assert await socket.asked(type="ping") == {"type": "pong"}


async def test_a_frame_over_64_kib_is_1009_and_text_that_is_none_1007(opened, caplog):
    customer = await make_customer()
    large, broken = await opened(customer), await opened(customer)
    await large.connection.send("x" * (64 * 1024 + 1))
    await broken.connection.send(b"\xff\xfe", text=True)
    assert (await large.code(), await broken.code()) == (1009, 1007)
    assert "Traceback" not in caplog.text


async def test_a_frame_in_pieces_counts_as_one(opened):
    customer = await make_customer()
    one, other = await opened(customer), await opened(customer)
    await one.told()
    await one.connection.send(iter(['{"type"', ':"pi', 'ng"}']))
    assert await one.told() == {"type": "pong"}
    await other.told()
    await other.connection.send(iter(["x" * 40_000, "x" * 40_000]))
    assert await other.code() == 1009


async def test_too_many_frames_are_4429(opened):
    socket = await opened(await make_customer())
    for _ in range(words.BURST + 2):
        await socket.say(type="ping")
    assert await socket.code() == 4429


async def test_a_notification_is_marked_read_by_its_owner_alone(client, opened, hearing):
    builder, customer = await make_builder(), await make_customer()
    booking = await reserved_booking(client, customer, await make_unit(builder))
    await pay(client, builder, booking, 1000)
    [told] = (await client.get("/api/notifications", headers=customer.headers)).json()["notifications"]
    owner, other = await opened(customer), await opened(builder)
    assert [(await owner.told())["unread_count"], (await other.told())["unread_count"]] == [1, 1]
    assert (await other.asked(type="read", id=told["id"]))["code"] == "NOT_FOUND"
    for _ in range(2):
        assert await owner.asked(type="read", id=told["id"]) == {"type": "read", "id": told["id"], "unread_count": 0}
    [told] = (await client.get("/api/notifications", headers=customer.headers)).json()["notifications"]
    assert told["is_read"]


async def test_who_leaves_leaves_nothing_behind(opened):
    customer = await make_customer()
    for _ in range(3):
        socket = await opened(customer)
        await socket.told()
        assert customer.user_id in hub.inboxes
        await socket.connection.close()
    stranger = await opened()
    await stranger.connection.close()

    async def is_gone():
        return customer.user_id not in hub.inboxes and hub.strangers == 0

    await until(is_gone)
