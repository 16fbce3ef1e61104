"""What a company has set, for itself or for one of its projects."""

from typing import Annotated

from fastapi import Response

from realestate.dependencies import BuilderReader, BuilderSession, ExpectedVersion, answer, asked
from realestate.dependencies.guards import TeamLead
from realestate.problems import CONDITIONAL, problems
from realestate.routers.shared.settings import Key, value_of
from realestate.routing import Router
from realestate.schemas.settings.wire import SettingOut, SettingQuestion, SettingValue
from realestate.services import settings
from realestate.views.settings import SETTING, SETTINGS_AT

router = Router(prefix="/api/builder/settings", tags=["settings (builder)"])

Where = Annotated[SettingQuestion, asked(SettingQuestion)]


@router.get("", response_model=list[SettingOut], responses=problems(404))
async def list_builder_settings(where: Where, read: BuilderReader) -> Response:
    """What can be set for the company, or with `project_id` for one of its projects, and what holds there now, set by whom."""
    return await read.all(SETTINGS_AT[where.scope], project_id=where.project_id)


@router.get("/{setting_key}", response_model=SettingOut, responses=CONDITIONAL)
async def get_builder_setting(setting_key: Key, where: Where, read: BuilderReader) -> Response:
    """One of them, with its ETag."""
    return await read.one(SETTING[where.scope], setting_key, project_id=where.project_id)


@router.put("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def set_builder_setting(
    setting_key: Key, where: Where, said: SettingValue, version: ExpectedVersion, _: TeamLead, session: BuilderSession
) -> Response:
    """Set it, all of its value. Audited; repeatable."""
    setting = settings.named(setting_key, where.scope)
    await settings.put(session, setting, value_of(setting, said), where.scope, version, where.project_id)
    return await answer(session, SETTING[where.scope], setting_key, project_id=where.project_id)


@router.delete("/{setting_key}", response_model=SettingOut, responses=problems(412))
async def reset_builder_setting(setting_key: Key, where: Where, version: ExpectedVersion, _: TeamLead, session: BuilderSession) -> Response:
    """Take back what was set; answers what holds now. Audited; repeatable."""
    await settings.reset(session, settings.named(setting_key, where.scope), where.scope, version, where.project_id)
    return await answer(session, SETTING[where.scope], setting_key, project_id=where.project_id)
