"""The inbox: a person's own, numbered without gaps, read once."""

import pytest

from tests.factories import make_admin, make_builder, make_customer, make_project, make_units
from tests.stories import reserved_booking

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(client):
    """A builder who has been told of five reserves."""
    builder = await make_builder()
    for unit_id in await make_units(builder, await make_project(builder), 5):
        await reserved_booking(client, await make_customer(), unit_id)
    return builder


async def inbox(client, person, **query):
    answer = await client.get("/api/notifications", params=query, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def seqs(said):
    return [notification["seq"] for notification in said["notifications"]]


async def test_an_inbox_nobody_wrote_to_is_empty_and_has_an_epoch(client):
    for person in (await make_customer(), await make_builder(), await make_admin()):
        said = await inbox(client, person)
        assert said["notifications"] == [] and said["seq"] == said["unread_count"] == 0 and len(said["epoch"]) == 36


async def test_newest_first_by_number_and_forward_from_a_cursor(client, told):
    assert seqs(await inbox(client, told)) == [5, 4, 3, 2, 1]
    assert seqs(await inbox(client, told, limit=2)) == [5, 4]
    assert seqs(await inbox(client, told, before=4, limit=2)) == [3, 2]
    assert seqs(await inbox(client, told, after=0, limit=2)) == [1, 2]
    assert seqs(await inbox(client, told, after=3)) == [4, 5]
    assert seqs(await inbox(client, told, after=1, before=4)) == [2, 3]


async def test_a_notification_says_what_happened_and_where(client, told):
    newest = (await inbox(client, told, limit=1))["notifications"][0]
    assert newest["type"] == "booking_reserved" and newest["category"] == "booking" and newest["related_entity_type"] == "booking"
    assert newest["params"]["project"] in newest["message"] and newest["action_url"] == f"/bookings/{newest['related_entity_id']}"


async def test_filters_by_type_and_by_what_is_unread(client, told):
    first = (await inbox(client, told, after=0, limit=1))["notifications"][0]
    await client.patch(f"/api/notifications/{first['id']}/read", headers=told.headers)

    assert seqs(await inbox(client, told, unread_only=True)) == [5, 4, 3, 2]
    assert (
        seqs(await inbox(client, told, type="booking-reserved", limit=1)) == [5]
        and seqs(await inbox(client, told, type="hold_expired")) == []
    )


async def test_reading_is_repeatable_and_counts_once(client, told):
    newest = (await inbox(client, told))["notifications"][0]
    address = f"/api/notifications/{newest['id']}/read"

    first, again = [(await client.patch(address, headers=told.headers)).json() for _ in range(2)]

    assert first["is_read"] and first["read_at"] and first == again
    assert (await client.get("/api/notifications/unread-count", headers=told.headers)).json()["unread_count"] == 4


async def test_reading_all_says_how_many_there_were(client, told):
    assert (await client.post("/api/notifications/read-all", headers=told.headers)).json()["count"] == 5
    assert (await client.post("/api/notifications/read-all", headers=told.headers)).json()["count"] == 0
    assert (await inbox(client, told))["unread_count"] == 0


async def test_nobody_reads_anothers(client, told):
    newest = (await inbox(client, told))["notifications"][0]
    for stranger in (await make_customer(), await make_builder(), await make_admin()):
        assert (await client.patch(f"/api/notifications/{newest['id']}/read", headers=stranger.headers)).status_code == 404
        assert (await client.post("/api/notifications/read-all", headers=stranger.headers)).json()["count"] == 0
    assert (await inbox(client, told))["unread_count"] == 5


async def test_what_is_left_empty_is_not_asked(client, told):
    assert len((await inbox(client, told, unread_only="", type="", limit="", after=""))["notifications"]) == 5


@pytest.mark.parametrize("query", ["after=-1", "before=0", "limit=0", "unread_only=perhaps", "type=gossip", f"after={2**64}"])
async def test_a_wrong_question_is_422(client, query):
    answer = await client.get(f"/api/notifications?{query}", headers=(await make_customer()).headers)
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == query.partition("=")[0]
