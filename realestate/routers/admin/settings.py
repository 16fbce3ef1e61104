"""What holds for everybody, unless a company, a project or a user has set something else."""

from fastapi import Response

from realestate.dependencies import AdminReader, AdminSession, ExpectedVersion, answer
from realestate.models.settings import SettingScope
from realestate.problems import CONDITIONAL, problems
from realestate.routers.shared.settings import Key, value_of
from realestate.routing import Router
from realestate.schemas.settings.wire import SettingOut, SettingValue
from realestate.services import settings
from realestate.views.settings import SETTING, SETTINGS_AT

router = Router(prefix="/api/admin/settings", tags=["admin"])
EVERYBODY = SettingScope.everybody


@router.get("", response_model=list[SettingOut])
async def list_platform_settings(read: AdminReader) -> Response:
    """What can be set for everybody, and what holds now."""
    return await read.all(SETTINGS_AT[EVERYBODY])


@router.get("/{setting_key}", response_model=SettingOut, responses=CONDITIONAL)
async def get_platform_setting(setting_key: Key, read: AdminReader) -> Response:
    """One of them, with its ETag."""
    return await read.one(SETTING[EVERYBODY], setting_key)


@router.put("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def set_platform_setting(setting_key: Key, said: SettingValue, version: ExpectedVersion, session: AdminSession) -> Response:
    """Set it for everybody. Audited; repeatable."""
    setting = settings.named(setting_key, EVERYBODY)
    await settings.put(session, setting, value_of(setting, said), EVERYBODY, version)
    return await answer(session, SETTING[EVERYBODY], setting_key)


@router.delete("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def reset_platform_setting(setting_key: Key, version: ExpectedVersion, session: AdminSession) -> Response:
    """Back to the default in the code. Audited; repeatable."""
    await settings.reset(session, settings.named(setting_key, EVERYBODY), EVERYBODY, version)
    return await answer(session, SETTING[EVERYBODY], setting_key)
