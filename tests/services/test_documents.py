"""Files and rows come and go together: nothing stays of a transaction that fails, and what a crash leaves is swept."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from realestate.adapters import objects
from realestate.database import transaction
from realestate.errors import Conflict, Forbidden, Invalid, Unavailable
from realestate.models.documents import Audience, Document, DocumentKind, DocumentSubject
from realestate.services import documents
from realestate.services.documents import Place
from tests.factories import make_builder, make_customer, make_project
from tests.stories import pdf
from tests.tenancy.world import identity

pytestmark = pytest.mark.anyio
PDF = pdf()


async def keys():
    return {key async for page in objects.old_keys(datetime.now(UTC) + timedelta(days=1)) for key in page}


async def store(person, fail=None, then=None):
    """Upload, write down, and perhaps fail on the way, or spoil what the commit will find."""
    async with documents.stored(io.BytesIO(PDF), "x.pdf") as upload, transaction(identity(person)) as session:
        document = await documents.receive(session, identity(person), upload, DocumentKind.other)
        if fail:
            raise fail
        if then:
            then(session, document)
    return document


async def test_what_is_written_down_is_there(house):
    document = await store(await make_customer())
    assert document.storage_key in await keys()


@pytest.mark.parametrize("fail", [ValueError(), Conflict("X"), KeyError()])
async def test_a_failed_transaction_takes_its_file_with_it(house, fail):
    customer, before = await make_customer(), await keys()
    with pytest.raises(type(fail)):
        await store(customer, fail)
    assert await keys() == before


async def test_so_does_one_that_fails_as_it_commits(house):
    customer, before = await make_customer(), await keys()
    with pytest.raises(Forbidden):
        await store(customer, then=lambda session, document: setattr(document, "customer_id", None))
    assert await keys() == before


async def test_what_nobody_takes_is_removed(house):
    before = await keys()
    async with documents.stored(io.BytesIO(PDF), "x.pdf"):
        assert len(await keys()) == len(before) + 1
    assert await keys() == before


async def test_what_may_have_been_committed_stays_until_it_is_swept(house):
    customer, before = await make_customer(), await keys()
    with pytest.raises(Unavailable):
        await store(customer, Unavailable("The line was lost.", "OUTCOME_UNKNOWN"))
    assert len(await keys() - before) == 1
    await documents.sweep()
    assert len(await keys() - before) == 1, "a request may still be at work"
    document = await store(customer)
    assert await documents.sweep(older_than=timedelta(0)) >= 1
    assert await keys() - before == {document.storage_key}


async def test_a_document_has_one_place(house):
    builder, customer = await make_builder(), await make_customer()
    document, project_id = await store(builder), await make_project(builder)
    place = Place(DocumentSubject.project, project_id, builder.builder_id, project_id, Audience.customers)
    async with transaction(identity(builder)) as session:
        await documents.attach(session, identity(builder), [document.id], place)
    async with transaction(identity(customer)) as session:
        seen = await session.get(Document, document.id)
        assert (seen.subject, seen.subject_id, seen.is_published) == (DocumentSubject.project, project_id, True)
    with pytest.raises(Conflict) as refusal:
        async with transaction(identity(builder)) as session:
            await documents.attach(session, identity(builder), [document.id], place)
    assert refusal.value.code == "DOCUMENT_ATTACHED"


async def test_a_place_must_be_there(house):
    builder = await make_builder()
    customer = await make_customer(known_to=builder)
    document = await store(builder)
    place = Place(DocumentSubject.message, 2**60, builder.builder_id, None, customer_id=customer.user_id)
    with pytest.raises(Invalid):
        async with transaction(identity(builder)) as session:
            await documents.attach(session, identity(builder), [document.id], place)


@pytest.mark.parametrize(
    "url", ["/api/documents/7", "/api/documents/7/file?holder=x", "https://api.example.com/api/documents/7/file?ends=1&signature=2"]
)
def test_our_own_links_lead_to_their_document(url):
    assert documents.id_in_link(url) == 7


@pytest.mark.parametrize(
    "url", ["https://evil.example/x.png", "/api/documents/0", "/api/documents/7/../8", "javascript:/api/documents/7", "7", ""]
)
def test_others_do_not(url):
    with pytest.raises(Invalid):
        documents.id_in_link(url)
