"""What a key is: the type and the bounds of its values, its default, where it may be set, who may read it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from realestate.models.settings import SettingScope, SettingType

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Setting(Generic[T]):
    """`values` is anything that pydantic can validate. At `global` administrators set it, at `builder` and `project` those who may manage
    the team, at `user` each user. `is_public`: everybody may read it, and what is done for a customer may depend on it."""

    key: str
    values: Any
    default: T
    scopes: tuple[SettingScope, ...]
    description: str
    is_public: bool = False

    @property
    def category(self) -> str:
        return self.key.partition(".")[0]

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of a value, for whoever draws a form."""
        return self._adapter.json_schema()

    @property
    def type(self) -> SettingType:
        return SettingType(self.schema.get("type", "object"))

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self.values)

    def read(self, value: Any) -> T:
        """What is meant by some JSON; pydantic's ValidationError when it is none of this key's values."""
        return self._adapter.validate_python(value)

    def keep(self, value: T) -> Any:
        """The JSON of a value."""
        return self._adapter.dump_python(value, mode="json", exclude_unset=True)
