"""Who stands behind a booking is read by no hand below the application, and told by the clerk to those alone whom the routes show it."""

from types import SimpleNamespace

import pytest

from realestate.database import VISITOR, WORKER, Identity
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import BookingStatus
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.speaking import attempt, speaking
from tests.standing import make_standing

pytestmark = pytest.mark.anyio
REFUSED = "42501"
PRIVATE = ("kyc_checklist", "nominees", "discount_request")
KEPT = """UPDATE bookings SET kyc_checklist = '{"identity": {"document_id": 7}}', nominees = '[{"full_name": "Maya"}]',
    discount_request = '{"amount": 5}' WHERE id = %s"""
INSIDERS = (TeamRole.sales_manager, TeamRole.admin, TeamRole.finance)


@pytest.fixture(scope="module")
async def house_for_two(world):
    """A registered booking of two, with all that is private of one."""
    builder, owner, other = await make_builder(), await make_customer(), await make_customer("Ravi Nair")
    project = await make_project(builder)
    booking = await make_standing(builder, project, owner, other, BookingStatus.registered)
    async with speaking(WORKER) as connection:
        await connection.execute(KEPT, [booking.id])
        await connection.commit()
    return SimpleNamespace(builder=builder, owner=owner, other=other, project=project, booking=booking.id)


async def told(person, booking):
    async with speaking(person) as connection:
        said = (await (await connection.execute("SELECT particulars(%s)", [booking])).fetchone())[0]
    return said and [name for name in PRIVATE if said[name]]


@pytest.mark.parametrize("column", [*PRIVATE, "*"])
async def test_nobody_reads_the_columns_by_hand(house_for_two, column):
    at = house_for_two
    admin = Identity(Role.admin, at.builder.user_id)
    for person in (at.owner, at.other, at.builder, await make_member(at.builder, TeamRole.viewer), admin):
        for statement in ("SELECT {} FROM bookings", "UPDATE bookings SET special_requests = 'x' RETURNING {}"):
            assert await attempt(person, statement.format(column)) == REFUSED, (person.role, statement)
        assert await attempt(person, "SELECT id FROM bookings WHERE nominees <> '[]'") == REFUSED


async def test_the_clerk_tells_the_owner_of_record_and_those_of_the_team_who_sell_or_sign(house_for_two):
    at = house_for_two
    assert await told(at.owner, at.booking) == ["kyc_checklist", "nominees"]
    assert await told(at.builder, at.booking) == [*PRIVATE] == await told(WORKER, at.booking)
    for role in INSIDERS:
        assert await told(await make_member(at.builder, role), at.booking) == [*PRIVATE], role


async def test_and_nobody_else(house_for_two):
    at = house_for_two
    outsiders = [
        await make_member(at.builder, role) for role in TeamRole if role not in (*INSIDERS, TeamRole.owner)
    ]  # sales: of its own only
    elsewhere = await make_member(at.builder, TeamRole.finance, 2**40)
    for person in (at.other, await make_customer("Nina Shah"), await make_builder("Bharat Builders"), elsewhere, *outsiders):
        assert await told(person, at.booking) is None, person.team_role
    borrowed = Identity(Role.builder, (await make_builder("Bharat Builders")).user_id, at.builder.builder_id, "owner")
    assert await told(borrowed, at.booking) is None, "somebody else's owner"
    assert await attempt(VISITOR, f"SELECT particulars({at.booking})") == REFUSED


async def test_an_admin_reads_no_numbers_of_papers(house_for_two):
    admin = Identity(Role.admin, house_for_two.builder.user_id)
    for column in ("kyc", "pan_hash"):
        assert await attempt(admin, f"SELECT {column} FROM customers") == REFUSED
        assert await attempt(house_for_two.builder, f"SELECT {column} FROM customers") == REFUSED


async def paper(at, kind, by):
    """Laid beside the booking by one of its parties."""
    said = """INSERT INTO documents (builder_id, project_id, booking_id, subject, subject_id, customer_id, side, uploaded_by, audience, kind,
        file_name, media_type, size, sha256, storage_key)
        SELECT builder_id, project_id, id, 'booking', id, customer_id, 'customer', %s, 'party', %s, 'x', 'x', 1, 'x', gen_random_uuid()::text
        FROM bookings WHERE id = %s RETURNING id"""
    async with speaking(WORKER) as connection:
        (id,) = await (await connection.execute(said, [by.user_id, kind, at.booking])).fetchone()
        await connection.commit()
    return f"SELECT FROM documents WHERE id = {id}"


@pytest.mark.parametrize("kind", ["identity", "income"])
async def test_papers_of_a_person_are_found_by_no_other_hand(house_for_two, kind):
    at = house_for_two
    hers, his = await paper(at, kind, at.owner), await paper(at, kind, at.other)
    assert await attempt(at.other, hers) == 0 and await attempt(at.other, his) == 1
    for role in (TeamRole.viewer, TeamRole.engineer, TeamRole.support):
        member = await make_member(at.builder, role)
        assert await attempt(member, hers) == await attempt(member, his) == 0, role
        assert await attempt(member, hers.replace("SELECT FROM", "DELETE FROM")) == 0
    for person in (at.owner, at.builder, *[await make_member(at.builder, role) for role in INSIDERS]):
        assert await attempt(person, hers) == await attempt(person, his) == 1, person.team_role


async def test_other_papers_beside_a_booking_are_for_all_who_see_it(house_for_two):
    at = house_for_two
    other = await paper(at, "other", at.owner)
    for person in (at.other, await make_member(at.builder, TeamRole.viewer)):
        assert await attempt(person, other) == 1
