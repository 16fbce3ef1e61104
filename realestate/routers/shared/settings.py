"""A user's own settings, and what the settings of all scopes have in common."""

from typing import Annotated, Any

from fastapi import Path, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from realestate.dependencies import ExpectedVersion, UserReader, UserSession, answer
from realestate.models.settings import SettingScope
from realestate.problems import CONDITIONAL, problems
from realestate.routing import Router
from realestate.schemas.settings import Setting
from realestate.schemas.settings.wire import SettingKey, SettingOut, SettingValue
from realestate.services import settings
from realestate.views.settings import SETTING, SETTINGS_AT

router = Router(prefix="/api/me/settings", tags=["settings"])

Key = Annotated[SettingKey, Path()]
USER = SettingScope.user


def value_of(setting: Setting[Any], said: SettingValue) -> Any:
    """Refused like any other body when the key does not take it."""
    try:
        return setting.read(said.setting_value)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise RequestValidationError([one | {"loc": ("body", "setting_value", *one["loc"])} for one in found]) from None


@router.get("", response_model=list[SettingOut])
async def list_my_settings(read: UserReader) -> Response:
    """What one can set for oneself, and what holds now."""
    return await read.all(SETTINGS_AT[USER])


@router.get("/{setting_key}", response_model=SettingOut, responses=CONDITIONAL)
async def get_my_setting(setting_key: Key, read: UserReader) -> Response:
    """One of them, with its ETag."""
    return await read.one(SETTING[USER], setting_key)


@router.put("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def set_my_setting(setting_key: Key, said: SettingValue, version: ExpectedVersion, session: UserSession) -> Response:
    """Set it, all of its value. Repeatable."""
    setting = settings.named(setting_key, USER)
    await settings.put(session, setting, value_of(setting, said), USER, version)
    return await answer(session, SETTING[USER], setting_key)


@router.delete("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def reset_my_setting(setting_key: Key, version: ExpectedVersion, session: UserSession) -> Response:
    """Take back what was set; answers what holds now. Repeatable."""
    await settings.reset(session, settings.named(setting_key, USER), USER, version)
    return await answer(session, SETTING[USER], setting_key)
