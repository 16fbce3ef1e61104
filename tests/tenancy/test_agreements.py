"""What customers and companies try in vain with agreements, below the application."""

from types import SimpleNamespace

import psycopg
import pytest

from realestate.database import WORKER
from tests.factories import make_builder, make_customer, make_project, make_units
from tests.speaking import attempt, speaking
from tests.tenancy.world import sell

pytestmark = pytest.mark.anyio
REFUSED, BROKEN_RULE, NO_SUCH_ROW = "42501", "23514", "23503"

AGREEMENT = (
    "INSERT INTO agreements (builder_id, project_id, booking_id, customer_id, generated_by, edition, is_draft, terms, content_hash) VALUES "
)
FACTS = "1, true, '{{}}', repeat('a', 64))"
OURS = AGREEMENT + "({ashoka}, {project}, {my_booking}, {me}, {staff}, " + FACTS


LETTER = """INSERT INTO allotments (builder_id, project_id, booking_id, customer_id, number, terms, content_hash, issued_at) VALUES
    ({ashoka}, {project}, {my_booking}, {me}, 'AL-000001', '{{}}', repeat('a', 64), now())"""


@pytest.mark.parametrize("statement", [LETTER, "UPDATE allotments SET terms = '{{}}'", "DELETE FROM allotments"])
@pytest.mark.parametrize("who", ["asha", "ashoka", "bharat"])
async def test_nobody_writes_a_letter_of_allotment_by_hand(world, who, statement):
    assert await attempt(getattr(world, who), statement.format(**world.names)) == REFUSED


async def test_a_letter_is_found_by_its_parties_alone_and_there_is_one(world):
    async with speaking(WORKER) as connection:
        await connection.execute(LETTER.format(**world.names))
        await connection.commit()
    async with speaking(WORKER) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute(LETTER.format(**world.names))
    for person, rows in ((world.asha, 1), (world.ashoka, 1), (world.ravi, 0), (world.bharat, 0)):
        assert await attempt(person, f"SELECT FROM allotments WHERE booking_id = {world.names['my_booking']}") == rows


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


async def set_status(world, status):
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE bookings SET status = %s WHERE id = %s", [status, world.names["my_booking"]])
        await connection.commit()


@pytest.fixture
async def sale(house):
    """Asha's home at Ashoka's, confirmed: what is tried with it disturbs nobody."""
    ashoka, asha = await make_builder(), await make_customer()
    project = await make_project(ashoka)
    [unit] = await make_units(ashoka, project)
    sold = await sell(ashoka, asha, unit)
    names = {"ashoka": ashoka.builder_id, "staff": ashoka.user_id, "me": asha.user_id, "project": project, "my_booking": sold.booking}
    sale = SimpleNamespace(ashoka=ashoka, names=names)
    await set_status(sale, "booking_confirmed")
    return sale


async def write(sale, facts):
    values = "({ashoka}, {project}, {my_booking}, {me}, {staff}, " + facts
    async with speaking(sale.ashoka) as connection:
        try:
            await connection.execute((AGREEMENT + values).format(**sale.names))
        except psycopg.errors.CheckViolation as refusal:
            return refusal.diag.constraint_name
        await connection.commit()
        return "written"


async def test_an_edition_follows_the_last_one_and_its_booking(sale):
    refused = "editions_follow"
    draft, signed = "{edition}, true, '{{{{\"a\": 1}}}}', repeat('a', 64))", "{edition}, false, '{terms}', repeat('{hash}', 64))"
    same, other = {"terms": '{{"a": 1}}', "hash": "a"}, {"terms": "{{}}", "hash": "a"}
    assert await write(sale, draft.format(edition=5)) == refused
    assert await write(sale, signed.format(edition=1, **same)) == refused
    assert await write(sale, draft.format(edition=1)) == "written"
    assert await write(sale, draft.format(edition=3)) == refused
    await set_status(sale, "token_paid")
    assert await write(sale, draft.format(edition=2)) == refused
    await set_status(sale, "agreement_signed")
    assert await write(sale, draft.format(edition=2)) == refused
    assert await write(sale, signed.format(edition=2, **other)) == refused
    assert await write(sale, signed.format(edition=2, **same | {"hash": "b"})) == refused
    assert await write(sale, signed.format(edition=2, **same)) == "written"


async def test_a_booking_that_was_signed_without_a_draft_has_none(sale):
    await set_status(sale, "handed_over")
    assert await write(sale, "1, false, '{{}}', repeat('a', 64))") == "editions_follow"


async def test_only_its_parties_find_it_and_no_file_is_passed_off_as_it(world):
    await set_status(world, "booking_confirmed")
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
