"""What customers and companies try in vain with agreements, below the application."""

import pytest

from tests.speaking import attempt, speaking

pytestmark = pytest.mark.anyio
REFUSED, BROKEN_RULE, NO_SUCH_ROW = "42501", "23514", "23503"

AGREEMENT = (
    "INSERT INTO agreements (builder_id, project_id, booking_id, customer_id, generated_by, edition, is_draft, terms, content_hash) VALUES "
)
FACTS = "1, true, '{{}}', repeat('a', 64))"
OURS = AGREEMENT + "({ashoka}, {project}, {my_booking}, {me}, {staff}, " + FACTS


@pytest.mark.parametrize("statement", [OURS, "UPDATE agreements SET edition = 2", "DELETE FROM agreements"])
async def test_a_customer_is_refused(world, statement):
    assert await attempt(world.asha, statement.format(**world.names)) == REFUSED


@pytest.mark.parametrize(
    "statement",
    [
        OURS,  # another's
        AGREEMENT + "({bharat}, {other_project}, {other_booking}, {ravi}, {staff}, " + FACTS,
        "UPDATE agreements SET terms = '{{}}'",
        "UPDATE agreements SET content_hash = repeat('b', 64)",
        "DELETE FROM agreements",
        "UPDATE bookings SET agreement_date = now()",
    ],
)
async def test_a_company_is_refused(world, statement):
    assert await attempt(world.bharat, statement.format(**world.names)) == REFUSED


async def test_a_booking_of_another_company_has_no_agreement_with_this_one(world):
    tried = AGREEMENT + "({bharat}, {other_project}, {my_booking}, {ravi}, {other_staff}, " + FACTS
    assert await attempt(world.bharat, tried.format(**world.names)) == NO_SUCH_ROW


async def test_a_booking_leads_to_its_own_agreement_and_nowhere_else(world):
    for address in ("https://example.com/agreement.pdf", "/api/bookings/{other_booking}/agreement.pdf"):
        tried = f"UPDATE bookings SET agreement_url = '{address}' WHERE id = {{my_booking}}"
        assert await attempt(world.ashoka, tried.format(**world.names)) == BROKEN_RULE


async def test_only_its_parties_find_it_and_no_file_is_passed_off_as_it(world):
    async with speaking(world.ashoka) as connection:
        made = await connection.execute((OURS + " RETURNING id").format(**world.names))
        [id] = await made.fetchone()
        await connection.commit()
    for person, rows in ((world.asha, 1), (world.ashoka, 1), (world.ravi, 0), (world.bharat, 0)):
        assert await attempt(person, f"SELECT FROM agreements WHERE id = {id}") == rows
    draft = """INSERT INTO documents (side, uploaded_by, audience, builder_id, kind, file_name, media_type, size, sha256, storage_key)
        VALUES ('builder', {other_staff}, 'team', {bharat}, 'agreement', 'x', 'x', 1, 'x', gen_random_uuid()::text) RETURNING id"""
    async with speaking(world.bharat) as connection:
        [document] = await (await connection.execute(draft.format(**world.names))).fetchone()
        await connection.commit()
    tried = (
        f"UPDATE documents SET subject = 'agreement', subject_id = {id}, customer_id = {{ravi}}, audience = 'party' WHERE id = {document}"
    )
    assert await attempt(world.bharat, tried.format(**world.names)) == BROKEN_RULE
