"""Settings, as said."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from realestate.models.settings import SettingScope, SettingType
from realestate.schemas.base import Id, Input, Question, Wire, pattern

_KEY = pattern("^[a-z][a-z0-9_.]{0,99}$", "Input should be the name of a setting, such as portal.notice.")
SettingKey = Annotated[str, StringConstraints(pattern=_KEY), Field(examples=["portal.notice"])]


class SettingValue(Input, json_schema_extra={"examples": [{"setting_value": "We are moving on Sunday; calls are answered from Monday."}]}):
    setting_value: Annotated[Any, Field(description="a value that the setting's `value_schema` allows; all of it, not a part")]


class SettingOut(Wire):
    """A setting as it holds here. `version` counts the changes of the value that was set here, 0 when there is none: `If-Match` takes it."""

    setting_key: str
    setting_value: Any
    setting_type: SettingType
    value_schema: Annotated[dict[str, Any], Field(description="JSON Schema of a value")]
    default_value: Any
    source: Annotated[str, Field(description="who has set it: `user`, `project`, `builder`, `global`, or `default`", examples=["builder"])]
    category: str
    description: str
    is_public: bool
    updated_at: datetime | None
    updated_by: int | None
    version: int


class PublicSetting(Wire):
    setting_key: str
    setting_value: Any


class PublicQuestion(Question):
    builder_id: Annotated[Id | None, Field(description="as this company has set them")] = None


class SettingQuestion(Question):
    project_id: Annotated[Id | None, Field(description="settings of one project instead of the company's")] = None

    @property
    def scope(self) -> SettingScope:
        return SettingScope.project if self.project_id else SettingScope.builder
