"""What a customer and a builder say to each other, over HTTP."""

import asyncio
from datetime import timedelta

import pytest

from realestate.models.accounts import TeamRole
from realestate.models.messages import Message
from tests.factories import let_time_pass, make_admin, make_builder, make_customer, make_member, make_project, make_unit, make_units
from tests.queries import counted
from tests.stories import reserved_booking, types_told, write, written

pytestmark = pytest.mark.anyio


async def read(client, person, conversation_id):
    return await client.patch(f"/api/messages/conversation/{conversation_id}/read", headers=person.headers)


async def get(client, person, path, **query):
    answer = await client.get(f"/api/messages{path}", params=query, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def conversations(client, person, **query):
    return (await get(client, person, "/conversations", **query))["conversations"]


async def said(client, person, customer, project_id, **query):
    """What somebody can read of a conversation, oldest first."""
    found = await get(client, person, f"/conversation/{customer.user_id}/{project_id}", **query)
    return [message["content"] for message in found["messages"]]


@pytest.fixture
async def people(client):
    """A company with a project on show, and somebody who is interested."""
    builder, customer = await make_builder(), await make_customer()
    return builder, customer, await make_project(builder)


@pytest.fixture
async def talk(client, people):
    """The same, and what the customer has said first."""
    builder, customer, project_id = people
    return builder, customer, project_id, (await written(client, customer, project_id))["id"]


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_messages_need_somebody_signed_in(client):
    assert (await client.get("/api/messages/conversations")).status_code == 401


async def test_messages_are_between_customers_and_builders(client, people):
    assert (await write(client, await make_admin(), people[2])).json()["code"] == "WRONG_ROLE"


async def test_a_member_who_may_not_reply_reads_only(client, talk):
    builder, customer, project_id, conversation_id = talk
    viewer = await make_member(builder, TeamRole.viewer)
    assert await said(client, viewer, customer, project_id) == ["When may we see it?"]
    assert (await write(client, viewer, project_id, customer_id=customer.user_id)).json()["code"] == "NOT_PERMITTED"
    assert (await read(client, viewer, conversation_id)).json()["code"] == "NOT_PERMITTED"


async def test_a_customer_asks_for_its_own_conversations_only(client, talk):
    _, customer, project_id, _ = talk
    ravi = await make_customer("Ravi Nair")
    answer = await client.get(f"/api/messages/conversation/{customer.user_id}/{project_id}", headers=ravi.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_YOUR_ID")


async def test_to_others_a_conversation_is_not_there(client, talk):
    _builder, customer, project_id, message_id = talk
    rival, ravi = await make_builder("Bharat Builders"), await make_customer("Ravi Nair")
    for stranger in (rival, ravi):
        assert (await client.get(f"/api/messages/{message_id}", headers=stranger.headers)).status_code == 404
        assert (await client.delete(f"/api/messages/{message_id}", headers=stranger.headers)).status_code == 404
        assert (await read(client, stranger, message_id)).status_code == 404
        assert await conversations(client, stranger) == [] == (await get(client, stranger, ""))["messages"]
    answer = await client.get(f"/api/messages/conversation/{customer.user_id}/{project_id}", headers=rival.headers)
    assert answer.status_code == 404


async def test_a_customer_begins_only_about_a_project_that_it_sees(client, people):
    builder, customer, _ = people
    draft = await make_project(builder, published=False)
    assert (await write(client, customer, draft)).status_code == 404
    assert (await write(client, customer, 2**62)).status_code == 404


async def test_a_team_writes_to_customers_it_knows_about_its_own_projects(client, people):
    builder, customer, project_id = people
    assert (await write(client, builder, project_id, customer_id=customer.user_id)).status_code == 404
    known = await make_customer(known_to=builder)
    elsewhere = await make_project(await make_builder("Bharat Builders"))
    assert (await write(client, builder, elsewhere, customer_id=known.user_id)).status_code == 404
    assert (await written(client, builder, project_id, customer_id=known.user_id))["sender_side"] == "builder"


# ── Saying ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_first_message_begins_a_conversation_and_makes_its_writer_known(client, people):
    builder, customer, project_id = people
    answer = await write(client, customer, project_id, message_type="Inquiry", subject="A visit", priority="high")
    first = answer.json()
    assert answer.headers["Location"] == f"/api/messages/{first['id']}"
    assert first["conversation_id"] == first["id"] and first["sender_name"] == "Asha Rao" and first["recipient_id"] is None
    assert (first["message_type"], first["subject"], first["priority"]) == ("inquiry", "A visit", "high")

    [conversation] = await conversations(client, builder)
    assert conversation == {
        "id": first["id"],
        "customer_id": customer.user_id,
        "project_id": project_id,
        "customer_name": "Asha Rao",
        "project_name": "Ashoka Residency",
        "last_message": "When may we see it?",
        "last_message_time": first["created_at"],
        "unread_count": 1,
    }
    assert await types_told(client, builder) == ["message_new"]
    assert await types_told(client, customer) == []


async def test_both_sides_go_on_with_the_one_conversation(client, talk):
    builder, customer, project_id, conversation_id = talk
    answered = await written(
        client, builder, project_id, "Any day from ten.", recipient_id=customer.user_id, parent_message_id=conversation_id
    )
    assert (answered["conversation_id"], answered["recipient_id"], answered["sender_name"]) == (
        conversation_id,
        customer.user_id,
        "Meera Iyer",
    )
    await written(client, customer, project_id, "Sunday then.", recipient_id=builder.user_id)

    assert await said(client, customer, customer, project_id) == ["When may we see it?", "Any day from ten.", "Sunday then."]
    assert await said(client, builder, customer, project_id, limit=2) == ["Any day from ten.", "Sunday then."]  # the latest, newest last
    assert await said(client, builder, customer, project_id, limit=2, page=2) == ["When may we see it?"]
    [seen] = await conversations(client, customer)
    assert (seen["last_message"], seen["unread_count"]) == ("Sunday then.", 1)
    shown = (await get(client, customer, f"/{answered['id']}"))["sender_name"]
    assert shown == "Ashoka Homes"  # customers do not know the company's people


async def test_another_project_is_another_conversation(client, talk):
    builder, customer, _, conversation_id = talk
    other = await written(client, customer, await make_project(builder, project_name="Ashoka Heights"))
    assert [one["id"] for one in await conversations(client, customer)] == [other["id"], conversation_id]


async def test_nobody_has_written_yet_is_an_empty_conversation(client, people):
    _builder, customer, project_id = people
    found = await get(client, customer, f"/conversation/{customer.user_id}/{project_id}")
    assert found == {"messages": [], "total": 0, "page": 1, "limit": 20}


async def test_a_conversation_goes_on_when_its_project_is_withdrawn(client, talk):
    builder, customer, project_id, _ = talk
    assert (await client.delete(f"/api/projects/{project_id}/publication", headers=builder.headers)).status_code == 200
    await written(client, customer, project_id, "Is it off?")
    assert await said(client, customer, customer, project_id) == ["When may we see it?", "Is it off?"]
    [seen] = await conversations(client, customer)
    assert seen["project_name"] is None


@pytest.mark.parametrize("rounds", range(3))
async def test_twenty_first_messages_at_once_make_one_conversation(client, rounds):
    builder = await make_builder()
    customer, project_id = await make_customer(known_to=builder), await make_project(builder)
    both = [(customer, {}), (builder, {"customer_id": customer.user_id})] * 10
    answers = await asyncio.gather(*(write(client, person, project_id, f"{n}", **to) for n, (person, to) in enumerate(both)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["conversation_id"] for answer in answers}) == 1
    for person in (customer, builder):
        [one] = await conversations(client, person)
        assert one["unread_count"] == 10
    everything = await get(client, builder, f"/conversation/{customer.user_id}/{project_id}", limit=100)
    ids = [message["id"] for message in everything["messages"]]
    assert ids == sorted(ids) and ids[0] == one["id"] and everything["total"] == 20
    assert one["last_message"] == everything["messages"][-1]["content"]


async def test_sending_takes_few_statements(client, talk):
    _, customer, project_id, _ = talk
    with counted() as sent:
        await written(client, customer, project_id, "And on Sunday?")
    assert len(sent) <= 5, sent  # who speaks, lock, add, read back, tell


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"content": ""}, 422),
        ({"content": " "}, 422),
        ({"content": "x" * 5001}, 422),
        ({"is_internal": True}, 422),
        ({"sender_id": 1}, 422),
    ],
)
async def test_what_cannot_be_said(client, people, more, status):
    _, customer, project_id = people
    assert (await write(client, customer, project_id, **more)).status_code == status


async def test_a_customer_writes_for_itself_only(client, people):
    builder, customer, project_id = people
    answer = await write(client, customer, project_id, customer_id=builder.user_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "NOT_YOUR_ID")


async def test_a_customer_names_nobody_but_somebody_of_the_company(client, people):
    builder, customer, project_id = people
    rival, ravi, at = await make_builder("Bharat Builders"), await make_customer("Ravi Nair"), {"send_at": "2099-01-01T00:00:00Z"}
    for recipient_id in (rival.user_id, ravi.user_id, customer.user_id, 2**62):
        said = {"project_id": project_id, "content": "Hello", "recipient_id": recipient_id}
        for path, more in (("/api/messages", {}), ("/api/messages/scheduled", at)):
            answer = await client.post(path, json=said | more, headers=customer.headers)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "recipient_id")
    assert await conversations(client, customer) == []
    sales = await make_member(builder, TeamRole.sales_manager)
    assert (await written(client, customer, project_id, recipient_id=sales.user_id))["sender_name"] == "Asha Rao"


async def test_a_team_says_to_which_customer(client, talk):
    builder, customer, project_id, _ = talk
    for more in ({}, {"customer_id": customer.user_id, "recipient_id": builder.user_id}):
        answer = await write(client, builder, project_id, **more)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "customer_id")


async def test_a_booking_is_a_label_that_belongs_to_both(client, people):
    builder, customer, project_id = people
    mine, other = await make_units(builder, project_id, 2)
    booking, elsewhere = [await reserved_booking(client, customer, unit_id) for unit_id in (mine, await make_unit(builder))]
    ravis = await reserved_booking(client, await make_customer("Ravi Nair"), other)
    assert (await written(client, customer, project_id, booking_id=booking["id"]))["booking_id"] == booking["id"]
    for booking in (ravis, elsewhere):
        assert (await write(client, customer, project_id, booking_id=booking["id"])).status_code == 404
    assert (await write(client, builder, project_id, customer_id=customer.user_id, booking_id=ravis["id"])).status_code == 404
    assert (await write(client, customer, project_id, booking_id=2**62)).status_code == 404


async def test_what_is_answered_must_be_of_the_conversation(client, talk):
    builder, customer, project_id, _ = talk
    elsewhere = await written(client, customer, await make_project(builder))
    assert (await write(client, customer, project_id, parent_message_id=elsewhere["id"])).status_code == 404


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_opening_a_conversation_reads_what_the_other_side_has_said(client, talk):
    builder, customer, project_id, conversation_id = talk
    await written(client, customer, project_id, "Hello?")
    await written(client, builder, project_id, "Any day.", customer_id=customer.user_id)
    assert (await get(client, builder, "/unread-count"))["unread_count"] == 2

    assert (await read(client, builder, conversation_id)).json() == {"message": "The conversation is read.", "count": 2}
    assert (await read(client, builder, conversation_id)).json()["count"] == 0
    receipt = await get(client, customer, f"/{conversation_id}")
    assert receipt["is_read"] and receipt["read_at"] is not None
    assert [one["unread_count"] for one in await conversations(client, builder)] == [0]
    assert [one["unread_count"] for one in await conversations(client, customer)] == [1]
    assert await conversations(client, builder, unread="true") == []
    assert len(await conversations(client, customer, unread="true")) == 1 == (await get(client, customer, "/unread-count"))["unread_count"]
    assert [one["content"] for one in (await get(client, customer, "", unread="true"))["messages"]] == ["Any day."]


async def test_counts_are_exact_while_both_write_and_read(client, talk):
    builder, customer, project_id, conversation_id = talk
    to = {"customer_id": customer.user_id}
    for _ in range(3):
        answers = await asyncio.gather(
            *(write(client, customer, project_id, "c") for _ in range(5)),
            *(write(client, builder, project_id, "b", **to) for _ in range(5)),
            *(read(client, person, conversation_id) for person in (builder, customer) * 3),
        )
        assert {answer.status_code for answer in answers} == {200, 201}
        everything = (await get(client, builder, "", conversation_id=conversation_id, limit=100))["messages"]
        for person, other_side in ((builder, "customer"), (customer, "builder")):
            unread = [one for one in everything if one["sender_side"] == other_side and not one["is_read"]]
            [seen] = await conversations(client, person)
            assert seen["unread_count"] == len(unread) == (await get(client, person, "/unread-count"))["unread_count"]


async def test_messages_are_searched_and_paged_by_cursor(client, talk):
    builder, customer, project_id, first = talk
    second = (await written(client, builder, project_id, "The 100% answer", customer_id=customer.user_id))["id"]
    third = (await written(client, customer, project_id, "Thanks"))["id"]

    async def ids(**query):
        return [one["id"] for one in (await get(client, customer, "", conversation_id=first, **query))["messages"]]

    assert await ids() == [third, second, first]
    assert await ids(after=first) == [second, third]
    assert await ids(after=first, limit=1) == [second]
    assert await ids(before=third) == [second, first]
    assert await ids(q="100%") == [second] and await ids(q="nothing") == []
    for query in ("asha", "residency", "100%"):
        assert [one["id"] for one in await conversations(client, builder, q=query)] == [first], query
    assert await conversations(client, builder, q="Bharat") == []
    assert (await client.get("/api/messages?colour=red", headers=customer.headers)).status_code == 422


# ── Taking back ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_unread_message_can_be_taken_back_by_its_writer(client, talk):
    builder, customer, _project_id, message_id = talk
    colleague = await make_member(builder, TeamRole.sales_manager)
    assert (await client.delete(f"/api/messages/{message_id}", headers=colleague.headers)).json()["code"] == "NOT_YOURS_TO_TAKE_BACK"
    answer = await client.delete(f"/api/messages/{message_id}", headers=customer.headers)
    assert answer.status_code == 200 and answer.json()["content"] == "" and answer.json()["deleted_at"]
    [seen] = await conversations(client, builder)
    assert (seen["last_message"], seen["unread_count"]) == ("", 0)
    again = await client.delete(f"/api/messages/{message_id}", headers=customer.headers)
    assert again.json()["code"] == "NOT_YOURS_TO_TAKE_BACK"


async def test_what_was_read_or_is_old_stays_said(client, talk):
    builder, customer, project_id, first = talk
    await read(client, builder, first)
    assert (await client.delete(f"/api/messages/{first}", headers=customer.headers)).json()["code"] == "ALREADY_READ"
    old = (await written(client, customer, project_id, "Hello?"))["id"]
    await let_time_pass(Message, old, "created_at", timedelta(minutes=16))
    assert (await client.delete(f"/api/messages/{old}", headers=customer.headers)).json()["code"] == "TOO_LATE_TO_TAKE_BACK"


# ── Notes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_note_never_reaches_the_customer(client, talk):
    builder, customer, project_id, conversation_id = talk
    colleague = await make_member(builder, TeamRole.sales_manager)
    before = await types_told(client, customer)
    note = await written(client, builder, project_id, "Offer him 5 % off", customer_id=customer.user_id, is_internal=True)
    assert note["is_internal"] and note["recipient_id"] is None and note["conversation_id"] == conversation_id

    assert await said(client, colleague, customer, project_id) == ["When may we see it?", "Offer him 5 % off"]
    assert await said(client, customer, customer, project_id) == ["When may we see it?"]
    assert (await client.get(f"/api/messages/{note['id']}", headers=customer.headers)).status_code == 404
    assert (await get(client, customer, "", q="5 %"))["total"] == 0 == (await get(client, customer, "/unread-count"))["unread_count"]
    assert await conversations(client, customer, q="Offer") == []
    for person in (builder, customer):
        [seen] = await conversations(client, person)
        assert seen["last_message"] == "When may we see it?"
    assert await types_told(client, customer) == before
    assert (await read(client, customer, conversation_id)).json()["count"] == 0
    assert (await write(client, customer, project_id, parent_message_id=note["id"])).status_code == 404


async def test_a_note_needs_a_conversation(client, people):
    builder, _, project_id = people
    known = await make_customer(known_to=builder)
    answer = await write(client, builder, project_id, customer_id=known.user_id, is_internal=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "NO_CONVERSATION")


async def test_the_other_side_is_told_and_nobody_else(client, talk):
    builder, customer, project_id, _ = talk
    colleague = await make_member(builder, TeamRole.support)
    await written(client, builder, project_id, "Any day.", customer_id=customer.user_id)
    assert await types_told(client, customer) == ["message_new"] and await types_told(client, colleague) == []
    [told] = (await client.get("/api/notifications", headers=customer.headers)).json()["notifications"]
    assert told["message"] == "Ashoka Homes has written about Ashoka Residency." and "Any day" not in str(told)
