"""What settings somebody with a role's raw SQL sees and writes."""

import pytest

from realestate.database import DOORMAN, VISITOR, WORKER, transaction
from realestate.models.accounts import TeamRole
from realestate.models.settings import SettingScope, SystemSetting
from tests.factories import make_admin, make_member, unique
from tests.speaking import attempt

pytestmark = pytest.mark.anyio
REFUSED = "42501"
ADD = "INSERT INTO system_settings (scope, builder_id, project_id, user_id, setting_key, setting_value, is_public, updated_by) VALUES"


@pytest.fixture
async def key(world):
    """A private and a public value at each place of Ashoka's and Bharat's; private ones of a member's, Asha's and Ravi's own."""
    key, names = unique("tests.key"), world.names
    places = [(SettingScope.everybody, {})]
    places += [(SettingScope.builder, {"builder_id": names[name]}) for name in ("ashoka", "bharat")]
    places += [(SettingScope.project, {"builder_id": names["ashoka"], "project_id": names["project"]})]
    places += [(SettingScope.user, {"builder_id": names["ashoka"], "user_id": names["staff"]})]
    places += [(SettingScope.user, {"user_id": names[name]}) for name in ("me", "ravi")]
    async with transaction(WORKER) as session:
        for scope, place in places:
            for is_public in (False, True)[: 1 if scope is SettingScope.user else 2]:
                row = {"setting_key": f"{key}.{is_public}", "setting_value": 1, "is_public": is_public}
                session.add(SystemSetting(scope=scope, **place, **row))
    return key


async def test_who_sees_what(world, key):
    admin = await make_admin()
    for person, private, public in (
        (VISITOR, 0, 4),
        (world.asha, 1, 4),
        (world.ashoka, 4, 3),  # everybody's, its own, its project's, and the member's own
        (world.bharat, 2, 2),
        (admin, 7, 4),
        (DOORMAN, REFUSED, REFUSED),
    ):
        for is_public, count in ((False, private), (True, public)):
            found = await attempt(person, f"SELECT FROM system_settings WHERE setting_key = '{key}.{is_public}'")
            assert found == count, (person, is_public)


@pytest.mark.parametrize(
    ("who", "row"),
    [
        ("asha", "('global', NULL, NULL, NULL, 'x', '1', false, {me})"),
        ("asha", "('builder', {ashoka}, NULL, NULL, 'x', '1', false, {me})"),
        ("asha", "('user', NULL, NULL, {ravi}, 'x', '1', false, {me})"),
        ("asha", "('user', NULL, NULL, {me}, 'x', '1', false, {ravi})"),
        ("ashoka", "('global', NULL, NULL, NULL, 'x', '1', false, {staff})"),
        ("ashoka", "('builder', {bharat}, NULL, NULL, 'x', '1', false, {staff})"),
        ("ashoka", "('builder', {ashoka}, NULL, NULL, 'x', '1', false, {other_staff})"),
        ("ashoka", "('user', NULL, NULL, {me}, 'x', '1', true, {staff})"),
        ("ashoka", "('user', {ashoka}, NULL, {colleague}, 'portal.preferences', '1', false, {staff})"),
        ("ashoka", "('user', {ashoka}, NULL, {colleague}, 'portal.preferences', '1', true, {staff})"),
    ],
)
async def test_nobody_sets_what_is_not_theirs(world, who, row):
    colleague = (await make_member(world.ashoka, TeamRole.sales)).user_id
    assert await attempt(getattr(world, who), f"{ADD} {row.format(**world.names, colleague=colleague)}") == REFUSED


async def test_what_is_ones_own_is_never_public(world):
    for who, row in (
        ("asha", "('user', NULL, NULL, {me}, 'portal.notice', '1', true, {me})"),
        ("ashoka", "('user', {ashoka}, NULL, {staff}, 'portal.notice', '1', true, {staff})"),
    ):
        assert await attempt(getattr(world, who), f"{ADD} {row.format(**world.names)}") == "23514"


async def test_of_a_colleague_the_team_sets_the_hours_and_nothing_else(world):
    colleague = await make_member(world.ashoka, TeamRole.sales)
    row = "('user', {ashoka}, NULL, {colleague}, '{key}', '{{}}', false, {staff})"
    names = world.names | {"colleague": colleague.user_id}
    assert await attempt(world.ashoka, f"{ADD} {row.format(**names, key='appointments.availability')}") == 1
    async with transaction(WORKER) as session:
        place = {"builder_id": world.ashoka.builder_id, "user_id": colleague.user_id, "setting_key": "portal.preferences"}
        session.add(SystemSetting(scope=SettingScope.user, **place, setting_value={}))
    query = f"FROM system_settings WHERE user_id = {colleague.user_id}"
    assert [await attempt(person, f"SELECT {query}") for person in (colleague, world.ashoka)] == [1, 0]
    assert await attempt(world.ashoka, f"DELETE {query}") == 0


async def test_keys_hold_what_policies_compare(world):
    names = world.names
    for row in (
        "('project', {ashoka}, {other_project}, NULL, 'x', '1', false, {staff})",
        "('user', {ashoka}, NULL, {other_staff}, 'appointments.availability', '1', false, {staff})",
    ):
        assert await attempt(world.ashoka, f"{ADD} {row.format(**names)}") == "23503"
    for row in (
        "('builder', {ashoka}, {project}, NULL, 'x', '1', false, {staff})",
        "('project', {ashoka}, NULL, NULL, 'x', '1', false, {staff})",
    ):
        assert await attempt(world.ashoka, f"{ADD} {row.format(**names)}") == "23514"


async def test_nobody_changes_what_is_not_theirs(world, key):
    for person, count in ((world.asha, 1), (world.ashoka, 5), (world.bharat, 2), (VISITOR, REFUSED)):
        me = person.user_id if person is not VISITOR else 1
        change = f"UPDATE system_settings SET setting_value = '2', updated_by = {me} WHERE setting_key LIKE '{key}%'"
        assert await attempt(person, change) == count
        assert await attempt(person, f"DELETE FROM system_settings WHERE setting_key LIKE '{key}%'") == count
    for column, value in (("builder_id", world.names["bharat"]), ("is_public", "true"), ("setting_key", "'x'"), ("scope", "'global'")):
        assert await attempt(world.ashoka, f"UPDATE system_settings SET {column} = {value}") == REFUSED


async def test_only_the_worker_seals_and_nobody_unseals(world):
    seal = "INSERT INTO audit_seals (audit_event_id, builder_id, position, hash) VALUES (1, {ashoka}, 999, repeat('0', 64))"
    head = "UPDATE audit_heads SET position = 1"
    for person in (world.asha, world.ashoka, await make_admin(), DOORMAN):
        assert await attempt(person, seal.format(**world.names)) == await attempt(person, head) == REFUSED
    for table in ("audit_seals", "audit_heads"):
        assert await attempt(WORKER, f"DELETE FROM {table}") == REFUSED
    assert await attempt(WORKER, "UPDATE audit_seals SET hash = hash") == REFUSED
