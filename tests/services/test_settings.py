"""Which value holds where."""

import pytest

from realestate.database import WORKER, Identity, transaction
from realestate.models.accounts import Role
from realestate.models.settings import SettingScope, SystemSetting
from realestate.schemas.settings import SETTINGS, Setting
from realestate.services import settings
from tests.factories import make_builder, make_customer, make_project, unique

pytestmark = pytest.mark.anyio
EVERYWHERE = tuple(SettingScope)


def setting(**more):
    """A key that no other test knows."""
    return Setting[int](unique("tests.answer"), int, 0, EVERYWHERE, "How many.", **({"is_public": True} | more))


async def put(setting, value, scope, **place):
    async with transaction(WORKER) as session:
        is_public = setting.is_public and scope is not SettingScope.user
        session.add(SystemSetting(scope=scope, setting_key=setting.key, setting_value=value, is_public=is_public, **place))


async def value_of(setting, role=Role.worker, **places):
    async with transaction(Identity(role)) as session:
        return await settings.get(session, setting, **places)


async def test_the_narrowest_value_wins(house):
    builder, other, wanted = await make_builder(), await make_builder("Bharat Builders"), setting()
    project_id = await make_project(builder)
    places = {"builder_id": builder.builder_id, "project_id": project_id, "user_id": builder.user_id}
    assert await value_of(wanted, **places) == 0
    await put(wanted, 1, SettingScope.everybody)
    assert await value_of(wanted, **places) == 1
    await put(wanted, 2, SettingScope.builder, builder_id=builder.builder_id)
    assert await value_of(wanted, **places) == 2
    await put(wanted, 3, SettingScope.project, builder_id=builder.builder_id, project_id=project_id)
    assert await value_of(wanted, **places) == 3
    await put(wanted, 4, SettingScope.user, builder_id=builder.builder_id, user_id=builder.user_id)
    assert await value_of(wanted, **places) == 4
    assert await value_of(wanted, builder_id=builder.builder_id) == 2
    assert await value_of(wanted, builder_id=other.builder_id) == await value_of(wanted) == 1


async def test_a_customer_is_served_by_public_settings_only(house):
    builder, public, private = await make_builder(), setting(), setting(is_public=False)
    customer = await make_customer()
    await put(public, 5, SettingScope.builder, builder_id=builder.builder_id)
    async with transaction(Identity(Role.customer, customer.user_id)) as session:
        assert await settings.get(session, public, builder_id=builder.builder_id) == 5
        with pytest.raises(AssertionError):
            await settings.get(session, private, builder_id=builder.builder_id)


async def test_a_value_that_its_key_takes_no_more_counts_as_unset(house):
    wanted = setting()
    await put(wanted, "many", SettingScope.everybody)
    assert await value_of(wanted) == 0


@pytest.mark.parametrize("key", sorted(SETTINGS))
def test_every_key_takes_its_own_default(key):
    one = SETTINGS[key]
    assert one.read(one.keep(one.default)) == one.default
    assert one.is_public or SettingScope.user not in one.scopes or one.scopes == (SettingScope.user,), "a customer would miss what is wider"
    assert one.category and one.type and one.description.endswith(".")
