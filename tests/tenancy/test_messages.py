"""What either side tries in vain with raw SQL, in a conversation and around it: 42501 is a refusal, 23514 a rule, 0 rows what cannot be found."""

from types import SimpleNamespace

import pytest
from psycopg.errors import ForeignKeyViolation
from sqlalchemy import update

from realestate.database import WORKER, transaction
from realestate.models.messages import CannedReply
from realestate.models.projects import Project
from realestate.schemas.messages import MessageCreate, ScheduledMessageCreate
from realestate.services import messages
from tests.factories import make_builder, make_customer, make_project
from tests.speaking import attempt, speaking
from tests.tenancy.world import identity

pytestmark = pytest.mark.anyio
REFUSED, RULE, NO_KEY = "42501", "23514", "23503"


async def say(person, project_id, content, customer=None, **more):
    said = MessageCreate(project_id=project_id, content=content, customer_id=customer and customer.user_id, **more)
    async with transaction(identity(person)) as session:
        return await messages.send(session, identity(person), said)


@pytest.fixture(scope="module")
async def talk(house):
    """Asha and Ashoka Homes have written to each other, Ravi and Bharat Builders too; Ashoka has kept a note and written one for later."""
    ashoka, bharat = await make_builder(), await make_builder("Bharat Builders")
    asha, ravi = await make_customer(), await make_customer("Ravi Menon")
    project, other_project, draft = await make_project(ashoka), await make_project(bharat), await make_project(ashoka, published=False)
    ids = {"mine": await say(asha, project, "Hello"), "theirs": await say(ashoka, project, "Good day", asha)}
    ids |= {"note": await say(ashoka, project, "Offer 5 %", asha, is_internal=True), "others": await say(ravi, other_project, "Hello")}
    later = {"project_id": project, "customer_id": asha.user_id, "content": "Soon", "send_at": "2099-01-01T00:00:00Z"}
    async with transaction(identity(ashoka)) as session:
        ids["later"] = await messages.schedule(session, identity(ashoka), ScheduledMessageCreate.model_validate(later))
        session.add(CannedReply(builder_id=ashoka.builder_id, title="x", content="x"))
    withdrawn = await make_project(ashoka)
    await say(asha, withdrawn, "And this?")
    async with transaction(WORKER) as session:
        await session.execute(update(Project).where(Project.id == withdrawn).values(publish_state="draft"))
    ids["withdrawn"] = withdrawn
    names = ids | {"project": project, "other_project": other_project, "draft": draft, "me": asha.user_id, "ravi": ravi.user_id}
    names |= {"ashoka": ashoka.builder_id, "bharat": bharat.builder_id, "staff": ashoka.user_id, "other_staff": bharat.user_id}
    return SimpleNamespace(ashoka=ashoka, bharat=bharat, asha=asha, ravi=ravi, names=names)


MESSAGE = "INSERT INTO messages (builder_id, project_id, customer_id, sender_id, sender_side, content"
LATER = "INSERT INTO scheduled_messages (builder_id, project_id, customer_id, sender_id, sender_side, content, said, send_at)"
MARK = "UPDATE messages SET is_read = true, read_at = now() WHERE id = {}"
TAKE_BACK = "UPDATE messages SET content = '', subject = NULL, deleted_at = now() WHERE id = {}"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("SELECT id FROM messages WHERE id = {note}", 0),
        ("SELECT id FROM messages WHERE content LIKE '%5 %%'", 0),
        ("SELECT id FROM messages WHERE is_internal", 0),
        ("SELECT id FROM messages WHERE id = {others}", 0),
        ("SELECT FROM scheduled_messages", 0),
        ("DELETE FROM scheduled_messages", 0),
        ("SELECT thread_state FROM messages", REFUSED),
        ("SELECT assigned_to FROM messages", REFUSED),
        ("SELECT snoozed_until FROM messages", REFUSED),
        ("SELECT * FROM messages", REFUSED),
        ("SELECT FROM canned_replies", REFUSED),
        ("DELETE FROM messages", REFUSED),
        ("UPDATE messages SET thread_state = 'closed' WHERE id = {mine}", REFUSED),
        ("UPDATE messages SET last_message_id = {note}", REFUSED),
        ("UPDATE messages SET is_internal = false WHERE id = {note}", REFUSED),
        ("UPDATE messages SET created_at = now()", REFUSED),
        ("UPDATE messages SET content = 'Yes, 50 %' WHERE id = {theirs}", RULE),
        ("UPDATE messages SET content = 'Something else' WHERE id = {mine}", RULE),
        ("UPDATE messages SET subject = 'x' WHERE id = {mine}", RULE),
        (TAKE_BACK.format("{theirs}"), RULE),
        (TAKE_BACK.format("{note}"), 0),
        (TAKE_BACK.format("{mine}"), 1),
        (MARK.format("{mine}"), RULE),  # a receipt of its own
        (MARK.format("{others}"), 0),
        (MARK.format("{note}"), 0),
        ("UPDATE messages SET is_read = true, read_at = now() - interval '1 day' WHERE id = {theirs}", RULE),
        (MARK.format("{theirs}"), 1),
        (MESSAGE + ") VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x')", 1),
        (MESSAGE + ") VALUES ({ashoka}, {project}, {ravi}, {me}, 'customer', 'x')", REFUSED),
        (MESSAGE + ") VALUES ({ashoka}, {project}, {me}, {staff}, 'builder', 'x')", REFUSED),
        (MESSAGE + ") VALUES ({ashoka}, {project}, {me}, {staff}, 'customer', 'x')", REFUSED),
        (MESSAGE + ") VALUES ({ashoka}, {draft}, {me}, {me}, 'customer', 'x')", REFUSED),
        (MESSAGE + ", is_internal) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', true)", REFUSED),
        (MESSAGE + ", created_at) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', now() - interval '1 year')", REFUSED),
        (MESSAGE + ", is_read, read_at) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', true, now())", REFUSED),
        (MESSAGE + ", assigned_to) VALUES ({ashoka}, {other_project}, {me}, {me}, 'customer', 'x', {staff})", REFUSED),
        (MESSAGE + ") VALUES ({bharat}, {project}, {me}, {me}, 'customer', 'x')", NO_KEY),
        (MESSAGE + ", parent_message_id) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', {others})", NO_KEY),
        (MESSAGE + ", parent_message_id) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', {note})", NO_KEY),
        (MESSAGE + ", parent_message_id) VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', {theirs})", 1),
        (LATER + " VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', '{{}}', '2099-01-01')", 1),
        (LATER + " VALUES ({ashoka}, {withdrawn}, {me}, {me}, 'customer', 'x', '{{}}', '2099-01-01')", 1),  # they have written of it
        (LATER + " VALUES ({ashoka}, {draft}, {me}, {me}, 'customer', 'x', '{{}}', '2099-01-01')", REFUSED),
        (LATER + " VALUES ({ashoka}, 4000000000, {me}, {me}, 'customer', 'x', '{{}}', '2099-01-01')", REFUSED),
        (LATER + " VALUES ({ashoka}, {project}, {me}, {staff}, 'builder', 'x', '{{}}', '2099-01-01')", REFUSED),
        (LATER + " VALUES ({ashoka}, {project}, {ravi}, {me}, 'customer', 'x', '{{}}', '2099-01-01')", REFUSED),
        (LATER + " VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', '{{}}', now())", REFUSED),
        ("UPDATE scheduled_messages SET send_at = now()", REFUSED),
    ],
)
async def test_a_customer(talk, statement, outcome):
    assert await attempt(talk.asha, statement.format(**talk.names)) == outcome


async def test_a_note_is_refused_as_a_parent_in_the_same_words_as_nothing(talk):
    refusals = []
    for parent in (talk.names["note"], 4_000_000_000):
        async with speaking(talk.asha) as connection:
            with pytest.raises(ForeignKeyViolation) as refused:
                await connection.execute(
                    MESSAGE + ", parent_message_id) VALUES (%s, %s, %s, %s, 'customer', 'x', %s)",
                    [talk.names["ashoka"], talk.names["project"], talk.names["me"], talk.names["me"], parent],
                )
            refusals.append((str(refused.value), refused.value.diag.message_detail))
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("SELECT FROM messages WHERE builder_id = {ashoka}", 0),
        ("SELECT FROM scheduled_messages", 0),
        ("SELECT FROM canned_replies", 0),
        ("UPDATE messages SET thread_state = 'closed' WHERE id = {mine}", 0),
        (MARK.format("{mine}"), 0),
        (MARK.format("{others}"), 1),
        ("DELETE FROM messages", REFUSED),
        ("UPDATE messages SET customer_id = {me}", REFUSED),
        ("UPDATE messages SET last_message_id = 1", REFUSED),
        ("UPDATE messages SET content = 'I will take it' WHERE id = {others}", RULE),
        (TAKE_BACK.format("{others}"), RULE),
        ("UPDATE messages SET assigned_to = {staff} WHERE id = {others}", NO_KEY),
        ("UPDATE messages SET thread_state = NULL WHERE id = {others}", RULE),
        (MESSAGE + ") VALUES ({bharat}, {other_project}, {me}, {other_staff}, 'builder', 'x')", REFUSED),  # it does not know her
        (MESSAGE + ") VALUES ({ashoka}, {project}, {me}, {other_staff}, 'builder', 'x')", REFUSED),
        (MESSAGE + ") VALUES ({bharat}, {other_project}, {ravi}, {ravi}, 'customer', 'I agree')", REFUSED),
        (MESSAGE + ") VALUES ({bharat}, {other_project}, {ravi}, {ravi}, 'builder', 'x')", REFUSED),
        (MESSAGE + ") VALUES ({bharat}, {project}, {ravi}, {other_staff}, 'builder', 'x')", NO_KEY),
        (LATER + " VALUES ({bharat}, {other_project}, {me}, {other_staff}, 'builder', 'x', '{{}}', '2099-01-01')", REFUSED),
        ("INSERT INTO canned_replies (builder_id, title, content) VALUES ({ashoka}, 'y', 'y')", REFUSED),
    ],
)
async def test_another_company(talk, statement, outcome):
    assert await attempt(talk.bharat, statement.format(**talk.names)) == outcome


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (MARK.format("{theirs}"), RULE),  # the customer's receipt
        ("UPDATE messages SET content = 'Bad day' WHERE id = {theirs}", RULE),
        (TAKE_BACK.format("{mine}"), RULE),
        (TAKE_BACK.format("{theirs}"), 1),
        ("UPDATE messages SET is_internal = true WHERE id = {theirs}", REFUSED),
    ],
)
async def test_the_company_itself(talk, statement, outcome):
    assert await attempt(talk.ashoka, statement.format(**talk.names)) == outcome


async def test_a_receipt_that_was_given_stands(talk):
    async with speaking(talk.asha) as connection:
        await connection.execute(MARK.format(talk.names["theirs"]))
        with pytest.raises(Exception, match="receipts_stand"):
            await connection.execute("UPDATE messages SET is_read = false, read_at = NULL WHERE id = %s", [talk.names["theirs"]])


async def test_nobody_says_where_a_message_belongs(talk):
    """Not into another's conversation, not into a second one, nor as its state or its last message."""
    columns = f"{MESSAGE}, conversation_id, thread_state, last_message_id, snoozed_until)"
    values = "VALUES ({ashoka}, {project}, {me}, {me}, 'customer', 'x', {others}, 'closed', {others}, now())"
    async with speaking(talk.asha) as connection:
        found = await connection.execute(f"{columns} {values} RETURNING conversation_id, last_message_id".format(**talk.names))
        assert await found.fetchone() == (talk.names["mine"], None)


@pytest.mark.parametrize("who", ["asha", "ravi", "bharat"])
async def test_nobody_is_told_of_a_note(talk, who):
    """Not even by a call of `tell` itself."""
    event = '[{"type": "message_new", "subject": "message", "id": %d, "params": {"sender": "x", "project": "x"}}]'
    async with speaking(getattr(talk, who)) as connection:
        await connection.execute("SELECT tell(%s::jsonb)", [event % talk.names["note"]])
        await connection.execute("RESET role")
        await connection.execute("SELECT set_config('role', 'realestate_worker', true)")
        found = await connection.execute(
            "SELECT FROM notifications WHERE related_entity_type = 'message' AND related_entity_id = %s", [talk.names["note"]]
        )
        assert found.rowcount == 0
