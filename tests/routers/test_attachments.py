"""Files that come with messages: shown to the other side by being sent, and only then."""

import pytest

from realestate.models.messages import ScheduledMessage
from realestate.services import messages
from tests.factories import let_time_pass, make_builder, make_customer, make_project
from tests.speaking import attempt, speaking
from tests.stories import upload, write, written

pytestmark = pytest.mark.anyio


@pytest.fixture
async def talk(client):
    builder, customer = await make_builder(), await make_customer()
    project_id = await make_project(builder)
    await written(client, customer, project_id)
    return builder, customer, project_id


async def uploaded(client, person):
    answer = await upload(client, person, path="/api/messages/upload-attachment")
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sees(client, person, document):
    return (await client.get(f"/api/documents/{document['id']}", headers=person.headers)).status_code == 200


async def test_uploading_needs_somebody_who_may_write(client, talk):
    assert (await client.post("/api/messages/upload-attachment", files={"file": ("x.jpg", b"x")})).status_code == 401


async def test_a_file_is_shown_to_the_other_side_by_being_sent(client, talk):
    builder, customer, project_id = talk
    document = await uploaded(client, builder)
    assert document["url"] and document["kind"] == "attachment" and not await sees(client, customer, document)
    sent = await written(client, builder, project_id, "The plan", customer_id=customer.user_id, attachment_ids=[document["id"]])
    assert [one["id"] for one in sent["attachments"]] == [document["id"]]
    assert await sees(client, customer, document)
    stranger, rival = await make_customer("Ravi Nair"), await make_builder("Bharat Builders")
    assert not await sees(client, stranger, document) and not await sees(client, rival, document)
    found = (await client.get("/api/messages?q=plan", headers=customer.headers)).json()["messages"][0]
    file = await client.get(found["attachments"][0]["url"])
    assert file.status_code == 200 and file.headers["Content-Type"] == "image/jpeg"


async def test_a_customers_file_reaches_the_team_by_link_too(client, talk):
    builder, customer, project_id = talk
    document = await uploaded(client, customer)
    assert not await sees(client, builder, document)
    sent = await written(client, customer, project_id, "My papers", attachment_url=document["url"])
    assert [one["id"] for one in sent["attachments"]] == [document["id"]] and await sees(client, builder, document)


async def test_a_notes_file_never_reaches_the_customer(client, talk):
    builder, customer, project_id = talk
    document = await uploaded(client, builder)
    to = {"customer_id": customer.user_id, "is_internal": True}
    note = await written(client, builder, project_id, "His income", attachment_ids=[document["id"]], **to)
    assert [one["id"] for one in note["attachments"]] == [document["id"]]
    assert await sees(client, builder, document) and not await sees(client, customer, document)
    assert await attempt(customer, f"SELECT FROM documents WHERE id = {document['id']}") == 0


async def test_only_ones_own_free_documents_can_be_sent(client, talk):
    builder, customer, project_id = talk
    theirs, own = await uploaded(client, builder), await uploaded(client, customer)
    before = (await client.get("/api/messages", headers=customer.headers)).json()["total"]
    for more, status in (
        ({"attachment_ids": [theirs["id"]]}, 404),
        ({"attachment_ids": [2**62]}, 404),
        ({"attachment_url": theirs["url"]}, 404),
        ({"attachment_url": "https://evil.example/x.pdf"}, 422),
        ({"attachment_url": "javascript:alert(1)"}, 422),
        ({"attachment_ids": [own["id"]] * 11}, 422),
    ):
        assert (await write(client, customer, project_id, **more)).status_code == status, more
    assert (await client.get("/api/messages", headers=customer.headers)).json()["total"] == before
    await written(client, customer, project_id, attachment_ids=[own["id"]])
    again = await write(client, customer, project_id, attachment_ids=[own["id"]])
    assert (again.status_code, again.json()["code"]) == (409, "DOCUMENT_ATTACHED")


async def test_what_is_taken_back_takes_its_files_with_it(client, talk):
    builder, customer, project_id = talk
    document = await uploaded(client, customer)
    sent = await written(client, customer, project_id, attachment_ids=[document["id"]])
    gone = await client.delete(f"/api/messages/{sent['id']}", headers=customer.headers)
    assert gone.json()["attachments"] == []
    assert not await sees(client, builder, document) and not await sees(client, customer, document)


async def test_a_file_of_a_message_for_later_is_shown_when_it_is_sent(client, talk):
    builder, customer, project_id = talk
    document = await uploaded(client, builder)
    said = {"project_id": project_id, "customer_id": customer.user_id, "content": "Later", "attachment_ids": [document["id"]]}
    said["send_at"] = "2099-01-01T00:00:00Z"
    scheduled = (await client.post("/api/messages/scheduled", json=said, headers=builder.headers)).json()
    refused = await client.post("/api/messages/scheduled", json=said | {"attachment_ids": [2**62]}, headers=builder.headers)
    assert refused.status_code == 404 and not await sees(client, customer, document)
    await let_time_pass(ScheduledMessage, scheduled["id"], "send_at")
    await messages.deliver_due()
    assert await sees(client, customer, document)


async def test_a_file_is_not_put_into_what_the_other_side_has_said(client, talk):
    """Not even with raw SQL: a message shows what its own side has attached."""
    builder, customer, project_id = talk
    theirs = await written(client, builder, project_id, "The terms", customer_id=customer.user_id)
    document = await uploaded(client, customer)
    place = f"builder_id = {builder.builder_id}, project_id = {project_id}, subject = 'message', subject_id = {theirs['id']}"
    async with speaking(customer) as connection:
        await connection.execute(f"UPDATE documents SET {place} WHERE id = {document['id']}")
        await connection.commit()
    shown = (await client.get(f"/api/messages/{theirs['id']}", headers=builder.headers)).json()
    assert shown["attachments"] == []
