"""Settings in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from realestate.models.settings import NARROWNESS, SettingScope, SystemSetting


async def find_value(
    session: AsyncSession, key: str, builder_id: int | None, project_id: int | None, user_id: int | None
) -> Row[Any] | None:
    """The narrowest value that has been set (user > project > builder > everybody), in a row of its own: it may be a JSON null."""
    row = SystemSetting
    places = (
        row.scope == SettingScope.everybody,
        and_(row.scope == SettingScope.builder, row.builder_id == builder_id),
        and_(row.scope == SettingScope.project, row.project_id == project_id),
        and_(row.scope == SettingScope.user, row.user_id == user_id),
    )
    wanted = select(row.setting_value).where(row.setting_key == key, or_(*places)).order_by(NARROWNESS.desc()).limit(1)
    return (await session.execute(wanted)).first()


async def find(session: AsyncSession, key: str, scope: SettingScope, place: dict[str, int | None]) -> SystemSetting | None:
    """What has been set at this very place, locked. Of two who set it first, a constraint lets one through."""
    wanted = (SystemSetting.setting_key == key, SystemSetting.scope == scope)
    return await session.scalar(select(SystemSetting).where(*wanted).filter_by(**place).with_for_update())


async def find_values(session: AsyncSession, key: str, builder_id: int, project_id: int) -> Sequence[Any]:
    """All that has been set for a project, its company and everybody, the narrowest last."""
    row = SystemSetting
    places = (
        row.scope == SettingScope.everybody,
        and_(row.scope == SettingScope.builder, row.builder_id == builder_id),
        and_(row.scope == SettingScope.project, row.project_id == project_id),
    )
    return (await session.scalars(select(row.setting_value).where(row.setting_key == key, or_(*places)).order_by(NARROWNESS))).all()
