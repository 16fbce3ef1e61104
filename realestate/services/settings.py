"""What holds where: user > project > builder > everybody > the default in the code."""

from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from realestate import crud
from realestate.database import Identity
from realestate.errors import NotFound, Stale
from realestate.logs import log
from realestate.models.accounts import Role
from realestate.models.base import Versions
from realestate.models.settings import SettingScope, SystemSetting
from realestate.schemas.settings import SETTINGS, Setting
from realestate.services import audit

T = TypeVar("T")
BLIND = (Role.visitor, Role.customer)
"""Those whom the wall shows public settings only: with a private one they would silently get the default."""


async def get(
    session: AsyncSession, setting: Setting[T], *, builder_id: int | None = None, project_id: int | None = None, user_id: int | None = None
) -> T:
    """The value that holds at the places given, in one statement. Name the project's builder too: a session need not have one.

    A kept value that the key takes no more (the code has changed) counts as unset.
    """
    identity: Identity = session.info["identity"]
    assert setting.is_public or identity.role not in BLIND, f"{setting.key} is private"
    found = await crud.settings.find_value(session, setting.key, builder_id, project_id, user_id)
    if found is None:
        return setting.default
    try:
        return setting.read(found[0])
    except ValidationError:
        log.warning("a setting is not a value of its key any more", key=setting.key)
        return setting.default


def named(key: str, scope: SettingScope) -> Setting[Any]:
    """NotFound when there is no such key at this scope."""
    setting = SETTINGS.get(key)
    if setting is None or scope not in setting.scopes:
        raise NotFound(detail="There is no such setting here.")
    return setting


async def put(
    session: AsyncSession, setting: Setting[T], value: T, scope: SettingScope, version: Versions | None, project_id: int | None = None
) -> None:
    """Set it for everybody, for the caller's company, for one of its projects or for the caller. Version 0: nobody has set it here yet."""
    identity: Identity = session.info["identity"]
    place = await _place(session, scope, project_id)
    row = await _find(session, setting, scope, place, version)
    if row is None:
        is_public = setting.is_public and scope is not SettingScope.user
        row = SystemSetting(scope=scope, setting_key=setting.key, is_public=is_public, **place)
        session.add(row)
    row.setting_value, row.updated_by = setting.keep(value), identity.me
    await session.flush()
    if scope is not SettingScope.user:
        audit.record(session, "setting.changed", row, key=setting.key, value=row.setting_value, project_id=project_id)


async def reset(
    session: AsyncSession, setting: Setting[Any], scope: SettingScope, version: Versions | None, project_id: int | None = None
) -> None:
    """What a wider place says holds again. Repeatable."""
    row = await _find(session, setting, scope, await _place(session, scope, project_id), version)
    if row is None:
        return
    if scope is not SettingScope.user:
        audit.record(session, "setting.reset", row, key=setting.key, was=row.setting_value, project_id=project_id)
    await session.delete(row)
    await session.flush()


async def _place(session: AsyncSession, scope: SettingScope, project_id: int | None) -> dict[str, int | None]:
    """The columns that say where. NotFound for a project that is not there, or not theirs."""
    identity: Identity = session.info["identity"]
    match scope:
        case SettingScope.everybody:
            return {}
        case SettingScope.project:
            assert project_id is not None
            await crud.projects.pin(session, project_id)
            return {"builder_id": identity.builder_id, "project_id": project_id}
        case SettingScope.user:
            return {"builder_id": identity.builder_id, "user_id": identity.me}
    return {"builder_id": identity.builder_id}


async def _find(
    session: AsyncSession, setting: Setting[Any], scope: SettingScope, place: dict[str, int | None], version: Versions | None
) -> SystemSetting | None:
    """Stale when it is not the version that the caller has read."""
    row = await crud.settings.find(session, setting.key, scope, place)
    if row is not None:
        row.expect(version)
    elif version is not None and 0 not in version:
        raise Stale(detail="This has changed since you read it. Please look again.")
    return row
