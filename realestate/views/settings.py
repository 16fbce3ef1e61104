"""Settings as they hold at one place: what is known of each key, with the narrowest value that has been set."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry

from realestate.models.projects import Project
from realestate.models.settings import NARROWNESS, SettingScope, SystemSetting
from realestate.reading import Collection, Detail
from realestate.schemas.settings import SETTINGS, Setting
from realestate.schemas.settings.wire import PublicSetting, SettingOut
from realestate.tenancy.sentences import ME, MY_BUILDER

SET = SystemSetting
_EVERYBODYS = SET.scope == SettingScope.everybody
_OUR_BUILDERS = (SET.scope == SettingScope.builder) & (SET.builder_id == literal_column(MY_BUILDER))
_OF_BUILDER = (SET.scope == SettingScope.builder) & (SET.builder_id == bindparam("builder_id"))
_OF_PROJECT = (SET.scope == SettingScope.project) & (SET.project_id == bindparam("project_id"))
_MY_OWN = (SET.scope == SettingScope.user) & (SET.user_id == literal_column(ME))
PLACES: dict[SettingScope, tuple[ColumnElement[bool], ...]] = {
    SettingScope.everybody: (_EVERYBODYS,),
    SettingScope.builder: (_EVERYBODYS, _OUR_BUILDERS),
    SettingScope.project: (_EVERYBODYS, _OUR_BUILDERS, _OF_PROJECT),
    SettingScope.user: (_EVERYBODYS, _OUR_BUILDERS, _MY_OWN),
}
"""Where a value may have been set that holds at a scope."""
PARENTS = {SettingScope.project: select(Project.id).where(Project.id == bindparam("project_id")).exists()}
"""What must be there to be asked for."""


def _known(settings: Iterable[Setting[Any]]) -> Any:
    """Keys as rows."""
    keys = [
        {
            "setting_key": one.key,
            "setting_type": one.type.value,
            "value_schema": one.schema,
            "default_value": one.keep(one.default),
            "category": one.category,
            "description": one.description,
            "is_public": one.is_public,
        }
        for one in settings
    ]
    texts = (column(name, Text) for name in ("setting_key", "setting_type", "category", "description"))
    values = (column("value_schema", JSONB), column("default_value", JSONB), column("is_public", Boolean))
    rows = func.jsonb_to_recordset(cast(literal(json.dumps(keys), Text), JSONB))
    return rows.table_valued(*texts, *values, name="known").render_derived(with_types=True)


def _holding(scope: SettingScope, settings: Iterable[Setting[Any]], places: Iterable[ColumnElement[bool]]) -> type[Any]:
    """A model of keys with the values that were set at a scope or at a wider place."""
    known = _known(settings)
    of_key = select(SET).where(SET.setting_key == known.c.setting_key, or_(*places)).order_by(NARROWNESS.desc()).limit(1)
    found = of_key.lateral("found")
    rows = select(
        *known.c,
        func.coalesce(found.c.setting_value, known.c.default_value).label("setting_value"),
        func.coalesce(found.c.scope, "default", type_=Text).label("source"),
        cast(case((found.c.scope == scope, found.c.version), else_=0), Integer).label("version"),
        *(found.c.updated_at, found.c.updated_by),
    ).select_from(known.outerjoin(found, true()))
    model = type(f"{scope.name.title()}Setting", (), {})
    table = rows.where(PARENTS.get(scope, true())).subquery()
    registry().map_imperatively(model, table, primary_key=[table.c.setting_key])
    return model


_MODELS = {scope: _holding(scope, (one for one in SETTINGS.values() if scope in one.scopes), PLACES[scope]) for scope in PLACES}
_PUBLIC = _holding(SettingScope.builder, (one for one in SETTINGS.values() if one.is_public), (_EVERYBODYS, _OF_BUILDER))

SETTING = {scope: Detail(model, SettingOut, key="setting_key") for scope, model in _MODELS.items()}
SETTINGS_AT = {scope: Collection(model, SettingOut, true(), (model.setting_key,), PARENTS.get(scope)) for scope, model in _MODELS.items()}
PUBLIC_SETTINGS = Collection(_PUBLIC, PublicSetting, true(), (_PUBLIC.setting_key,))
