"""What the parties of a booking try in vain below the application: steps that are not theirs, records that nobody writes, other people's codes."""

from types import SimpleNamespace

import pytest

from realestate.database import VISITOR, WORKER, Identity
from realestate.models.accounts import Role, TeamRole
from realestate.models.bookings import BookingStatus
from tests.factories import make_builder, make_customer, make_member, make_project
from tests.speaking import attempt, speaking
from tests.standing import make_standing

pytestmark = pytest.mark.anyio
REFUSED, BROKEN_RULE, NO_SUCH_ROW = "42501", "23514", "23503"
IN = "builder_id, project_id, booking_id"
INVITE = f"INSERT INTO party_invites ({IN}, customer_id, kind, share, code_hash) VALUES "
SIGNATURE = f"INSERT INTO signatures ({IN}, owner_id, customer_id, member_id, content_hash) VALUES "
SNAG = f"INSERT INTO snags ({IN}, customer_id, reported_by, title, is_blocking) VALUES "
MOVE = f"INSERT INTO booking_moves ({IN}, customer_id, to_status, by_role, at) VALUES "
TERMS = "repeat('a', 64))"


@pytest.fixture(scope="module")
async def town(world):
    """Asha's booking has come to its confirmation."""
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE bookings SET status = 'booking_confirmed' WHERE id = %s", [world.names["my_booking"]])
        await connection.commit()
    yield SimpleNamespace(**vars(world))
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE bookings SET status = 'token_paid' WHERE id = %s", [world.names["my_booking"]])
        await connection.commit()


MINE = "({ashoka}, {project}, {my_booking}"
THEIRS = "({bharat}, {other_project}, {other_booking}"


@pytest.mark.parametrize(
    "statement",
    [
        *(f"UPDATE bookings SET status = '{state}' WHERE id = {{my_booking}}" for state in ("cancelled", "reserved", "handed_over")),
        "UPDATE bookings SET status = 'cancellation_requested' WHERE id = {my_booking}",
        "UPDATE bookings SET total_amount = 1 WHERE id = {my_booking}",
    ],
)
async def test_a_customer_reaches_no_row_of_a_booking_with_money_in_it(town, statement):
    assert await attempt(town.asha, statement.format(**town.names)) in (0, REFUSED)


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("UPDATE bookings SET cancellation = '{{}}' WHERE id = {my_booking}", REFUSED),
        ("UPDATE bookings SET agreement_hash = repeat('a', 64)", REFUSED),
        ("UPDATE bookings SET acknowledged_at = now()", REFUSED),
        ("UPDATE bookings SET transfer_to_id = {me}", REFUSED),
        ("UPDATE booking_parties SET share = 1", REFUSED),
        ("DELETE FROM booking_parties", REFUSED),
        (MOVE + MINE + ", {me}, 'handed_over', 'customer', now())", REFUSED),
        ("UPDATE booking_moves SET to_status = 'handed_over'", REFUSED),
        (INVITE + THEIRS + ", {ravi}, 'transferee', NULL, '\\x00')", REFUSED),
        (INVITE + THEIRS + ", {me}, 'transferee', NULL, '\\x00')", NO_SUCH_ROW),
        ("SELECT code_hash FROM party_invites", REFUSED),
        (SIGNATURE + MINE + ", {me}, NULL, {staff}, " + TERMS, REFUSED),
        (SIGNATURE + MINE + ", {me}, {ravi}, NULL, " + TERMS, REFUSED),
        (SIGNATURE + THEIRS + ", {ravi}, {me}, NULL, " + TERMS, REFUSED),
        ("UPDATE signatures SET content_hash = repeat('b', 64)", REFUSED),
        (SNAG + MINE + ", {me}, {me}, 'x', true)", REFUSED),
        (SNAG + MINE + ", {me}, {staff}, 'x', false)", REFUSED),
        ("UPDATE snags SET status = 'mended'", REFUSED),
    ],
)
async def test_a_customer_is_refused(town, statement, outcome):
    assert await attempt(town.asha, statement.format(**town.names)) == outcome


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        ("UPDATE bookings SET agreement_hash = repeat('a', 64)", REFUSED),
        ("UPDATE bookings SET acknowledged_at = now()", REFUSED),
        ("UPDATE bookings SET discount = 1", REFUSED),
        *(
            (f"UPDATE bookings SET {note}", REFUSED)
            for note in (
                *("cancellation = '{{}}'", "cancellation_cause = 'mutual'", "previous_status = 'possession_offered'"),
                *("default_notice_at = now()", "confirmed_at = now()", "cooling_off_until = now()", "loan_approved = true"),
                *("discount_request = '{{}}'", "kyc_checklist = '{{}}'", "handover_checklist = '{{}}'", "handed_over_at = now()"),
                *("possession_offered_at = now()", "registration_no = '7'", "actual_registration_date = now()", "allotment_no = '7'"),
            )
        ),
        ("UPDATE bookings SET transfer_to_id = {ravi}", REFUSED),
        ("UPDATE bookings SET customer_id = {ravi}", REFUSED),
        (MOVE + MINE + ", {me}, 'handed_over', 'builder', now())", REFUSED),
        (SIGNATURE + MINE + ", {me}, {me}, NULL, " + TERMS, REFUSED),
        (SIGNATURE + MINE + ", {me}, NULL, {other_staff}, " + TERMS, REFUSED),
        (INVITE + MINE + ", {me}, 'transferee', NULL, '\\x00')", REFUSED),
        ("SELECT id FROM party_invites", REFUSED),
        (SNAG + THEIRS + ", {ravi}, {staff}, 'x', false)", REFUSED),
    ],
)
async def test_a_company_is_refused(town, statement, outcome):
    assert await attempt(town.ashoka, statement.format(**town.names)) == outcome


@pytest.mark.parametrize("is_limited", [False, True])
@pytest.mark.parametrize("team_role", [role for role in TeamRole if role is not TeamRole.sales])  # who has nothing here
async def test_what_binds_both_sides_is_nobodys_to_write_in_a_team(town, team_role, is_limited):
    scope = (town.names["project"],) if is_limited else ()
    member = Identity(Role.builder, town.ashoka.user_id, town.ashoka.builder_id, team_role, scope)
    for state in BookingStatus:
        if state is not BookingStatus.booking_confirmed:
            said = f"UPDATE bookings SET status = '{state.value}' WHERE id = {{my_booking}}".format(**town.names)
            assert await attempt(member, said) == BROKEN_RULE, state


async def test_an_allotment_keeps_its_number(town):
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE bookings SET allotment_no = 'AL-1' WHERE id = %s", [town.names["my_booking"]])
        with pytest.raises(Exception, match="allotments_stand"):
            await connection.execute("UPDATE bookings SET allotment_no = 'AL-2' WHERE id = %s", [town.names["my_booking"]])


async def test_others_see_nothing_of_it(town):
    async with speaking(WORKER) as connection:
        for statement in (
            INVITE + MINE + ", {me}, 'co_applicant', 1, '\\x01') ON CONFLICT DO NOTHING",
            SIGNATURE + MINE + ", {me}, {me}, NULL, " + TERMS + " ON CONFLICT DO NOTHING",
            SNAG + MINE + ", {me}, {me}, 'x', false)",
        ):
            await connection.execute(statement.format(**town.names))
        await connection.commit()
    for table in ("party_invites", "signatures", "snags", "booking_moves"):
        seen = f"SELECT id FROM {table} WHERE booking_id = {{my_booking}}".format(**town.names)
        assert await attempt(town.asha, seen) > 0, table
        assert await attempt(town.ravi, seen) == 0, table
        assert await attempt(town.bharat, seen) in (0, REFUSED), table


async def test_shares_that_do_not_make_a_whole_do_not_last_to_the_commit(town):
    async with speaking(WORKER) as connection:
        await connection.execute("UPDATE booking_parties SET share = 1 WHERE booking_id = %s", [town.names["my_booking"]])
        with pytest.raises(Exception, match="shares_are_whole"):
            await connection.commit()


ATTACKS = (
    *(f"UPDATE bookings SET status = '{state.value}' WHERE id = {{b}}" for state in BookingStatus if state is not BookingStatus.registered),
    "UPDATE bookings SET cancellation = jsonb_build_object('settlement', 1) WHERE id = {b}",
    "UPDATE bookings SET acknowledged_at = now(), handed_over_at = now(), handover_checklist = '{{\"keys\": true}}' WHERE id = {b}",
    "UPDATE bookings SET kyc_checklist = jsonb_build_object('identity', jsonb_build_object('verified_by', 1)) WHERE id = {b}",
    "UPDATE bookings SET discount = 5, discount_approved_by = {me}, discount_request = NULL WHERE id = {b}",
    "UPDATE bookings SET transfer_to_id = {me} WHERE id = {b}",
    "UPDATE bookings SET agreement_hash = repeat('b', 64), registration_no = '8' WHERE id = {b}",
    "UPDATE booking_parties SET share = CASE WHEN customer_id = {me} THEN 999999 ELSE 1 END WHERE booking_id = {b}",
    "DELETE FROM booking_parties WHERE booking_id = {b}",
    f"INSERT INTO booking_parties ({IN}, owner_id, customer_id, role, share) VALUES ({{place}}, {{owner}}, {{third}}, 'co_applicant', 1)",
    SIGNATURE + "({place}, {owner}, {third}, NULL, " + TERMS,
    SIGNATURE + "({place}, {owner}, {owner}, {staff}, " + TERMS,
    "UPDATE signatures SET content_hash = repeat('b', 64) WHERE booking_id = {b}",
    "DELETE FROM signatures WHERE booking_id = {b}",
    MOVE + "({place}, {owner}, 'handed_over', 'customer', now())",
    "UPDATE booking_moves SET by_role = 'customer' WHERE booking_id = {b}",
    "DELETE FROM booking_moves WHERE booking_id = {b}",
    "SELECT code_hash FROM party_invites",
    "UPDATE party_invites SET used_at = NULL, used_by = NULL WHERE booking_id = {b}",
    "UPDATE snags SET booking_id = {b}",
    "DELETE FROM snags WHERE booking_id = {b}",
)


async def test_whoever_speaks_below_the_application_writes_nothing_that_is_not_theirs_alone(world):
    """A registered booking of two, against both of them, against every member of its company, limited or not, and against strangers."""
    builder, owner, other, third = await make_builder(), *[await make_customer(name) for name in ("Asha Rao", "Ravi Nair", "Nina Shah")]
    project = await make_project(builder)
    booking = await make_standing(builder, project, owner, other, BookingStatus.registered)
    team = [await make_member(builder, role) for role in TeamRole if role is not TeamRole.owner]
    team += [await make_member(builder, role, project) for role in (TeamRole.sales_manager, TeamRole.finance, TeamRole.engineer)]
    names = {"b": booking.id, "owner": owner.user_id, "third": third.user_id, "staff": builder.user_id}
    names |= {"place": f"{builder.builder_id}, {project}, {booking.id}"}
    for person in (owner, other, third, builder, *team, world.bharat, VISITOR):
        for attack in ATTACKS:
            outcome = await attempt(person, attack.format(**names, me=person.user_id or 0))
            assert outcome in (0, REFUSED, BROKEN_RULE, NO_SUCH_ROW), (person, attack, outcome)
