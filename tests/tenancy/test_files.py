"""What customers and companies try in vain with documents and 3D models, below the application."""

import pytest

from realestate.database import VISITOR, Identity, transaction
from realestate.models.accounts import Role
from realestate.models.documents import Audience, Document, DocumentKind, DocumentSubject, Side
from tests.speaking import attempt, speaking
from tests.tenancy.world import identity

pytestmark = pytest.mark.anyio
REFUSED = "42501"
BROKEN_RULE = {"23514", "23503"}

DOCUMENT = (
    "INSERT INTO documents (side, uploaded_by, audience, builder_id, customer_id, kind, file_name, media_type, size, sha256, storage_key"
)
FACTS = "'other', 'x', 'x', 1, 'x', gen_random_uuid()::text"


async def draft(person):
    """A document that has no place yet."""
    is_customer = person.role == "customer"
    async with transaction(identity(person)) as session:
        document = Document(
            builder_id=person.builder_id,
            customer_id=person.user_id if is_customer else None,
            side=Side(person.role),
            uploaded_by=person.user_id,
            audience=Audience.party if is_customer else Audience.team,
            kind=DocumentKind.other,
            file_name="x.pdf",
            media_type="application/pdf",
            size=1,
            sha256="x",
            storage_key=f"{person.user_id}-{id(session)}-{DocumentSubject.booking}",
        )
        session.add(document)
    return document.id


@pytest.fixture(scope="module")
async def drafts(world):
    """A draft of each side, beside the names of the world."""
    return world.names | {"mine": await draft(world.asha), "ours": await draft(world.ashoka), "ravis": await draft(world.ravi)}


@pytest.mark.parametrize(
    "statement",
    [
        DOCUMENT + ") VALUES ('customer', {ravi}, 'party', NULL, {me}, " + FACTS + ")",
        DOCUMENT + ") VALUES ('customer', {me}, 'party', NULL, {ravi}, " + FACTS + ")",
        DOCUMENT + ") VALUES ('builder', {me}, 'team', {ashoka}, NULL, " + FACTS + ")",
        DOCUMENT + ") VALUES ('customer', {me}, 'party', {ashoka}, {me}, " + FACTS + ")",
        DOCUMENT + ", project_id, is_published) VALUES ('customer', {me}, 'public', {ashoka}, {me}, " + FACTS + ", {project}, true)",
        DOCUMENT + ", edition) VALUES ('customer', {me}, 'party', NULL, {me}, " + FACTS + ", 2)",
        "UPDATE documents SET audience = 'public' WHERE id = {mine}",
        "UPDATE documents SET project_id = {project} WHERE id = {mine}",
        "UPDATE documents SET model_id = 1 WHERE id = {mine}",
        "UPDATE documents SET storage_key = 'x' WHERE id = {mine}",
        "UPDATE documents SET media_type = 'text/html' WHERE id = {mine}",
        "UPDATE documents SET builder_id = {bharat}, subject = 'message', subject_id = 1 WHERE id = {mine}",  # has never met them
        "UPDATE documents SET builder_id = {ashoka}, subject = 'model3d', subject_id = 1 WHERE id = {mine}",
        "UPDATE documents SET builder_id = {ashoka}, subject = 'project', subject_id = 1 WHERE id = {mine}",
        "UPDATE documents SET builder_id = {ashoka}, customer_id = {ravi}, subject = 'message', subject_id = 1 WHERE id = {mine}",
        "UPDATE documents SET builder_id = {ashoka} WHERE id = {mine}",  # not without saying what for
        "UPDATE storage_uses SET allowed = 2 ^ 60",
        "UPDATE storage_uses SET used = 0",
        "DELETE FROM storage_uses",
        "UPDATE models_3d SET access_level = 'public'",
        "INSERT INTO models_3d (builder_id) VALUES ({ashoka})",
    ],
)
async def test_a_customer_is_refused(world, drafts, statement):
    assert await attempt(world.asha, statement.format(**drafts)) == REFUSED


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM documents WHERE id IN ({ravis}, {ours})",
        "UPDATE documents SET builder_id = {ashoka} WHERE id IN ({ravis}, {ours})",
        "DELETE FROM documents WHERE id IN ({ravis}, {ours})",
        "SELECT FROM storage_uses WHERE customer_id IS DISTINCT FROM {me}",
    ],
)
async def test_a_customer_does_not_find_what_is_not_theirs(world, drafts, statement):
    assert await attempt(world.asha, statement.format(**drafts)) == 0


@pytest.mark.parametrize("subject", ["'booking', subject_id = {other_booking}", "'booking', subject_id = 0", "'message', subject_id = 0"])
async def test_what_is_somebody_elses_is_no_place_for_it(world, drafts, subject):
    tried = f"UPDATE documents SET builder_id = {{ashoka}}, subject = {subject} WHERE id = {{mine}}"
    assert await attempt(world.asha, tried.format(**drafts)) in BROKEN_RULE


async def test_a_booking_of_somebody_else_is_no_place_for_it(world, drafts):
    tried = (
        "UPDATE documents SET builder_id = {ashoka}, booking_id = {other_booking}, subject = 'booking', subject_id = 1 WHERE id = {mine}"
    )
    assert await attempt(world.asha, tried.format(**drafts)) in BROKEN_RULE


@pytest.mark.parametrize(
    "statement",
    [
        DOCUMENT + ") VALUES ('builder', {staff}, 'team', {bharat}, NULL, " + FACTS + ")",
        DOCUMENT + ") VALUES ('builder', {other_staff}, 'team', {ashoka}, NULL, " + FACTS + ")",
        DOCUMENT + ") VALUES ('builder', {other_staff}, 'party', {bharat}, {me}, " + FACTS + ")",
        DOCUMENT + ") VALUES ('customer', {me}, 'party', {bharat}, {me}, " + FACTS + ")",
        "UPDATE documents SET storage_key = 'x'",
        "UPDATE documents SET side = 'customer'",
        "UPDATE documents SET file_name = 'x'",
        "UPDATE storage_uses SET allowed = 2 ^ 60",
        "UPDATE storage_uses SET used = 0",
    ],
)
async def test_a_company_is_refused(world, drafts, statement):
    assert await attempt(world.bharat, statement.format(**drafts)) == REFUSED


async def test_a_company_shows_its_documents_to_nobody_whom_it_does_not_know(world, drafts):
    tried = "UPDATE documents SET customer_id = {ravi}, audience = 'party', subject = 'message', subject_id = 1 WHERE id = {ours}"
    assert await attempt(world.ashoka, tried.format(**drafts | {"ravi": drafts["admin"]})) == REFUSED


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM documents WHERE id IN ({mine}, {ours}, {ravis})",
        "DELETE FROM documents WHERE id IN ({mine}, {ours}, {ravis})",
        "SELECT FROM storage_uses WHERE builder_id IS DISTINCT FROM {bharat}",
    ],
)
async def test_a_company_does_not_find_what_is_anothers_or_a_draft_of_a_customer(world, drafts, statement):
    assert await attempt(world.bharat, statement.format(**drafts)) == 0


async def test_a_project_of_another_company_is_no_place_for_it(world, drafts):
    tried = "UPDATE documents SET project_id = {other_project}, is_published = true, audience = 'public' WHERE id = {ours}"
    assert await attempt(world.ashoka, tried.format(**drafts)) in BROKEN_RULE


async def test_what_a_customer_has_shown_its_builder_does_not_show_on(world, drafts):
    shown = """UPDATE documents SET builder_id = {ashoka}, project_id = {project}, booking_id = {my_booking}, subject = 'booking',
        subject_id = {my_booking} WHERE id = {mine}"""
    assert await attempt(world.asha, shown.format(**drafts)) == 1

    async with speaking(world.asha) as connection:
        await connection.execute(shown.format(**drafts))
        await connection.commit()
    assert await attempt(world.ashoka, "SELECT FROM documents WHERE id = {mine}".format(**drafts)) == 1
    for tried in ("UPDATE documents SET kind = 'photo'", "DELETE FROM documents"):
        assert await attempt(world.ashoka, f"{tried} WHERE id = {{mine}}".format(**drafts)) == 0
    assert await attempt(world.asha, "DELETE FROM documents WHERE id = {mine}".format(**drafts)) == 0


async def test_a_visitor_sees_no_draft(world, drafts):
    assert await attempt(VISITOR, "SELECT FROM documents WHERE id IN ({mine}, {ours})".format(**drafts)) == 0


async def test_a_limited_member_sees_what_is_of_its_projects(world, drafts):
    near, far = Identity(Role.builder, drafts["staff"], drafts["ashoka"], "engineer", (drafts["project"],)), 10**9
    elsewhere = Identity(Role.builder, drafts["staff"], drafts["ashoka"], "engineer", (far,))
    placed = """UPDATE documents SET project_id = {project}, audience = 'public', is_published = true, subject = 'project', subject_id = {project}
        WHERE id = {ours}"""
    async with speaking(world.ashoka) as connection:
        await connection.execute(placed.format(**drafts))
        await connection.commit()
    counts = [await attempt(who, "SELECT FROM documents WHERE id = {ours}".format(**drafts)) for who in (near, elsewhere)]
    assert counts == [1, 0]
