"""The team's inbox over HTTP: conversations filed, messages for later, answers given often."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.accounts import TeamRole, User
from realestate.models.messages import Message, ScheduledMessage
from realestate.services import messages
from tests.factories import let_time_pass, make_builder, make_customer, make_member, make_project
from tests.stories import types_told, write, written

pytestmark = pytest.mark.anyio
FILED = "/api/builder/conversations"


def soon(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.fixture
async def talk(client):
    """A company, somebody who has written to it, the project, and their conversation."""
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    return builder, customer, project_id, (await written(client, customer, project_id))["id"]


async def file(client, member, conversation_id, what, **said):
    """Assignment, closure or snooze, answered."""
    return await client.post(f"{FILED}/{conversation_id}/{what}", json=said or None, headers=member.headers)


async def unfile(client, member, conversation_id, what):
    return await client.delete(f"{FILED}/{conversation_id}/{what}", headers=member.headers)


async def inbox(client, member, **query):
    answer = await client.get(FILED, params=query, headers=member.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(client, member, **query):
    return [one["id"] for one in (await inbox(client, member, **query))["conversations"]]


# ── Filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_inbox_is_the_teams(client, talk):
    _, customer, _, conversation_id = talk
    assert (await client.get(FILED)).status_code == 401
    assert (await client.get(FILED, headers=customer.headers)).status_code == 403
    assert (await file(client, customer, conversation_id, "closure")).status_code == 403
    rival = await make_builder("Bharat Builders")
    assert await ids(client, rival) == []
    for what, said in (("closure", {}), ("snooze", {"until": soon(days=1)}), ("assignment", {"assigned_to": rival.user_id})):
        assert (await file(client, rival, conversation_id, what, **said)).status_code == 404
        assert (await unfile(client, rival, conversation_id, what)).status_code == (405 if what == "snooze" else 404)


async def test_a_member_who_may_not_reply_files_nothing(client, talk):
    viewer = await make_member(talk[0], TeamRole.viewer)
    assert await ids(client, viewer) == [talk[3]]
    assert (await file(client, viewer, talk[3], "closure")).json()["code"] == "NOT_PERMITTED"


async def test_only_who_looks_after_a_conversation_is_told_of_it(client, talk):
    builder, customer, project_id, conversation_id = talk
    sales, support = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.support)
    filed = (await file(client, builder, conversation_id, "assignment", assigned_to=sales.user_id)).json()
    assert (filed["assigned_to"], filed["assignee_name"]) == (sales.user_id, "Team Member")
    await written(client, customer, project_id, "Hello?")
    assert await types_told(client, sales) == ["message_new", "conversation_assigned"] and await types_told(client, support) == []
    assert "message_new" not in await types_told(client, customer) and "conversation_assigned" not in await types_told(client, customer)

    await written(client, support, project_id, "I can help.", customer_id=customer.user_id)
    assert (await types_told(client, sales))[0] == "message_new"  # a colleague has answered
    assert (await unfile(client, builder, conversation_id, "assignment")).json()["assigned_to"] is None
    await written(client, customer, project_id, "Thanks")
    assert await types_told(client, support) == ["message_new"]


async def test_when_who_looks_after_it_has_left_everybody_is_told(client, talk):
    builder, customer, project_id, conversation_id = talk
    sales, support = await make_member(builder, TeamRole.sales_manager), await make_member(builder, TeamRole.support)
    await file(client, builder, conversation_id, "assignment", assigned_to=sales.user_id)
    async with transaction(WORKER) as session:
        await session.execute(update(User).where(User.id == sales.user_id).values(is_active=False))
    await written(client, customer, project_id, "Hello?")
    assert await types_told(client, support) == ["message_new"]


async def test_it_is_assigned_to_a_member_who_may_reply(client, talk):
    builder, customer, _, conversation_id = talk
    viewer, rival = await make_member(builder, TeamRole.viewer), await make_builder("Bharat Builders")
    assert (await file(client, builder, conversation_id, "assignment", assigned_to=viewer.user_id)).status_code == 422
    for stranger in (rival, customer):
        assert (await file(client, builder, conversation_id, "assignment", assigned_to=stranger.user_id)).status_code == 404
    assert (await file(client, builder, conversation_id, "assignment")).status_code == 422


async def test_a_customers_message_opens_a_closed_conversation_and_the_teams_does_not(client, talk):
    builder, customer, project_id, conversation_id = talk
    closed = await file(client, builder, conversation_id, "closure")
    assert (closed.status_code, closed.json()["thread_state"]) == (200, "closed")
    again = await file(client, builder, conversation_id, "closure")
    assert (again.status_code, again.json()["code"], again.json()["allowed"]) == (409, "INVALID_TRANSITION", ["reopen"])
    assert (await file(client, builder, conversation_id, "snooze", until=soon(days=1))).status_code == 409

    await written(client, builder, project_id, "By the way", customer_id=customer.user_id)
    assert await ids(client, builder, state="closed") == [conversation_id]
    await written(client, customer, project_id, "One more thing")
    assert await ids(client, builder, state="open") == [conversation_id]
    assert (await unfile(client, builder, conversation_id, "closure")).status_code == 409


async def test_a_snooze_ends_by_the_clock_or_by_the_customer(client, talk):
    builder, customer, project_id, conversation_id = talk
    assert (await file(client, builder, conversation_id, "snooze", until=soon(days=-1))).status_code == 422
    snoozed = (await file(client, builder, conversation_id, "snooze", until=soon(days=1))).json()
    assert snoozed["thread_state"] == "snoozed" and snoozed["snoozed_until"]
    assert await ids(client, builder, state="open") == []

    await let_time_pass(Message, conversation_id, "snoozed_until")
    assert await ids(client, builder, state="open") == [conversation_id] and await ids(client, builder, state="snoozed") == []
    await file(client, builder, conversation_id, "snooze", until=soon(days=1))
    await written(client, customer, project_id, "Hello?")
    [seen] = (await inbox(client, builder))["conversations"]
    assert (seen["thread_state"], seen["snoozed_until"]) == ("open", None)


async def test_the_inbox_is_filtered_and_counted(client, talk):
    builder, asha, project_id, ashas = talk
    sales, ravi = await make_member(builder, TeamRole.sales_manager), await make_customer("Ravi Nair")
    ravis = (await written(client, ravi, project_id, "About the parking"))["id"]
    other = (await written(client, ravi, await make_project(builder, project_name="Ashoka Heights"), "And here?"))["id"]
    await file(client, builder, ravis, "assignment", assigned_to=sales.user_id)
    await file(client, builder, other, "closure")
    await client.patch(f"/api/messages/conversation/{ashas}/read", headers=sales.headers)

    assert await ids(client, builder) == [other, ravis, ashas]
    assert await ids(client, sales, assigned="mine") == [ravis] == await ids(client, builder, assigned_to=sales.user_id)
    assert await ids(client, sales, assigned="unassigned", state="open") == [ashas]
    assert await ids(client, builder, unread="true") == [other, ravis] and await ids(client, builder, unread="false") == [ashas]
    assert await ids(client, builder, project_id=project_id) == [ravis, ashas]
    assert await ids(client, builder, customer_id=asha.user_id) == [ashas]
    assert await ids(client, builder, q="parking") == [ravis] and await ids(client, builder, q="ravi") == [other, ravis]
    assert (await inbox(client, sales))["stats"] == {"open": 2, "mine": 1, "unassigned": 1, "snoozed": 0, "closed": 1, "unread": 2}
    assert (await client.get(f"{FILED}?state=lost", headers=builder.headers)).status_code == 422


# ── Later ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def schedule(client, person, project_id, **more):
    said = {"project_id": project_id, "content": "See you on Sunday.", "send_at": soon(days=1)} | more
    return await client.post("/api/messages/scheduled", json=said, headers=person.headers)


async def waiting(client, person):
    return (await client.get("/api/messages/scheduled", headers=person.headers)).json()


async def words(client, person, customer, project_id):
    found = await client.get(f"/api/messages/conversation/{customer.user_id}/{project_id}", headers=person.headers)
    return [one["content"] for one in found.json()["messages"]]


async def test_a_message_for_later_is_nothing_to_the_other_side_until_it_is_sent(client, talk):
    builder, customer, project_id, conversation_id = talk
    answer = await schedule(client, builder, project_id, customer_id=customer.user_id)
    scheduled = answer.json()
    assert answer.status_code == 201 and scheduled["failure"] is None
    await messages.deliver_due()
    assert await waiting(client, customer) == [] and [one["id"] for one in await waiting(client, builder)] == [scheduled["id"]]
    assert await words(client, builder, customer, project_id) == ["When may we see it?"]
    assert await types_told(client, customer) == []

    await let_time_pass(ScheduledMessage, scheduled["id"], "send_at")
    await asyncio.gather(*(messages.deliver_due() for _ in range(5)))
    assert await words(client, customer, customer, project_id) == ["When may we see it?", "See you on Sunday."]
    assert await types_told(client, customer) == ["message_new"] and await waiting(client, builder) == []
    [sent] = (await client.get("/api/messages?q=Sunday", headers=customer.headers)).json()["messages"]
    assert (sent["sender_id"], sent["conversation_id"]) == (builder.user_id, conversation_id)
    assert (await client.delete(f"/api/messages/scheduled/{scheduled['id']}", headers=builder.headers)).status_code == 404


async def test_a_message_for_later_can_be_cancelled_by_its_side(client, talk):
    builder, customer, project_id, _ = talk
    scheduled = (await schedule(client, customer, project_id)).json()
    address = f"/api/messages/scheduled/{scheduled['id']}"
    assert (await client.delete(address, headers=builder.headers)).status_code == 404
    assert (await client.delete(address, headers=customer.headers)).status_code == 200
    assert (await client.delete(address, headers=customer.headers)).status_code == 404


async def test_a_message_for_later_is_cancelled_or_sent_and_never_both(client, talk):
    builder, customer, project_id, _ = talk
    for _ in range(5):
        scheduled = (await schedule(client, builder, project_id, customer_id=customer.user_id)).json()
        before = len(await words(client, customer, customer, project_id))
        await let_time_pass(ScheduledMessage, scheduled["id"], "send_at")
        cancelled, _ = await asyncio.gather(
            client.delete(f"/api/messages/scheduled/{scheduled['id']}", headers=builder.headers), messages.deliver_due()
        )
        await messages.deliver_due()
        assert len(await words(client, customer, customer, project_id)) - before == (0 if cancelled.status_code == 200 else 1)
        assert await waiting(client, builder) == []


async def test_what_its_author_may_not_say_any_more_is_not_sent(client, talk):
    builder, customer, project_id, _ = talk
    sales = await make_member(builder, TeamRole.sales_manager)
    scheduled = (await schedule(client, sales, project_id, customer_id=customer.user_id)).json()
    await let_time_pass(ScheduledMessage, scheduled["id"], "send_at")
    async with transaction(WORKER) as session:
        await session.execute(update(User).where(User.id == sales.user_id).values(is_active=False))
    await messages.deliver_due()
    [left] = await waiting(client, builder)
    assert left["failure"] == "Its author may not write any more."
    await messages.deliver_due()
    assert await words(client, customer, customer, project_id) == ["When may we see it?"]


async def test_what_cannot_be_read_stops_nothing_behind_it(client, talk):
    builder, customer, project_id, _ = talk
    unreadable, good = [(await schedule(client, customer, project_id, content=words)).json()["id"] for words in ("Lost.", "See you.")]
    async with transaction(WORKER) as session:
        await session.execute(update(ScheduledMessage).where(ScheduledMessage.id == unreadable).values(said={}))
    for scheduled_id, minutes in ((unreadable, 2), (good, 1)):
        await let_time_pass(ScheduledMessage, scheduled_id, "send_at", timedelta(minutes=minutes))
    await messages.deliver_due()
    assert await words(client, builder, customer, project_id) == ["When may we see it?", "See you."]
    [left] = await waiting(client, customer)
    assert (left["id"], left["failure"]) == (unreadable, "It cannot be read any more: please write it again.")


async def test_what_cannot_be_said_now_cannot_be_scheduled(client, talk):
    builder, customer, project_id, _ = talk
    draft = await make_project(builder, published=False)
    stranger = await make_customer("Ravi Nair")
    assert (await schedule(client, customer, draft)).status_code == 404
    assert (await schedule(client, builder, project_id, customer_id=stranger.user_id)).status_code == 404
    assert (await schedule(client, customer, project_id, send_at=soon(minutes=-1))).status_code == 422
    assert (await schedule(client, customer, project_id, send_at="2027-01-01T00:00:00")).status_code == 422
    assert (await schedule(client, builder, project_id, customer_id=customer.user_id, is_internal=True)).status_code == 422


# ── Answers given often ─────────────────────────────────────────────────────────────────────────────────────────────────────

CANNED = "/api/builder/canned-replies"


async def test_canned_replies_are_the_teams_and_filled_in_for_a_conversation(client, talk):
    builder, customer, _, conversation_id = talk
    content = "Dear {customer_name}, {project_name} opens at ten. {sic}"
    reply = (await client.post(CANNED, json={"title": "Hours", "content": content}, headers=builder.headers)).json()
    assert reply["content"] == content and reply["text"] is None
    [filled] = (await client.get(f"{CANNED}?conversation_id={conversation_id}", headers=builder.headers)).json()
    assert filled["text"] == "Dear Asha Rao, Ashoka Residency opens at ten. {sic}"
    rival = await make_builder("Bharat Builders")
    assert (await client.get(CANNED, headers=rival.headers)).json() == []
    await client.post(CANNED, json={"title": "Hours", "content": "{customer_name}"}, headers=rival.headers)
    [theirs] = (await client.get(f"{CANNED}?conversation_id={conversation_id}", headers=rival.headers)).json()
    assert theirs["text"] is None  # another company's conversation
    assert (await client.get(CANNED, headers=customer.headers)).status_code == 403


async def test_canned_replies_are_changed_and_deleted(client, talk):
    builder = talk[0]
    reply, other = [
        (await client.post(CANNED, json={"title": title, "content": "x"}, headers=builder.headers)).json() for title in ("Hours", "Parking")
    ]
    address = f"{CANNED}/{reply['id']}"
    changed = (await client.patch(address, json={"content": "y"}, headers=builder.headers)).json()
    assert (changed["title"], changed["content"]) == ("Hours", "y")
    taken = await client.patch(address, json={"title": "Parking"}, headers=builder.headers)
    assert (taken.status_code, taken.json()["code"]) == (409, "TITLE_TAKEN")
    assert (await client.delete(address, headers=builder.headers)).status_code == 200
    assert (await client.delete(address, headers=builder.headers)).status_code == 404
    viewer = await make_member(builder, TeamRole.viewer)
    assert (await client.patch(f"{CANNED}/{other['id']}", json={"content": "z"}, headers=viewer.headers)).json()["code"] == "NOT_PERMITTED"


async def test_a_project_that_people_have_written_about_is_not_deleted(client, talk):
    builder, _, project_id, _ = talk
    answer = await client.delete(f"/api/projects/{project_id}", headers=builder.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "PROJECT_IN_USE")
    assert (await write(client, talk[1], project_id)).status_code == 201


# ── Limited members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_seller_knows_the_conversations_that_are_assigned_to_it(client, talk):
    builder, customer, project_id, conversation_id = talk
    seller = await make_member(builder, TeamRole.sales)
    assert await ids(client, seller) == []
    assert (await write(client, seller, project_id, customer_id=customer.user_id)).status_code == 404
    await file(client, builder, conversation_id, "assignment", assigned_to=seller.user_id)
    [seen] = (await inbox(client, seller))["conversations"]
    assert (seen["id"], seen["unread_count"], seen["customer_name"]) == (conversation_id, 1, "Asha Rao")
    assert (await client.patch(f"/api/messages/conversation/{conversation_id}/read", headers=seller.headers)).json()["count"] == 1
    await written(client, seller, project_id, "I look after you now.", customer_id=customer.user_id)
    await written(client, customer, project_id, "Good.")
    assert await types_told(client, seller) == ["message_new", "conversation_assigned"]


async def test_who_gives_a_conversation_away_is_answered_with_it_and_then_knows_it_no_more(client, talk):
    builder, customer, _, conversation_id = talk
    giver, taker = await make_member(builder, TeamRole.sales), await make_member(builder, TeamRole.sales)
    await file(client, builder, conversation_id, "assignment", assigned_to=giver.user_id)

    given = await file(client, giver, conversation_id, "assignment", assigned_to=taker.user_id)

    assert given.status_code == 200 and given.json()["assigned_to"] == taker.user_id, given.text
    assert await types_told(client, taker) == ["conversation_assigned"] and await ids(client, taker) == [conversation_id]
    assert await ids(client, giver) == [] and (await file(client, giver, conversation_id, "closure")).status_code == 404
    assert "conversation_assigned" not in await types_told(client, customer)
    left = await unfile(client, taker, conversation_id, "assignment")
    assert left.status_code == 200 and left.json()["assigned_to"] is None and await ids(client, taker) == []
    acts = (await client.get("/api/builder/audit", headers=builder.headers)).json()["events"]
    assert [(act["action"], act["actor_id"]) for act in acts[:2]] == [
        ("conversation_unassigned", taker.user_id),
        ("conversation_assigned", giver.user_id),
    ]


async def test_a_member_limited_to_a_project_reads_of_no_other(client, talk):
    builder, customer, project_id, conversation_id = talk
    elsewhere = await make_project(builder)
    await written(client, customer, elsewhere)
    manager = await make_member(builder, TeamRole.sales_manager, project_id)
    assert await ids(client, manager) == [conversation_id]
    assert (await write(client, manager, elsewhere, customer_id=customer.user_id)).status_code == 404
    assert (await client.get("/api/messages/unread-count", headers=manager.headers)).json()["unread_count"] == 1
